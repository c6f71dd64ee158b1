import { ChatClient, signIn, type Session } from '@parley/chat-client';
import type { RoomEvent, RoomId } from '@parley/protocol';
import { checkHistories, type AckRecord, type ListenerRecord, type ListenerStart, type RoomRecord, type SentRecord, type Verdict } from './checker.ts';
import { waitFor } from './wait-for.ts';

export type ChatLoadOptions = {
  /** Users are spread over these. */
  urls: readonly string[];
  rooms: number;
  writers: number;
  /** Each listens in every room. */
  listeners: number;
  /** In all, evenly over writers and rooms. */
  messages: number;
  /** Default: websocket alone. */
  transports?: readonly ('websocket' | 'polling')[];
};

/** Everybody has been let in, and nothing has been said yet. */
export type ChatLoad = {
  roomIds: readonly RoomId[];
  /** Says everything there is to say, at once, or evenly over a time: the outboxes send as fast as they are answered. */
  start(overMs?: number): void;
  /** How often any of the clients has noticed that it was without a connection. */
  readonly interruptions: number;
  readonly acked: number;
  /** Resolves when at least so many are acked. */
  untilAcked(count: number, deadlineMs: number): Promise<void>;
  /** Waits until all is acked and every listener has all of it, reads the rooms back, and checks everything against everything. */
  finish(deadlineMs: number): Promise<Verdict>;
  close(): void;
};

/** The fault is what is tested here, not patience after it. */
const TIMINGS = { reconnectMaxMs: 2_000, retryMaxMs: 2_000 };
/** Of what is said over a time. */
const SAY_EVERY_MS = 20;
/** Sign-ins and joins at once. */
const ABREAST = 10;

const inBatches = async <T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += ABREAST) results.push(...(await Promise.all(items.slice(start, start + ABREAST).map(each))));
  return results;
};

/** A listener follows every room from its first event, so that what it applied is the whole log. */
const FROM_THE_START = { epoch: 1, seq: 0 };

type Listener = { client: ChatClient; record: ListenerRecord & { entries: (RoomEvent | ListenerStart)[] } };

/** Writers and listeners on the real client library, everything they did written down for the checker. */
export const startChatLoad = async (options: ChatLoadOptions): Promise<ChatLoad> => {
  const { urls, writers, listeners, messages, transports = ['websocket'] } = options;
  const sends: SentRecord[] = [];
  const acks: AckRecord[] = [];
  /** Those whose event was seen before their ack: no answer to hold the log to, but it must stand there. Completed when the rooms are read back. */
  const seenOnly: AckRecord[] = [];
  const faults: unknown[] = [];
  const clients: ChatClient[] = [];
  let interruptions = 0;
  let closing = false;
  let starting: NodeJS.Timeout | undefined;

  const open = async (name: string, url: string): Promise<ChatClient> => {
    const session: Session = await signIn({ url, name, timeoutMs: 30_000 });
    const client = new ChatClient({ url, session, transports, keepMessages: 0, outboxLimit: messages, timings: TIMINGS });
    client.on('status', ({ status }) => { if (status === 'offline' && !closing) interruptions += 1; });
    client.on('fault', ({ error }) => faults.push(error));
    client.connect();
    clients.push(client);
    return client;
  };
  const urlOf = (n: number): string => urls[n % urls.length]!;
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

  const host = await open('host', urlOf(0));
  const roomIds: RoomId[] = [];
  for (const n of numbers(options.rooms)) roomIds.push((await host.createRoom({ kind: 'public', name: `room ${n}` })).id);

  const listen = (client: ChatClient, listener: string): Listener => {
    const entries: (RoomEvent | ListenerStart)[] = [];
    client.on('events', ({ events }) => entries.push(...events));
    for (const roomId of roomIds) client.joinRoom(roomId, FROM_THE_START);
    return { client, record: { listener, entries, rooms: roomIds } };
  };
  const joined = (client: ChatClient): Promise<unknown> => Promise.all(roomIds.map((roomId) => client.joinRoom(roomId).ready));

  const listening = await inBatches(numbers(listeners), async (n) => {
    const listener = listen(await open(`listener ${n}`, urlOf(n)), `listener ${n}`);
    await joined(listener.client);
    return listener;
  });
  const writing = await inBatches(numbers(writers), async (n) => {
    const client = await open(`writer ${n}`, urlOf(n));
    client.on('outbox', ({ roomId, entry }) => {
      const by = client.user.id;
      if (entry.state === 'failed') faults.push(entry.error);
      if (entry.state !== 'sent') return;
      const ack = { roomId, by, cmid: entry.item.cmid, ...(entry.answer ?? { epoch: 0, seq: 0, id: '' }) };
      acks.push(ack);
      if (!entry.answer) seenOnly.push(ack);
    });
    for (const roomId of roomIds) client.joinRoom(roomId);
    await joined(client);
    return client;
  });
  const readBack = async (): Promise<RoomRecord[]> => {
    const reader = listen(await open('reader', urlOf(0)), 'reader');
    const heads = new Map(await Promise.all(roomIds.map(async (roomId) => {
      const room = reader.client.joinRoom(roomId);
      await room.ready;
      return [roomId, (await room.history(undefined, 1)).seq] as const;
    })));
    await waitFor('the reader to have every room', () => [...heads].every(([roomId, seq]) => (reader.client.joinRoom(roomId).cursor?.seq ?? 0) >= seq), { deadlineMs: 60_000 });
    const events = reader.record.entries.filter((entry): entry is RoomEvent => !('start' in entry));
    return roomIds.map((roomId) => ({ roomId, events: events.filter((event) => event.roomId === roomId) }));
  };

  return {
    roomIds,
    get acked() {
      return acks.length;
    },
    get interruptions() {
      return interruptions;
    },
    start(overMs = 0) {
      const began = performance.now();
      let said = 0;
      const say = (): void => {
        const due = overMs === 0 ? messages : Math.min(messages, Math.ceil((messages * (performance.now() - began)) / overMs));
        for (; said < due; said += 1) {
          const client = writing[said % writers]!;
          const roomId = roomIds[Math.floor(said / writers) % roomIds.length]!;
          const cmid = client.joinRoom(roomId).send(`message ${said}`);
          sends.push({ roomId, by: client.user.id, cmid, sentAt: Date.now() });
        }
        if (said < messages) starting = setTimeout(say, SAY_EVERY_MS);
      };
      say();
    },
    untilAcked: (count, deadlineMs) => waitFor(`${count} acks`, () => acks.length >= count, { deadlineMs }),
    async finish(deadlineMs) {
      await waitFor(`every one of ${messages} messages to be acked`, () => acks.length >= messages, { deadlineMs });
      const rooms = await readBack();
      const head = new Map(rooms.map(({ roomId, events }) => [roomId, events.at(-1)?.seq ?? 0]));
      await waitFor('every listener to have everything', () => listening.every(({ client }) =>
        roomIds.every((roomId) => (client.joinRoom(roomId).cursor?.seq ?? 0) >= head.get(roomId)!)), { deadlineMs });
      const places = new Map(rooms.flatMap(({ events }) => events).map((event) => [`${event.by}:${event.cmid}`, event]));
      for (const ack of seenOnly) {
        const { epoch, seq, id } = places.get(`${ack.by}:${ack.cmid}`) ?? { epoch: 0, seq: 0, id: '' };
        Object.assign(ack, { epoch, seq, id });
      }
      const verdict = checkHistories({ sends, acks, listeners: listening.map(({ record }) => record), rooms });
      if (faults.length > 0) throw new AggregateError(faults, `clients met ${faults.length} faults: ${String(faults[0])}`);
      return verdict;
    },
    close() {
      closing = true;
      clearTimeout(starting);
      for (const client of clients) client.close();
    },
  };
};
