import { expect, it } from 'vitest';
import { newCaseId, newCmid, newUserId, PERMISSIONS, realChance, roomIdOf, STANDPOINTS, type Standpoint } from '@parley/domain';
import { COMMANDS, type CaseId, type CommandName, type EventId, type RoomId, type RoomKind, type UserId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import type { Client } from '@parley/testkit/wire-client';
import { goodArguments } from './testing/good-arguments.ts';
import { cmid, createRig, say } from './testing/rig.ts';

const NAMES = Object.keys(COMMANDS) as CommandName[];
const KINDS = ['public', 'private', 'direct'] as const satisfies readonly RoomKind[];

const idOf = ({ session }: Client): UserId => session.user.id;
type People = Record<Standpoint | 'other', Client>;

/** A gateway with somebody of each standpoint, and a member whom all of them are about. */
const setUp = async () => {
  const rig = createRig();
  const node = await rig.node();
  const names = [...STANDPOINTS, 'other'] as const;
  const clients = await Promise.all(names.map((name) => node.guest(name)));
  const people = Object.fromEntries(names.map((name, n) => [name, clients[n]!])) as People;
  await rig.moderation.act({ act: 'user.made_admin', userId: idOf(people.admin), by: null, cmid: newCmid() });
  await waitFor('the admin to be known', async () => (await people.admin.ask('audit:list', { limit: 1 })).ok);

  const roomOf = async (kind: RoomKind): Promise<RoomId> => {
    const { stranger: _, admin: __, owner, ...others } = people;
    if (kind === 'direct') {
      const { room } = await people.member.must('room:create', { kind, userId: idOf(people.other), cmid: cmid() });
      await people.other.must('room:join', { roomId: room.id });
      return room.id;
    }
    const { room } = await owner.must('room:create', { kind, name: kind, cmid: cmid() });
    for (const each of Object.values(others)) {
      await owner.must('member:add', { roomId: room.id, userId: idOf(each), cmid: cmid() });
      await each.must('room:join', { roomId: room.id });
    }
    await owner.must('member:role', { roomId: room.id, userId: idOf(people.moderator), role: 'moderator', cmid: cmid() });
    return room.id;
  };
  /** About somebody who is in no room. */
  const bystander = async (): Promise<UserId> => {
    const id = newUserId();
    await rig.store.createUser({ id, name: 'Bystander' });
    return id;
  };
  const caseIn = async (roomId: RoomId): Promise<CaseId> => {
    const userId = idOf(people.other);
    return (await rig.moderation.report({ roomId, messageId: null, userId, by: newUserId(), category: 'spam', remark: '', at: Date.now(), cmid: newCmid() })).caseId;
  };
  return { rig, node, people, roomOf, bystander, caseIn };
};
type Setup = Awaited<ReturnType<typeof setUp>>;

const ABOUT_MESSAGES: ReadonlySet<CommandName> = new Set<CommandName>(['message:edit', 'message:delete', 'message:hide', 'message:restore', 'report:create']);
/** Commands after which a room is another for those that come next. */
const changesRoom = (name: CommandName): boolean => name.startsWith('member:') || name.startsWith('room:');

/** What nothing stands in the way of but who asks; for `own`, also what is another's. */
const requestsOf = async (name: CommandName, roomId: RoomId, kind: RoomKind, as: Standpoint, { people, bystander, caseIn }: Setup): Promise<{ good: object; bad?: object }> => {
  const isThere = (kind === 'direct' ? ['member'] : ['member', 'moderator', 'owner']).includes(as);
  const author = isThere && (name === 'message:edit' || name === 'message:delete') ? people[as] : people.other;
  const messageId = ABOUT_MESSAGES.has(name) ? (await say(author, roomId, 'hi')).id : realChance.eventId();
  const about = name.startsWith('user:') && name !== 'user:record' ? await bystander() : idOf(people.other);
  const good: Record<string, unknown> = goodArguments(roomId, messageId)[name];
  if ('userId' in good) good.userId = about;
  if (name === 'user:get') good.userIds = [about];
  if ('caseId' in good) good.caseId = await caseIn(roomId);
  if (name === 'room:history') delete good.before;
  if (name === 'room:update') return { good: { roomId, cmid: cmid(), readOnly: false, slowModeMs: 0 }, bad: good };
  return name === 'session:revoke' ? { good, bad: { ...good, userId: await bystander(), what: { scope: 'all' } } } : { good };
};

/** Of whoever may not. Whatever else is answered comes after the question of who asks. */
const REFUSALS: ReadonlySet<string> = new Set(['forbidden', 'not_member', 'room_not_found', 'case_not_found']);

it('every command is for whom the table of permissions says, in every kind of room', async () => {
  const setup = await setUp();
  const shared = new Map<RoomKind, RoomId>();
  for (const name of NAMES) {
    for (const kind of KINDS) {
      const roomId = (!changesRoom(name) && shared.get(kind)) || (await setup.roomOf(kind));
      if (!changesRoom(name)) shared.set(kind, roomId);
      for (const as of STANDPOINTS) {
        const permission = PERMISSIONS[name][kind][as];
        // An owner leaves an empty room only: a rule of the room's own.
        if (permission === null || (name === 'room:leave' && as === 'owner')) continue;
        const { good, bad } = await requestsOf(name, roomId, kind, as, setup);
        const outcome = async (request: object): Promise<string> => {
          const answer = await setup.people[as].raw(name, request);
          const code = answer.error?.code ?? 'ok';
          return REFUSALS.has(code) ? code : 'yes';
        };
        const isConditional = permission === 'own' || permission === 'below' || permission === 'pace';
        expect([name, kind, as, await outcome(good)]).toEqual([name, kind, as, isConditional ? 'yes' : permission]);
        if (bad) expect([name, kind, as, 'more', await outcome(bad)]).toEqual([name, kind, as, 'more', isConditional ? 'forbidden' : permission]);
      }
    }
  }
}, 60_000);

it('a stranger, and an admin who is one, is told of a room that is private the very same as of one that does not exist, by every command', async () => {
  const setup = await setUp();
  const { people, roomOf, caseIn } = setup;
  const rooms = [await roomOf('private'), await roomOf('direct')];
  const missing = roomIdOf(newUserId(), newCmid());
  /** Without what differs because another was asked for. */
  const told = async (by: Client, name: CommandName, request: object): Promise<string> => {
    const answer = await by.raw(name, request);
    return JSON.stringify(answer).replaceAll(/"(roomId|cmid|id|caseId)":"[^"]*"/g, '"$1":"…"');
  };
  const byAdmin: CommandName[] = [];
  for (const name of NAMES) {
    const { id: messageId } = await say(people.other, rooms[0]!, 'hi');
    const [good] = [goodArguments(rooms[0]!, messageId)[name]];
    const concerns = (roomId: RoomId, caseId: CaseId, id: EventId) => ({
      ...good, ...('roomId' in good ? { roomId } : {}), ...('caseId' in good ? { caseId } : {}), ...('messageId' in good ? { messageId: id } : {}),
    });
    if (!('roomId' in good) && !('caseId' in good)) continue;
    const ofMissing = concerns(missing, newCaseId(Date.now()), realChance.eventId());
    for (const roomId of rooms) {
      const ofHidden = concerns(roomId, await caseIn(roomId), messageId);
      expect([name, await told(people.stranger, name, ofHidden)]).toEqual([name, await told(people.stranger, name, ofMissing)]);
      if (PERMISSIONS[name].private.admin === 'room_not_found') {
        byAdmin.push(name);
        expect([name, await told(people.admin, name, ofHidden)]).toEqual([name, await told(people.admin, name, ofMissing)]);
      }
    }
  }
  expect(byAdmin).toContain('room:history');
  for (const resume of [false, true]) {
    const [ofHidden, ofMissing] = await Promise.all([rooms, [missing, missing]].map((roomIds) => told(people.stranger, 'room:join', { roomIds, resume })));
    expect(ofHidden).toBe(ofMissing);
  }
}, 30_000);
