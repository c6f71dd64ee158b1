import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RoomEvent } from '@parley/protocol';
import { afterTests, freshDatabase, withPostgres } from '@parley/testkit';
import { actor, joined, openRoom, said, type RoomScript } from '@parley/testkit/room-script';
import { recordLost } from '../lost-events.ts';
import { ingestRig, type IngestRig } from '../testing/rig.ts';
import { TooMuch, verifyRoom, witnessOf, type FindingKind, type LogWitness, type VerifyOptions } from './index.ts';

const cleanup = afterTests();

let rig: IngestRig;
beforeAll(async () => {
  const server = await withPostgres({ fsync: false, cleanup });
  rig = await ingestRig(await freshDatabase(server));
  cleanup(() => rig.database.close());
});

/** With everything that a projection shows, over two epochs. */
const lively = async (): Promise<RoomScript> => {
  const script = openRoom();
  const [ben, cleo] = [actor('Ben'), actor('Cleo')];
  script.say(joined(ben));
  script.say(joined(cleo));
  script.say(said('one', script.owner), said('two', ben));
  const [one, two] = script.events.slice(-2);
  script.say(said('three', cleo));
  script.say({ type: 'message.edited', data: { messageId: one!.id, body: 'one, better' } });
  script.say({ type: 'message.edited', data: { messageId: two!.id, body: 'two, better' }, by: ben.id });
  script.say({ type: 'message.deleted', data: { messageId: two!.id }, by: ben.id });
  script.say({ type: 'member.role_changed', data: { userId: ben.id, role: 'moderator' } });
  script.say({ type: 'member.left', data: { userId: cleo.id }, by: cleo.id });
  script.say({ type: 'room.updated', data: { topic: 'talk', slowModeMs: 1_000, readOnly: true } });
  const three = script.events.find((event) => event.type === 'message.created' && event.by === cleo.id)!;
  for (const { id } of [one!, three]) script.say({ type: 'message.hidden', data: { messageId: id, reason: 'spam' } });
  script.say({ type: 'message.restored', data: { messageId: three.id } });
  script.say({ type: 'member.muted', data: { userId: ben.id, until: null, reason: 'noise' } }, { type: 'member.banned', data: { userId: cleo.id, until: 7, reason: 'enough' } });
  script.say(script.nextEpoch());
  script.say(said('four', ben));
  await rig.takeIn(script.entries);
  return script;
};

const verify = (script: RoomScript, options: Partial<VerifyOptions> = {}) => verifyRoom(rig.database.db, script.roomId, { log: null, ...options });
const found = async (script: RoomScript, options?: Partial<VerifyOptions>): Promise<Partial<Record<FindingKind, number>>> => (await verify(script, options))!.counts;
const run = (statement: ReturnType<typeof sql>): Promise<unknown> => statement.execute(rig.database.db);
const beside = (entries: readonly LogWitness[], lacking: string | null = null): VerifyOptions['log'] => ({ entries, lacking });
const witnesses = (script: RoomScript, epoch = script.epoch) => script.entries.filter(({ ref }) => ref.epoch === epoch).map(({ ref, entry }) => witnessOf(ref, entry));

test('a room in order has no findings, and everything in it is checked', async () => {
  const script = await lively();
  const result = await verify(script, { log: beside(witnesses(script)) });
  expect(result).toEqual({
    roomId: script.roomId, watermark: { epoch: 2, seq: script.seq }, logSeq: script.seq, lost: 0, findings: [], counts: {},
    checked: { events: script.seq, messages: 4, members: 2, commands: script.seq - 1, logEntries: 2 },
  });
  expect(await found(script, { log: 'archive' })).toEqual({});
  expect(await verify(openRoom(), { log: 'archive' }), 'no such room').toBeNull();
});

const BROKEN: [what: string, kinds: Partial<Record<FindingKind, number>>, (room: string) => ReturnType<typeof sql>][] = [
  ['an entry is missing', { archive_gap: 1 }, (room) => sql`delete from log_entries where room_id = ${room} and last_seq = 3`],
  ['the last entry is missing', { archive_gap: 1 }, (room) => sql`delete from log_entries where room_id = ${room} and last_seq = (select seq from watermarks where room_id = ${room})`],
  ['an epoch has no beginning', { archive_gap: 1 }, (room) => sql`delete from log_entries where room_id = ${room} and epoch = 2 and first_seq = (select min(first_seq) from log_entries where room_id = ${room} and epoch = 2)`],
  ['a seq stands there twice', { archive_doubled: 1 }, (room) => sql`
    insert into log_entries select room_id, epoch, first_seq, last_seq, log_id, position + 1000, 'other', replace(events::text, 'three', 'more')::json
    from log_entries where room_id = ${room} and last_seq = 7`],
  ['an entry names another predecessor', { archive_chain: 1 }, (room) => sql`update log_entries set prev_id = 'other' where room_id = ${room} and last_seq = 7`],
  ['an event has another seq than its place', { archive_invalid: 2, cmid_unknown: 1, message_missing: 1, message_unknown: 1 }, (room) => sql`update log_entries set events = replace(events::text, '"seq":7', '"seq":8')::json where room_id = ${room} and last_seq = 7`],
  ['the watermark stands before the archive’s end', { archive_beyond: 1, watermark_state: 1, message_unknown: 1, last_said_differs: 1, cmid_unknown: 1 }, (room) => sql`update watermarks set seq = seq - 1 where room_id = ${room}`],
  ['the watermark’s state is another', { watermark_state: 1 }, (room) => sql`update watermarks set state = jsonb_set(state, '{memberCount}', '7') where room_id = ${room}`],
  ['the watermark’s state stands elsewhere', { watermark_state: 1 }, (room) => sql`update watermarks set state = jsonb_set(state, '{seq}', '2') where room_id = ${room}`],
  ['the room was halted', { halted: 1 }, (room) => sql`update watermarks set halted = 'a hole' where room_id = ${room}`],
  ['a cmid is missing', { cmid_missing: 1 }, (room) => sql`delete from cmids where room_id = ${room} and seq = 7`],
  ['a cmid leads to another event', { cmid_differs: 1 }, (room) => sql`update cmids set id = 'other' where room_id = ${room} and seq = 7`],
  ['a cmid leads to a later event', { cmid_differs: 1 }, (room) => sql`update cmids set seq = 8 where room_id = ${room} and seq = 7`],
  ['a cmid leads to an earlier event', { cmid_unknown: 1 }, (room) => sql`update cmids set seq = 6 where room_id = ${room} and seq = 7`],
  ['a cmid came from nowhere', { cmid_unknown: 1 }, (room) => sql`insert into cmids select room_id, by, 'stray', epoch, seq, id from cmids where room_id = ${room} and seq = 7`],
  ['a message is missing', { message_missing: 1 }, (room) => sql`delete from messages where room_id = ${room} and body = 'three'`],
  ['an edited message is missing', { message_missing: 1 }, (room) => sql`delete from messages where room_id = ${room} and body = 'one, better'`],
  ['a message says something else', { message_differs: 1 }, (room) => sql`update messages set body = 'tree' where room_id = ${room} and body = 'three'`],
  ['a message is somebody else’s', { message_differs: 1 }, (room) => sql`update messages set by = 'other' where room_id = ${room} and body = 'three'`],
  ['an edit does not show', { message_differs: 1 }, (room) => sql`update messages set body = 'one', edited_at = null where room_id = ${room} and body = 'one, better'`],
  ['an edit shows something else', { message_differs: 1 }, (room) => sql`update messages set body = 'one, worse' where room_id = ${room} and body = 'one, better'`],
  ['a deleted message is back', { message_differs: 1 }, (room) => sql`update messages set body = 'two, better', deleted_at = null where room_id = ${room} and deleted_at is not null`],
  ['a message was deleted that was not', { message_differs: 1 }, (room) => sql`update messages set body = null, deleted_at = 1 where room_id = ${room} and body = 'three'`],
  ['a message was never said', { message_unknown: 1 }, (room) => sql`insert into messages (room_id, seq, id, by, name, at, body) values (${room}, 3, 'stray', 'u', 'n', 1, 'x')`],
  ['a message stands beyond the watermark', { message_unknown: 1 }, (room) => sql`insert into messages (room_id, seq, id, by, name, at, body) values (${room}, 99, 'stray', 'u', 'n', 1, 'x')`],
  ['a member is missing', { member_missing: 1 }, (room) => sql`delete from members where room_id = ${room} and role = 'moderator'`],
  ['a member has another role', { member_differs: 1 }, (room) => sql`update members set role = 'member' where room_id = ${room} and role = 'moderator'`],
  ['a member who left is still there', { member_unknown: 1 }, (room) => sql`insert into members (room_id, user_id, name, role, joined_seq) values (${room}, 'gone', 'n', 'member', 4)`],
  ['a hide does not show', { message_differs: 1 }, (room) => sql`update messages set hidden_at = null, hidden_reason = null where room_id = ${room} and hidden_at is not null`],
  ['a hide that was undone is back', { message_differs: 1 }, (room) => sql`update messages set hidden_at = 1, hidden_reason = 'x' where room_id = ${room} and body = 'three'`],
  ['a hidden message has lost its body', { message_differs: 1 }, (room) => sql`update messages set body = null where room_id = ${room} and hidden_at is not null`],
  ['a mute is missing', { sanction_missing: 1 }, (room) => sql`delete from room_sanctions where room_id = ${room} and kind = 'mute'`],
  ['a ban ends at another time', { sanction_differs: 1 }, (room) => sql`update room_sanctions set until = 8 where room_id = ${room} and kind = 'ban'`],
  ['a ban came from nowhere', { sanction_unknown: 1 }, (room) => sql`insert into room_sanctions select room_id, user_id, 'ban', seq, reason, since, until, by from room_sanctions where room_id = ${room} and kind = 'mute'`],
  ['a last message is missing', { last_said_differs: 1 }, (room) => sql`delete from last_said where room_id = ${room}`],
  ['a last message is another', { last_said_differs: 1 }, (room) => sql`update last_said set at = at - 1 where room_id = ${room}`],
  ['the room is not in slow mode', { room_differs: 1 }, (room) => sql`update rooms set slow_mode_ms = 0 where room_id = ${room}`],
  ['the room has no row', { room_missing: 1 }, (room) => sql`delete from rooms where room_id = ${room}`],
  ['the room has another topic', { room_differs: 1 }, (room) => sql`update rooms set topic = 'walk' where room_id = ${room}`],
];

test.each(BROKEN)('is found: %s', async (_what, kinds, broken) => {
  const script = await lively();
  await run(broken(script.roomId));
  expect(await found(script)).toEqual(kinds);
});

test('a log that is the archive may be ahead of the watermark, if it goes on from there', async () => {
  const script = await lively();
  const taken = script.entries.length;
  for (const body of ['five', 'six', 'seven']) script.say(said(body, script.owner));
  const write = ({ ref, entry }: (typeof script.entries)[number]) => sql`
    insert into log_entries (room_id, epoch, first_seq, last_seq, log_id, position, prev_id, events)
    values (${ref.roomId}, ${ref.epoch}, ${entry.events[0]!.seq}, ${entry.events.at(-1)!.seq}, 'test-log', ${entry.position}, ${entry.prevId}, ${JSON.stringify(entry.events)}::json)`;
  const [five, six, seven] = script.entries.slice(taken);
  await run(write(five!));
  expect(await verify(script, { log: 'archive' })).toMatchObject({ findings: [], logSeq: script.seq - 2, watermark: { seq: script.seq - 3 } });
  await run(write(seven!));
  expect(await found(script, { log: 'archive' })).toEqual({ log_gap: 1 });
  await run(write({ ...six!, entry: { ...six!.entry, prevId: five!.entry.prevId } }));
  expect(await found(script, { log: 'archive' })).toEqual({ log_chain: 1 });
});

describe('a log beside the archive', () => {
  test('agrees with it up to the watermark and goes on from there', async () => {
    const script = await lively();
    const before = witnesses(script);
    expect(await found(script, { log: beside(before.slice(1)) }), 'trimmed').toEqual({});
    script.say(said('five', script.owner));
    script.say(said('six', script.owner));
    const [five, six] = witnesses(script).slice(-2);
    expect(await verify(script, { log: beside([...before, five!, six!]) })).toMatchObject({ findings: [], logSeq: script.seq });
    expect(await found(script, { log: beside([...before, six!]) })).toEqual({ log_gap: 1 });
    expect(await found(script, { log: beside([...before, { ...five!, prevId: six!.lastId }, six!]) })).toEqual({ log_chain: 1 });
    expect(await found(script, { log: beside([before[0]!, { ...before[1]!, digest: 'other' }]) })).toEqual({ log_differs: 1 });
    expect(await found(script, { log: beside([], 'the watermark’s entry') })).toEqual({ log_gap: 1 });
    await run(sql`delete from log_entries where room_id = ${script.roomId} and last_seq = ${before[1]!.lastSeq}`);
    expect(await found(script, { log: beside(before) })).toEqual({ archive_gap: 1, log_not_archived: 1 });
  });

  test('may have branches in the archive that are listed as lost, and no others', async () => {
    const script = await lively();
    const branch = script.entries.find(({ ref, entry }) => ref.epoch === 1 && entry.events.length === 1 && entry.events[0]!.type === 'room.updated')!;
    const lost = { ...branch.entry.events[0]!, seq: branch.entry.events[0]!.seq + 1, id: `${branch.entry.events[0]!.id.slice(0, -1)}Z` } as RoomEvent;
    await run(sql`insert into log_entries (room_id, epoch, first_seq, last_seq, log_id, position, prev_id, events)
      values (${script.roomId}, 1, ${lost.seq}, ${lost.seq}, 'test-log', 999, ${branch.entry.events[0]!.id}, ${JSON.stringify([lost])}::json)`);
    expect(await found(script)).toEqual({ archive_doubled: 1 });
    await recordLost(rig.database.db, [lost], 'a test');
    expect(await verify(script)).toMatchObject({ findings: [], lost: 1 });
  });
});

test('what cannot be checked in bounded memory is said, and not passed as in order', async () => {
  await expect(verify(await lively(), { maxHeld: 1 })).rejects.toBeInstanceOf(TooMuch);
});
