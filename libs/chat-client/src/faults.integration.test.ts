import { describe, expect, it } from 'vitest';
import { checkHistories, describeViolations, type AckRecord, type CheckedEvent, type ListenerStart, type SentRecord } from '@parley/testkit/checker';
import { ChatClient, memoryOutbox, type OutboxStorage, type RoomHandle } from './index.ts';
import { FakeGateway, NO_FAULTS, roomId, sessionOf } from './testing/fake-gateway.ts';
import { seeded, until } from './testing/wait.ts';

const QUICK = { connectMs: 2_000, answerMs: 60, reconnectMinMs: 5, reconnectMaxMs: 30, stableMs: 100, gapMs: 4, retryMinMs: 3, retryMaxMs: 30, changeMs: 5_000, spreadMs: 20 };
const WRITERS = 3;
const ROOMS = 2;
const MESSAGES = 25;

type Participant = { number: number; client: ChatClient; storage: OutboxStorage; rooms: RoomHandle[]; entries: (CheckedEvent | ListenerStart)[] };

/**
 * One short life of three writers who listen too, in two rooms, through every fault at once. Participants keep messages,
 * so their views can be compared with the log in the end. Answers how many messages that log has.
 */
const live = async (seed: number): Promise<number> => {
  const random = seeded(seed);
  const gateway = await new FakeGateway(random).start();
  const sends: SentRecord[] = [];
  const acks: AckRecord[] = [];
  const listeners: Participant[] = [];
  try {
    for (let n = 1; n <= ROOMS; n += 1) gateway.addRoom(n);
    const begin = (number: number, storage: OutboxStorage): Participant => {
      const { user, token } = sessionOf(number);
      const client = new ChatClient({ url: gateway.url, session: { token, user }, storage, timings: QUICK, transports: ['websocket'], random, keepMessages: 10_000 });
      const entries: (CheckedEvent | ListenerStart)[] = [];
      client.on('events', ({ events }) => entries.push(...events));
      client.on('outbox', ({ roomId, entry }) => {
        if (entry.state === 'sent' && entry.answer) acks.push({ roomId, by: user.id, cmid: entry.item.cmid, ...entry.answer });
      });
      const rooms = Array.from({ length: ROOMS }, (_, n) => client.joinRoom(roomId(n + 1)));
      for (const room of rooms) {
        room.on('reset', ({ epoch, seq }) => {
          const messages = room.messages.flatMap((item) => (item.state === 'confirmed' ? [item.message] : []));
          entries.push({ start: true, roomId: room.id, epoch, seq, messages });
        });
      }
      client.connect();
      const participant = { number, client, storage, rooms, entries };
      listeners.push(participant);
      return participant;
    };
    const writers = Array.from({ length: WRITERS }, (_, n) => begin(n + 1, memoryOutbox()));
    await Promise.all(writers.flatMap(({ rooms }) => rooms.map(({ ready }) => ready)));

    gateway.faults = { refuse: 0.1, loseAck: 0.1, cut: 0.02, dropHint: 0.2, repeatHint: 0.2, delayHint: 0.3, reload: 0.02 };
    for (let n = 0; n < MESSAGES; n += 1) {
      for (const [at, writer] of writers.entries()) {
        const room = writer.rooms[Math.floor(random() * ROOMS)]!;
        sends.push({ roomId: room.id, by: writer.client.user.id, cmid: room.send(`${n}`), sentAt: n });
        // Now and then somebody closes the tab and opens it again: only the storage goes on.
        if (random() < 0.02) {
          writer.client.close();
          writers[at] = begin(writer.number, writer.storage);
        }
      }
      if (random() < 0.05) gateway.cutAll();
      if (random() < 0.03) gateway.openEpoch(gateway.rooms.get(roomId(1))!);
      await new Promise((resolve) => setTimeout(resolve, random() * 6));
    }
    gateway.faults = NO_FAULTS;
    await until('every outbox is empty', () => writers.every(({ client }) => client.outboxSize === 0));
    const heads = [...gateway.rooms.values()].map(({ id, events, epoch }) => ({ id, epoch, seq: events.length }));
    const caughtUp = (room: RoomHandle): boolean => heads.some(({ id, epoch, seq }) => id === room.id && room.cursor?.epoch === epoch && room.cursor.seq === seq);
    await until('everybody has everything', () => writers.every(({ rooms }) => rooms.every(caughtUp)));

    const verdict = checkHistories({
      sends, acks,
      rooms: [...gateway.rooms.values()].map(({ id, events }) => ({ roomId: id, events })),
      listeners: listeners.map((each) => ({ listener: `${each.number}`, entries: each.entries, quiet: writers.includes(each) })),
    });
    expect(describeViolations(verdict), `seed ${seed}`).toBe('');
    expect(verdict.counts).toMatchObject({ sends: WRITERS * MESSAGES, unresolved: 0 });
    expect(verdict.counts.acks, `seed ${seed}`).toBeGreaterThan(0);
    for (const { rooms } of writers) {
      for (const room of rooms) {
        while (await room.loadOlder());
        const said = gateway.rooms.get(room.id)!.events.filter(({ type }) => type === 'message.created').map(({ id }) => id);
        expect(room.messages.map((item) => (item.state === 'confirmed' ? item.message.id : item.state)), `seed ${seed}`).toEqual(said);
      }
    }
    return [...gateway.rooms.values()].flatMap(({ events }) => events.filter(({ type }) => type === 'message.created')).length;
  } finally {
    for (const { client } of listeners) client.close();
    await gateway.stop();
  }
};

describe('through every fault at once', () => {
  const seeds = Number(process.env['FAULT_SEEDS'] ?? 12);
  const first = Number(process.env['FAULT_FIRST_SEED'] ?? 1);
  it.each(Array.from({ length: seeds }, (_, n) => n + first))('everybody ends with exactly the log, and every outbox drains once and in order (seed %i)', async (seed) => {
    expect(await live(seed)).toBe(WRITERS * MESSAGES);
  });
});
