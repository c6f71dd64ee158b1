import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { shardOf, type RoomLog } from '@parley/domain';
import type { RoomEvent } from '@parley/protocol';
import type { PostgresServer } from '@parley/servers';
import { listLost, PROJECTIONS, type Projection } from '@parley/store-postgres';
import { afterTests, freshDatabase, waitFor, withPostgres } from '@parley/testkit';
import { MemoryLogStore } from '@parley/testkit/memory-room-log';
import { created, RoomScript, said } from '@parley/testkit/room-script';
import { metric, storeRig, type StoreRig } from './testing/rig.ts';

const cleanup = afterTests();

const memory = (id?: string): MemoryLogStore => new MemoryLogStore({ now: () => Date.now(), sleep: (ms) => sleep(ms), ...(id ? { id } : {}) });

let postgres: PostgresServer;
let rig: StoreRig;
let logs: MemoryLogStore;
let log: RoomLog;

beforeAll(async () => {
  postgres = await withPostgres({ fsync: false, cleanup });
});
beforeEach(async () => {
  rig = await storeRig(await freshDatabase(postgres));
  logs = memory();
  log = logs.open();
  onTestFinished(() => rig.close());
});

const room = async (messages: number, on: RoomLog = log): Promise<RoomScript> => {
  const script = new RoomScript();
  await script.append(on, ...created(script.owner));
  for (let n = 0; n < messages; n += 1) await script.append(on, said(`message ${n}`, script.owner));
  return script;
};
const more = async (script: RoomScript, messages = 1, on: RoomLog = log): Promise<void> => {
  for (let n = 0; n < messages; n += 1) await script.append(on, said(`more ${n}`, script.owner));
};

/** Takes entries out of a log, as only a defect or a disk could. */
const lose = (store: MemoryLogStore, script: RoomScript, isLost: (position: number) => boolean): void => {
  const stored = store.rooms.get(`${script.roomId}/${script.epoch}`)!;
  const gone = stored.filter(({ position }) => isLost(position));
  store.remove(new Set(gone));
  store.rooms.set(`${script.roomId}/${script.epoch}`, stored.filter((each) => !gone.includes(each)));
};
const allBut = (script: RoomScript) => sql<boolean>`room_id <> ${sql.lit(script.roomId)}`;
/** The script goes on where the store stands. */
const follow = async (script: RoomScript): Promise<void> => {
  const watermark = (await rig.store.seed(script.roomId))!;
  Object.assign(script, { state: watermark.state, epoch: watermark.epoch, position: watermark.position });
};
const archived = async (script: RoomScript): Promise<RoomEvent[]> => (await rig.store.archive(script.roomId, 0, 10_000)).events;
const lost = async (script: RoomScript): Promise<RoomEvent[]> => (await listLost(rig.database.db, script.roomId)).map(({ event }) => event);
const inEpoch = (script: RoomScript, epoch: number) =>
  waitFor(`epoch ${epoch}`, async () => (await rig.store.seed(script.roomId))?.epoch === epoch);

describe('holes', () => {
  test('only the log lacking an entry stops a room: others go on, and the alarm is raised once', async () => {
    const [holey, sound] = [await room(5), await room(5)];
    const at = holey.entries[3]!.entry.position;
    lose(logs, holey, (position) => position === at);
    const worker = rig.work(log);
    await rig.caughtUp(sound);
    await waitFor('the room to be halted', async () => (await rig.haltedReason(holey)) !== null);
    expect((await rig.haltedReason(holey))!).toMatch(/hole: event 6 after event 4/);
    expect((await rig.store.seed(holey.roomId))?.seq).toBe(4);
    await more(holey, 3);
    await more(sound, 3);
    await rig.caughtUp(sound);
    expect((await rig.store.seed(holey.roomId))?.seq).toBe(4);
    expect(await metric(worker, 'persistence_incidents_total')).toBe(1);
    expect(await metric(worker, 'persistence_halted_rooms')).toBe(1);
  });

  test('a room goes on once its log is whole again and an operator lets it', async () => {
    const script = await room(5);
    const stored = [...logs.rooms.get(`${script.roomId}/1`)!];
    lose(logs, script, (position) => position === script.entries[3]!.entry.position);
    const worker = rig.work(log);
    await waitFor('the room to be halted', async () => (await rig.haltedReason(script)) !== null);
    await more(script, 2);
    logs.rooms.get(`${script.roomId}/1`)!.splice(0, 4, ...stored.slice(0, 5));
    await rig.database.db.updateTable('watermarks').set({ halted: null }).where('room_id', '=', script.roomId).execute();
    await rig.caughtUp(script);
    expect(await archived(script)).toStrictEqual(script.events);
    await waitFor('the gauge to fall', async () => (await metric(worker, 'persistence_halted_rooms')) === 0);
  });

  test('deliveries that come out of order, or were left out, are no hole: the log is read', async () => {
    const script = await room(3);
    const first = rig.work(log);
    await rig.caughtUp(script);
    await first.stop();
    // What this worker is given and leaves unsettled is what a crashed one had in hand.
    const crashed = await log.consumer({ name: 'persistence', shard: shardOf(script.roomId) });
    await more(script, 4);
    const inHand = await crashed.fetch(3, 0);
    expect(inHand.length).toBe(3);
    await more(script, 2);
    rig.work(log);
    await rig.caughtUp(script);
    expect(await archived(script)).toStrictEqual(script.events);
    expect(await rig.haltedReason(script)).toBe(null);
  });

  test('an entry that cannot be decoded becomes a dead letter, and stops its room when another follows', async () => {
    const [script, sound] = [await room(2), await room(2)];
    const worker = rig.work(log);
    await rig.caughtUp(script, sound);
    logs.corrupt(script.ref);
    await waitFor('the letter', () => rig.deadLetters.letters.size === 1);
    const [letter] = await rig.deadLetters.list();
    expect(letter?.payload).toBe('not an entry');
    const corruptAt = logs.all.at(-1)!.position;
    const next = script.draft(said('after', script.owner));
    await log.append(script.ref, { ...next, events: next.events.map((event) => ({ ...event, seq: event.seq + 1 })) }, corruptAt);
    await waitFor('the room to be halted', async () => (await rig.haltedReason(script)) !== null);
    expect((await rig.haltedReason(script))!).toMatch(/cannot be decoded/);
    await more(sound);
    await rig.caughtUp(sound);
    expect(await metric(worker, 'persistence_incidents_total')).toBe(1);
  });
});

describe('forks', () => {
  test('a log that lost its end: it is sealed, and the room goes on in the next epoch with everything that was taken in', async () => {
    const script = await room(6);
    const first = rig.work(log);
    await rig.caughtUp(script);
    await first.stop();
    const before = script.events;
    lose(logs, script, (position) => position > script.entries[3]!.entry.position);
    rig.work(log);
    await inEpoch(script, 2);
    const opened = (await archived(script)).at(-1);
    expect((await archived(script)).slice(0, -1)).toStrictEqual(before);
    expect([opened?.type, opened?.epoch, opened?.seq]).toStrictEqual(['epoch.opened', 2, before.length + 1]);
    const bad = (await log.read({ roomId: script.roomId, epoch: 1 }, 0)).entries.at(-1)!;
    expect([bad.events[0]?.type, bad.events[0]?.seq]).toStrictEqual(['epoch.sealed', 6]);
    expect(await lost(script)).toStrictEqual([]);
    await follow(script);
    await more(script, 3);
    await rig.caughtUp(script);
  });

  test('a log that lost its end and was written on: what is lost is listed', async () => {
    const script = await room(4);
    const other = script.branch();
    await more(script, 3);
    const first = rig.work(log);
    await rig.caughtUp(script);
    await first.stop();
    lose(logs, script, (position) => position > other.position);
    await more(other, 2);
    rig.work(log);
    await inEpoch(script, 2);
    expect((await archived(script)).slice(0, -1)).toStrictEqual(script.events);
    expect(await lost(script)).toStrictEqual(other.events.slice(-2));
  });

  test('a log created anew that knows nothing of the room: whoever writes next opens the next epoch', async () => {
    const script = await room(3);
    const first = rig.work(log);
    await rig.caughtUp(script);
    await first.stop();
    const anew = memory('memory:2').open();
    rig.work(anew);
    await script.append(anew, script.nextEpoch(), said('on', script.owner));
    await rig.caughtUp(script);
    expect(await archived(script)).toStrictEqual(script.events);
    expect((await rig.store.seed(script.roomId))?.logId).toBe('memory:2');
    expect(await lost(script)).toStrictEqual([]);
  });

  test('a log created anew in which the same epoch was written: that is sealed and listed, the room goes on from the watermark', async () => {
    const script = await room(3);
    const first = rig.work(log);
    await rig.caughtUp(script);
    await first.stop();
    const anew = memory('memory:2').open();
    const usurper = new RoomScript({ owner: script.owner });
    Object.assign(usurper, { roomId: script.roomId });
    await usurper.append(anew, ...created(script.owner, 'usurped'));
    for (let n = 0; n < 6; n += 1) await usurper.append(anew, said(`usurping ${n}`, script.owner));
    rig.work(anew);
    await inEpoch(script, 2);
    expect((await archived(script)).slice(0, -1)).toStrictEqual(script.events);
    expect(await lost(script)).toStrictEqual(usurper.events);
    await follow(script);
    await more(script, 2, anew);
    await rig.caughtUp(script);
    expect((await rig.store.seed(script.roomId))?.state.name).toBe('lobby');
  });

  test('an epoch opened from a stale watermark: it is sealed and listed, the first free one is opened', async () => {
    const script = await room(3);
    const stale = script.branch();
    await more(script, 2);
    const first = rig.work(log);
    await rig.caughtUp(script);
    await first.stop();
    await stale.append(log, stale.nextEpoch(), said('stale', stale.owner));
    const beyond = script.branch();
    await more(beyond, 1);
    rig.work(log);
    await inEpoch(script, 3);
    const events = await archived(script);
    expect(events.map((event) => event.seq)).toStrictEqual(events.map((_, n) => n + 1));
    expect(events.slice(0, -2), 'what was acked in the sound epoch is kept').toStrictEqual(beyond.events);
    expect(events.slice(-2).map((event) => [event.type, event.epoch])).toStrictEqual([['epoch.sealed', 1], ['epoch.opened', 3]]);
    expect(await lost(script)).toStrictEqual(stale.events.slice(-1));
    expect((await log.read({ roomId: script.roomId, epoch: 2 }, 0)).entries.at(-1)?.events[0]?.type).toBe('epoch.sealed');
  });
});

describe('what nobody appends to', () => {
  test('a quiet room whose log was purged goes on in the next epoch as soon as somebody tells of it', async () => {
    const [script, sound] = [await room(3), await room(3)];
    const worker = rig.work(log);
    await rig.caughtUp(script, sound);
    lose(logs, script, () => true);
    await rig.store.reportBroken(script.roomId, []);
    await inEpoch(script, 2);
    expect((await archived(script)).slice(0, -1)).toStrictEqual(script.events);
    expect(await metric(worker, 'persistence_incidents_total')).toBe(1);
    await follow(script);
    await more(script, 2);
    await rig.caughtUp(script);
    expect(await rig.haltedReason(script)).toBe(null);
  });

  test('a room that is told to be broken and is not stays as it is', async () => {
    const script = await room(3);
    const worker = rig.work(log);
    await rig.caughtUp(script);
    await rig.store.reportBroken(script.roomId, []);
    await waitFor('somebody to have looked', async () => (await rig.haltedReason(script)) === null);
    await more(script, 2);
    await rig.caughtUp(script);
    expect((await rig.store.seed(script.roomId))?.epoch).toBe(1);
    expect(await metric(worker, 'persistence_incidents_total')).toBe(0);
  });

  test('what was seen in a log and is in no history is listed as lost, once, and not what is archived', async () => {
    const script = await room(3);
    rig.work(log);
    await rig.caughtUp(script);
    const gone = script.branch();
    gone.say(said('acked', gone.owner), said('and gone', gone.owner));
    for (let n = 0; n < 2; n += 1) await rig.store.reportBroken(script.roomId, gone.events);
    expect(await lost(script)).toStrictEqual(gone.events.slice(-2));
    expect(await rig.haltedReason(script)).toBe(null);
  });
});

describe('what fails', () => {
  test('an event that a projection cannot take becomes a dead letter, and its room goes on', async () => {
    const poisoned: Projection = {
      name: 'poisoned',
      apply: async (_, events) => { if (events.some((event) => event.type === 'message.created' && event.data.body === 'message 1')) throw new Error('cannot take it'); },
    };
    const script = await room(4);
    rig.work(log, { projections: [...PROJECTIONS, poisoned] });
    await rig.caughtUp(script);
    const [letter] = await rig.deadLetters.list();
    expect([rig.deadLetters.letters.size, letter?.reason, JSON.parse(letter!.payload)]).toStrictEqual([1, 'cannot take it', script.events[3]]);
    expect(await archived(script)).toStrictEqual(script.events);
  });

  test('entries that fail again and again become dead letters, their room is halted, the shard goes on', async () => {
    const poison = await room(2);
    let sound = await room(2);
    while (sound.roomId.slice(0, 3) !== poison.roomId.slice(0, 3)) sound = await room(2);
    await rig.database.db.schema.alterTable('log_entries').addCheckConstraint('refuses_a_room', allBut(poison)).execute();
    const worker = rig.work(log, { limits: { maxAttempts: 3, ackWaitMs: 100 } });
    await rig.caughtUp(sound);
    await waitFor('the letters', () => rig.deadLetters.letters.size === 3);
    await more(sound);
    await rig.caughtUp(sound);
    expect((await metric(worker, 'persistence_dead_letters_total')) >= 3).toBe(true);
    expect(await rig.store.seed(poison.roomId)).toBe(null);
  });
});
