import { describe, expect, it } from 'vitest';
import { newUserId, roomIdOf } from '@parley/domain';
import type { Cmid } from '@parley/protocol';
import { MemoryLogStore } from '@parley/testkit/memory-room-log';
import type { CommandResult, Incident } from './index.ts';
import { RoomAppenders } from './room-appenders.ts';
import { ada, code, eve, fakeChance, rest, say, setUp } from './testing/set-up.ts';

describe('a batch', () => {
  it('holds what came in together, and is told: acks first, then rejections, then listeners', async () => {
    const told: string[] = [];
    const { appenders, createRoom, appends } = setUp({ onAppended: ({ events }) => told.push(`appended ${events.map(({ type }) => type).slice(-2).join(',')}`) });
    const roomId = await createRoom();
    const before = appends.length;
    told.length = 0;
    await Promise.all([say(roomId, 'no', eve), say(roomId, 'one'), say(roomId, 'two')].map((each, n) => new Promise<void>((resolve) => {
      appenders.submit(each, (result) => { told.push(`${n} ${code(result)}`); resolve(); });
    })));
    await rest();
    expect(appends.length - before).toBe(1);
    expect(told).toEqual(['1 ok', '2 ok', '0 not_member', 'appended message.created,message.created']);
  });

  it('is bounded in commands', async () => {
    const { send, createRoom, appends } = setUp({ limits: { batchCommands: 10 } });
    const roomId = await createRoom();
    const before = appends.length;
    const answers = await Promise.all(Array.from({ length: 25 }, () => send(say(roomId))));
    expect(answers.map((answer) => answer.ok && answer.seq)).toEqual(Array.from({ length: 25 }, (_, n) => n + 3));
    expect(appends.slice(before).map(({ events }) => events)).toEqual([10, 10, 5]);
  });

  it('stays well below 1 MiB whatever is said', async () => {
    const { send, createRoom, appends } = setUp();
    const roomId = await createRoom();
    // Sixteen KiB that JSON writes as ninety-six.
    await Promise.all(Array.from({ length: 40 }, () => send(say(roomId, '\u0001'.repeat(16 * 1024)))));
    expect(Math.max(...appends.map(({ bytes }) => bytes))).toBeLessThan(300 * 1024);
    expect(appends.length).toBeLessThan(30);
  });

  it('goes on one command at a time after an entry was too large, and refuses only the one that is', async () => {
    const { send, createRoom } = setUp({ memory: { maxEntryBytes: 3_000 } });
    const roomId = await createRoom();
    const answers = await Promise.all([say(roomId, 'a'), say(roomId, 'x'.repeat(4_000)), say(roomId, 'b')].map(send));
    expect(answers.map(code)).toEqual(['ok', 'too_large', 'ok']);
  });

  it('hides what the rules of the server hide in the entry that brings it, and answers a retry as the first', async () => {
    const { send, createRoom, appends } = setUp();
    const roomId = await createRoom();
    const command = { ...say(roomId), findings: [{ action: 'hide' as const, reason: 'spam', sparesModerators: false }] };
    const before = appends.length;
    const said = await send(command);
    expect(appends.length - before).toBe(1);
    const [message, hidden] = said.ok ? said.events : [];
    expect([message?.type, hidden?.type, hidden?.by, hidden?.cmid, hidden?.data]).toEqual(['message.created', 'message.hidden', null, null, { messageId: message?.id, reason: 'spam' }]);
    expect(said).toMatchObject({ ok: true, id: message?.id, seq: message?.seq });
    // The rules have changed since: what was taken stays so.
    const again = await send({ ...command, findings: [{ action: 'reject', reason: 'spam', sparesModerators: false }] });
    expect(again).toMatchObject({ ok: true, id: message?.id, seq: message?.seq, events: [] });
    expect(code(await send({ ...say(roomId), findings: [{ action: 'reject', reason: 'spam', sparesModerators: false }] }))).toBe('content_refused');
  });

  it("carries each command's trace into its events", async () => {
    const { send, createRoom } = setUp();
    const roomId = await createRoom();
    const traced = await send({ ...say(roomId), trace: 'f'.repeat(32) });
    const plain = await send(say(roomId));
    expect([traced, plain].map((answer) => answer.ok && answer.events[0]?.trace)).toEqual(['f'.repeat(32), undefined]);
  });
});

describe('queues', () => {
  it('of one room are bounded, and what is over is told so at once', async () => {
    const { appenders, send, createRoom, shut, incidents } = setUp({ limits: { roomQueue: 5 } });
    const roomId = await createRoom();
    const open = shut();
    const waiting = Array.from({ length: 5 }, () => send(say(roomId)));
    const refused: CommandResult[] = [];
    appenders.submit(say(roomId), (result) => refused.push(result));
    expect(refused.map(code)).toEqual(['busy']);
    expect(incidents).toEqual(['refused_busy']);
    open();
    expect((await Promise.all(waiting)).map(code)).toEqual(Array.from({ length: 5 }, () => 'ok'));
    expect(code(await send(say(roomId)))).toBe('ok');
  });

  it('of all rooms together are bounded', async () => {
    const { send, createRoom, shut, appenders } = setUp({ limits: { totalQueue: 2 } });
    const rooms = [await createRoom(), await createRoom(), await createRoom()];
    const open = shut();
    const answers = rooms.map((roomId) => send(say(roomId)));
    await rest();
    expect(appenders.waiting).toBe(2);
    open();
    expect((await Promise.all(answers)).map(code)).toEqual(['ok', 'ok', 'busy']);
    expect(appenders.waiting).toBe(0);
  });
});

describe('time', () => {
  it('runs out for a command while the log is away, and what comes later finds it back', async () => {
    const { send, createRoom, server } = setUp({ chance: fakeChance(), limits: { settleWithinMs: 1_000, passes: 1_000 } });
    const roomId = await createRoom();
    server.kill();
    expect(code(await send(say(roomId)))).toBe('unavailable');
    server.restart();
    expect(code(await send(say(roomId)))).toBe('ok');
  });

  it('is not waited for by more than so many passes', async () => {
    const { send, createRoom, server, appends } = setUp({ chance: fakeChance(), limits: { settleWithinMs: 1e9, passes: 7 } });
    const roomId = await createRoom();
    const before = appends.length;
    const first = say(roomId);
    server.kill();
    expect(code(await send(first))).toBe('unavailable');
    expect(appends.length - before).toBeLessThanOrEqual(7);
  });
});

describe('rooms in memory', () => {
  it('are let go when others are asked for, and loaded again', async () => {
    const { appenders, send, createRoom } = setUp({ limits: { rooms: 2 } });
    const rooms = [await createRoom(), await createRoom(), await createRoom()];
    expect(appenders.size).toBe(2);
    expect(appenders.known(rooms[0]!)).toBeNull();
    expect(await send(say(rooms[0]!))).toMatchObject({ ok: true, seq: 3 });
    expect(appenders.size).toBe(2);
  });

  it('are not let go while they have work in flight', async () => {
    const { send, createRoom, shut } = setUp({ limits: { rooms: 2 } });
    const rooms = [await createRoom(), await createRoom(), await createRoom()];
    const open = shut();
    const answers = [send(say(rooms[1]!)), send(say(rooms[2]!))];
    await rest();
    expect(code(await send(say(rooms[0]!)))).toBe('busy');
    open();
    expect((await Promise.all(answers)).map(code)).toEqual(['ok', 'ok']);
    expect(code(await send(say(rooms[0]!)))).toBe('ok');
  });

  it('are let go when their tails weigh too much together', async () => {
    const { appenders, send, createRoom } = setUp({ limits: { tailTotalBytes: 100_000 } });
    const heavy = await createRoom();
    await send(say(heavy, 'x'.repeat(16_000)));
    for (let n = 0; n < 4; n += 1) await send(say(heavy, 'x'.repeat(16_000)));
    await rest();
    await createRoom();
    expect(appenders.known(heavy)).toBeNull();
    expect((await appenders.read(heavy))?.state.seq).toBe(7);
  });

  it('keep their recent events at hand, and no more than they may', async () => {
    const { appenders, send, createRoom } = setUp({ limits: { tailEvents: 10 } });
    const roomId = await createRoom();
    for (let n = 0; n < 30; n += 1) await send(say(roomId, `${n}`));
    expect(appenders.recent(roomId, 27)?.events.map(({ seq }) => seq)).toEqual([28, 29, 30, 31, 32]);
    expect(appenders.recent(roomId, 32)).toEqual({ epoch: 1, seq: 32, events: [] });
    expect(appenders.recent(roomId, 3)).toBeNull();
    expect((await appenders.beyond(roomId, null))?.map(({ seq }) => seq)).toEqual(Array.from({ length: 32 }, (_, n) => n + 1));
  });
});

describe('the window', () => {
  it('moves up to the watermark by itself, and what left it is looked up', async () => {
    const { send, createRoom, store, log, appenders } = setUp({ limits: { windowSoft: 10 } });
    const roomId = await createRoom();
    const early = { ...say(roomId, 'early'), after: undefined };
    const first = await send(early);
    for (let n = 0; n < 20; n += 1) {
      await send(say(roomId));
      await store.ingest(log, roomId);
    }
    store.away = true;
    expect(code(await send(early))).toBe('unavailable');
    store.away = false;
    expect(await send(early)).toMatchObject(first.ok ? { ok: true, seq: first.seq, id: first.id, events: [] } : {});
    expect(appenders.known(roomId)).toEqual({ epoch: 1, seq: 23 });
  });

  it('that cannot move stops the room for a while, in memory too', async () => {
    const { send, createRoom, store, log, incidents } = setUp({ limits: { windowSoft: 10, windowHard: 20 } });
    const roomId = await createRoom();
    const codes: string[] = [];
    for (let n = 0; n < 25; n += 1) codes.push(code(await send(say(roomId))));
    expect(codes).toEqual([...Array.from({ length: 18 }, () => 'ok'), ...Array.from({ length: 7 }, () => 'unavailable')]);
    expect(incidents).toContain('window_full');
    await store.ingest(log, roomId);
    expect(code(await send(say(roomId)))).toBe('ok');
  });
});

describe('what is known of the log', () => {
  it('is caught up with before an append when a head above it was heard of', async () => {
    const one = setUp();
    const roomId = await one.createRoom();
    const other = new RoomAppenders({ log: one.server.open(), store: one.store });
    await new Promise((resolve) => { other.submit(say(roomId), resolve); });
    one.appenders.noteHead({ roomId, seq: 3 });
    const before = one.appends.length;
    expect(await one.send(say(roomId))).toMatchObject({ ok: true, seq: 4 });
    expect(one.appends.length - before).toBe(1);
    expect(one.incidents).toEqual([]);
  });

  it('stays where the log has a gap and the store is away: nothing is appended in the dark, and all goes on if the gap closes', async () => {
    const { appenders, send, createRoom, store, log, gate, incidents } = setUp();
    const roomId = await createRoom();
    await send(say(roomId));
    await store.ingest(log, roomId);
    store.away = true;
    gate.overlooked = true;
    appenders.noteHead({ roomId, seq: 9 });
    expect(code(await send(say(roomId)))).toBe('unavailable');
    expect(incidents).toContain('reseeded');
    gate.overlooked = false;
    expect(await send(say(roomId))).toMatchObject({ ok: true, seq: 4 });
    store.away = false;
    gate.overlooked = true;
    appenders.noteHead({ roomId, seq: 9 });
    expect(code(await send(say(roomId)))).toBe('unavailable');
  });

  it('is read once for all who ask meanwhile', async () => {
    const { appenders, createRoom, reads } = setUp();
    const roomId = await createRoom();
    const before = reads.length;
    const answers = await Promise.all(Array.from({ length: 500 }, () => appenders.membership(roomId, ada.id)));
    expect(new Set(answers.map((answer) => answer?.role))).toEqual(new Set(['owner']));
    expect(reads.length - before).toBeLessThanOrEqual(2);
  });

  it('is asked of the store once for all whose roles are wanted at the same time', async () => {
    const one = setUp();
    const roomId = await one.createRoom();
    await one.store.ingest(one.log, roomId);
    let questions = 0;
    const findTargets = one.store.findTargets.bind(one.store);
    one.store.findTargets = (...args) => {
      questions += 1;
      return findTargets(...args);
    };
    const other = new RoomAppenders({ log: one.server.open(), store: one.store });
    const answers = await Promise.all([ada.id, ...Array.from({ length: 300 }, () => newUserId())].map((userId) => other.membership(roomId, userId)));
    expect(answers.map((answer) => answer?.role)).toEqual(['owner', ...Array.from({ length: 300 }, () => null)]);
    expect(questions).toBeLessThanOrEqual(2);
  });

  it('is nothing of a room that is not there', async () => {
    const { appenders, send } = setUp();
    const roomId = roomIdOf(eve.id, 'nothing' as Cmid);
    expect(await appenders.read(roomId)).toBeNull();
    expect(await appenders.membership(roomId, eve.id)).toBeNull();
    expect(await appenders.beyond(roomId, null)).toEqual([]);
    expect(code(await send(say(roomId)))).toBe('room_not_found');
  });

  it('is not trusted when the log does not go on from the watermark: the room stops, and is counted', async () => {
    const { createRoom, store, log, send } = setUp();
    const roomId = await createRoom();
    await send(say(roomId));
    await store.ingest(log, roomId);
    const empty = new MemoryLogStore();
    const incidents: Incident[] = [];
    const forked = new RoomAppenders({ log: empty.open(), store, metrics: { appended: () => undefined, incident: (incident) => incidents.push(incident) } });
    expect(await new Promise<CommandResult>((resolve) => { forked.submit(say(roomId), resolve); })).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } });
    expect(incidents).toContain('forked');
    await expect(forked.read(roomId)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

it('a listener that throws harms nobody else, and is told of', async () => {
  const defects: unknown[] = [];
  const { appenders, send, createRoom } = setUp({ onDefect: (error) => defects.push(error), onAppended: () => { throw new Error('listener'); } });
  const roomId = await createRoom();
  appenders.submit(say(roomId), () => { throw new Error('settle'); });
  expect(code(await send(say(roomId)))).toBe('ok');
  await rest();
  expect(defects.map((error) => (error as Error).message)).toEqual(['listener', 'settle', 'listener']);
});

it('closing takes nothing more and finishes what is under way', async () => {
  const { appenders, send, createRoom, shut } = setUp();
  const roomId = await createRoom();
  const open = shut();
  const answer = send(say(roomId));
  await rest();
  const closed = appenders.close();
  expect(code(await send(say(roomId)))).toBe('shutting_down');
  await expect(appenders.read(roomId)).rejects.toMatchObject({ code: 'shutting_down' });
  open();
  await closed;
  expect(code(await answer)).toBe('ok');
});
