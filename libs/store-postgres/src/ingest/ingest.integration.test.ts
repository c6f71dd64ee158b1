import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { newCmid } from '@parley/domain';
import { afterTests, freshDatabase, withPostgres } from '@parley/testkit';
import { actor, isOf, joined, openRoom, said, type RoomScript, type ScriptedEntry, type ScriptedEvent } from '@parley/testkit/room-script';
import { ingest, listLost, PostgresStore, PROJECTIONS, rebuildProjections, type Projection } from '../index.ts';
import { ingestRig, LOG_ID, type IngestRig } from '../testing/rig.ts';

const cleanup = afterTests();

let rig: IngestRig;
let store: PostgresStore;

beforeAll(async () => {
  const server = await withPostgres({ fsync: false, cleanup });
  rig = await ingestRig(await freshDatabase(server));
  store = new PostgresStore(rig.database.db);
  cleanup(() => rig.database.close());
});

const chat = (messages: number): RoomScript => {
  const script = openRoom();
  for (let n = 0; n < messages; n += 1) script.say(said(`message ${n}`, script.owner));
  return script;
};
const events = async (script: RoomScript) => (await store.archive(script.roomId, 0, 10_000)).events;
const bodies = async (script: RoomScript) => (await store.history({ roomId: script.roomId, limit: 100 })).messages.map((message) => message.body);

describe('taking entries in', () => {
  test('entries that continue the watermark advance it', async () => {
    const script = chat(3);
    const first = await rig.takeIn(script.entries.slice(0, 2));
    expect([first.outcome, first.before, first.after?.seq, first.entries, first.events]).toStrictEqual(['advanced', null, 3, 2, 3]);
    const second = await rig.takeIn(script.entries.slice(2));
    expect(second).toStrictEqual({
      outcome: 'advanced', before: first.after, after: { logId: LOG_ID, epoch: 1, seq: 5, position: 4, lastId: script.lastId }, entries: 2, events: 2, stopped: null,
    });
    expect(await events(script)).toStrictEqual(script.events);
  });

  test('what is delivered again changes nothing, in any order and mixed with what is new', async () => {
    const script = chat(6);
    await rig.takeIn(script.entries.slice(0, 4));
    const again = await rig.takeIn(script.entries.slice(0, 4));
    expect([again.outcome, again.entries, again.after?.seq]).toStrictEqual(['duplicate', 0, 5]);
    expect((await rig.takeIn([script.entries[1]!])).outcome).toStrictEqual('duplicate');
    const mixed = await rig.takeIn([...script.entries, ...script.entries].toReversed());
    expect([mixed.outcome, mixed.entries, mixed.after?.seq]).toStrictEqual(['advanced', 3, 8]);
    expect(await events(script)).toStrictEqual(script.events);
    expect((await bodies(script)).length).toBe(6);
  });

  test('a gap is told, and what stands before it is taken in', async () => {
    const script = chat(5);
    const result = await rig.takeIn([...script.entries.slice(0, 2), ...script.entries.slice(3)]);
    expect([result.outcome, result.after?.seq, result.stopped?.at.entry.position]).toStrictEqual(['gap', 3, 4]);
    const filled = await rig.takeIn(script.entries.slice(2));
    expect([filled.outcome, filled.after?.seq]).toStrictEqual(['advanced', 7]);
    expect((await rig.takeIn(chat(2).entries.slice(1))).outcome, 'a room whose beginning is missing').toStrictEqual('gap');
  });

  test('another history is a fork: after the watermark, at it, and below it', async () => {
    const script = chat(3);
    const early = script.branch();
    await rig.takeIn(script.entries);
    const late = script.branch();
    script.say(said('here', script.owner));
    late.say(said('there', script.owner), said('and there', script.owner));
    await rig.takeIn(script.entries);
    expect((await rig.takeIn([late.entries.at(-1)!])).outcome, 'over the watermark').toBe('fork');
    late.say(said('further', script.owner));
    expect((await rig.takeIn([late.entries.at(-1)!])).outcome).toBe('gap');
    const other = early.branch();
    other.say(said('other', script.owner));
    expect((await rig.takeIn([other.entries.at(-1)!])).outcome, 'at the watermark').toBe('fork');
    script.say(said('on', script.owner));
    other.say(said('other on', script.owner));
    await rig.takeIn(script.entries);
    expect((await rig.takeIn([other.entries.at(-2)!])).outcome, 'below the watermark').toBe('fork');
    script.say(said('on', script.owner));
    await rig.takeIn(script.entries);
    other.say(said('x', script.owner));
    const after = { ...other.entries.at(-1)!, entry: { ...other.entries.at(-1)!.entry, events: [{ ...other.events.at(-1)!, seq: script.seq + 1 }] } };
    expect((await rig.takeIn([after])).outcome, 'after the watermark, with another predecessor').toBe('fork');
    expect(await events(script)).toStrictEqual(script.events);
  });

  test('the same epoch in another log is a fork, the next epoch in another log goes on', async () => {
    const script = chat(2);
    await rig.takeIn(script.entries);
    const elsewhere = script.branch();
    const entry = elsewhere.say(said('there', script.owner));
    expect((await rig.takeIn([entry], { logId: 'other-log' })).outcome).toBe('fork');
    const opened = script.say(script.nextEpoch(), said('on', script.owner));
    const result = await rig.takeIn([opened], { logId: 'other-log' });
    expect(result.after).toStrictEqual({ logId: 'other-log', epoch: 2, seq: 6, position: 1, lastId: script.lastId });
    expect(await events(script)).toStrictEqual(script.events);
  });

  test('an epoch that opens elsewhere than at the watermark is a gap or a fork', async () => {
    const script = chat(3);
    const stale = script.branch();
    await rig.takeIn(script.entries.slice(0, 3));
    expect((await rig.takeIn([script.branch().say(said('not an opening', script.owner))])).outcome).toBe('gap');
    const opened = script.say(script.nextEpoch());
    expect((await rig.takeIn([opened])).outcome, 'it opens later than what is known').toBe('gap');
    await rig.takeIn(script.entries.slice(3, 4));
    const early: ScriptedEvent = { type: 'epoch.opened', by: null, data: { prevEpoch: 1, prevSeq: 3, prevId: script.events[2]!.id, reason: 'stale' } };
    stale.epoch = 2;
    const { events: [opening] } = stale.draft(early);
    const below: ScriptedEntry = { ref: { roomId: script.roomId, epoch: 2 }, entry: { position: 1, prevId: script.events[2]!.id, events: [{ ...opening!, seq: 4 }] } };
    expect((await rig.takeIn([below])).outcome, 'it opens below what is known').toBe('fork');
    expect((await rig.takeIn([opened])).outcome).toBe('advanced');
  });

  test('what is appended to an epoch that was left is listed as lost, once', async () => {
    const script = chat(1);
    const late = script.branch();
    script.say(script.nextEpoch());
    await rig.takeIn(script.entries);
    const entry = late.say(said('too late', script.owner));
    for (let n = 0; n < 2; n += 1) expect((await rig.takeIn([entry])).outcome).toBe('duplicate');
    expect((await listLost(rig.database.db, script.roomId)).map(({ event }) => event)).toStrictEqual([entry.entry.events[0]]);
    expect(await events(script)).toStrictEqual(script.events);
  });

  test('an entry that follows but makes no sense is invalid, and nothing of it is taken in', async () => {
    const script = openRoom();
    const bad = script.branch().say(said('one', script.owner), said('two', script.owner));
    const [one, two] = bad.entry.events;
    const result = await rig.takeIn([...script.entries, { ...bad, entry: { ...bad.entry, events: [one!, { ...two!, seq: two!.seq + 1 }] } }]);
    expect([result.outcome, result.after?.seq, result.stopped?.at.entry.position]).toStrictEqual(['invalid', 2, 2]);
  });

  test('many rooms of one batch each get their own outcome', async () => {
    const scripts = Array.from({ length: 20 }, (_, n) => chat(n + 1));
    const batch = scripts.flatMap((script, n) => (n % 2 === 0 ? script.entries : script.entries.slice(1)));
    const { rooms } = await ingest(rig.database.db, batch, { logId: LOG_ID, deadLetters: rig.deadLetters });
    expect(scripts.map((script) => rooms.get(script.roomId)?.outcome)).toStrictEqual(scripts.map((_, n) => (n % 2 === 0 ? 'advanced' : 'gap')));
  });

  test('two at once on the same room: one wins, the other is told and loses nothing', async () => {
    const script = chat(10);
    const attempts = await Promise.allSettled(Array.from({ length: 6 }, () => rig.takeIn(script.entries)));
    expect(attempts.filter((attempt) => attempt.status === 'fulfilled' && attempt.value.outcome === 'advanced').length).toBe(1);
    const told = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [(attempt.reason as Error).name] : []));
    expect(new Set([...told, 'WatermarkMoved'])).toStrictEqual(new Set(['WatermarkMoved']));
    expect(await events(script)).toStrictEqual(script.events);
  });
});

const poisoned = (isPoison: (body: string) => boolean): Projection => ({
  name: 'poisoned',
  apply: async (_, applied) => {
    for (const event of applied) if (event.type === 'message.created' && isPoison(event.data.body)) throw new Error(`cannot take ${event.data.body}`);
  },
});

describe('projections that fail', () => {
  test('only the event that fails is dead-lettered; archive, cmids and all others go on', async () => {
    const script = chat(30);
    const cmid = newCmid();
    script.say(said('poison', script.owner, cmid));
    script.say(said('after', script.owner));
    const { letters } = rig.deadLetters;
    letters.clear();
    const projections = [...PROJECTIONS, poisoned((body) => body === 'poison' || body === 'message 7')];
    const { deadLettered } = await ingest(rig.database.db, script.entries, { logId: LOG_ID, deadLetters: rig.deadLetters, projections });
    expect(deadLettered).toBe(2);
    const failed = script.events.filter((event) => event.type === 'message.created' && ['poison', 'message 7'].includes(event.data.body));
    expect([...letters.values()].map((letter) => JSON.parse(letter.payload))).toStrictEqual(failed);
    expect(await events(script)).toStrictEqual(script.events);
    expect((await store.findCmids(script.roomId, [{ by: script.owner.id, cmid }])).size).toBe(1);
    const shown = await bodies(script);
    expect([shown.length, shown.includes('poison'), shown.at(-1)]).toStrictEqual([30, false, 'after']);
    await rebuildProjections(rig.database.db, { deadLetters: rig.deadLetters }, script.roomId);
    expect((await bodies(script)).length, 'a rebuild brings them back').toBe(32);
  });

  test('a letter that cannot be kept stops the batch, and nothing of it is committed', async () => {
    const script = chat(3);
    const deadLetters = { put: () => Promise.reject(new Error('the letters are away')) };
    await expect(rig.takeIn(script.entries, { projections: [poisoned(() => true)], deadLetters })).rejects.toThrow(/letters are away/);
    expect(await store.seed(script.roomId)).toBe(null);
    expect(await events(script)).toStrictEqual([]);
  });
});

test('projections made anew from the archive have the very same rows', async () => {
  const script = openRoom();
  const friends = Array.from({ length: 5 }, (_, n) => actor(`friend ${n}`));
  script.say(...friends.map(joined));
  for (let n = 0; n < 60; n += 1) script.say(said(`message ${n}`, friends[n % 5]!), said(`more ${n}`, script.owner));
  const messages = script.events.filter(isOf('message.created'));
  for (let n = 0; n < 20; n += 1) script.say({ type: 'message.edited', data: { messageId: messages[n * 3]!.id, body: `edited ${n}` } });
  for (let n = 0; n < 10; n += 1) script.say({ type: 'message.deleted', data: { messageId: messages[n * 5]!.id } });
  script.say({ type: 'member.role_changed', data: { userId: friends[0]!.id, role: 'moderator' } }, { type: 'member.left', data: { userId: friends[1]!.id } });
  for (let n = 0; n < 8; n += 1) script.say({ type: 'message.hidden', data: { messageId: messages[n * 7]!.id, reason: 'spam' }, by: null });
  for (let n = 0; n < 8; n += 2) script.say({ type: 'message.restored', data: { messageId: messages[n * 7]!.id } });
  script.say({ type: 'room.updated', data: { slowModeMs: 1_000, readOnly: true } });
  script.say(said('slow', friends[2]!), said('slow too', friends[3]!), { type: 'member.muted', data: { userId: friends[2]!.id, until: 7, reason: 'noise' } });
  script.say({ type: 'member.muted', data: { userId: friends[3]!.id, until: null, reason: 'noise' } }, { type: 'member.banned', data: { userId: friends[1]!.id, until: null, reason: 'enough' } });
  script.say({ type: 'member.unmuted', data: { userId: friends[3]!.id } });
  script.say({ type: 'epoch.sealed', data: { reason: 'a test' }, by: null });
  script.say(script.nextEpoch(), { type: 'room.updated', data: { topic: 'tea' } });
  for (let n = 0; n < script.entries.length; n += 7) await rig.takeIn(script.entries.slice(n, n + 7));
  const keys = { rooms: 'room_id', members: 'user_id', messages: 'seq', room_sanctions: 'seq', last_said: 'user_id' } as const;
  const rows = async () => Promise.all((Object.keys(keys) as (keyof typeof keys)[]).map(async (table) =>
    (await sql`select * from ${sql.table(table)} where room_id = ${script.roomId} order by ${sql.ref(keys[table])}`.execute(rig.database.db)).rows));
  const before = await rows();
  expect(before.map(({ length }) => length)).toEqual([1, 5, 122, 2, 2]);
  await rig.database.db.updateTable('messages').set({ body: 'spoilt' }).where('room_id', '=', script.roomId).execute();
  for (const table of ['members', 'room_sanctions', 'last_said'] as const) await sql`delete from ${sql.table(table)} where room_id = ${script.roomId}`.execute(rig.database.db);
  expect(await rebuildProjections(rig.database.db, { deadLetters: rig.deadLetters }, script.roomId)).toBe(1);
  expect(await rows()).toStrictEqual(before);
});
