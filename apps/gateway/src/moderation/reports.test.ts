import { beforeEach, describe, expect, it } from 'vitest';
import { newCaseId, newCmid } from '@parley/domain';
import type { CaseId, EventId, RoomId, UserId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import { connect, type Client } from '@parley/testkit/wire-client';
import { cmid, createRig, limiterOf, roomOf, say, type Node, type Rig } from '../testing/rig.ts';

let rig: Rig;
let node: Node;
let [ada, mo, rita, olaf]: Client[] = [];
let roomId: RoomId;
let messageId: EventId;

const idOf = ({ session }: Client): UserId => session.user.id;
const code = async (client: Client, ...command: Parameters<Client['ask']>): Promise<string | undefined> => {
  const answer = await client.ask(...command);
  return answer.ok ? 'ok' : answer.error.code;
};
const takeIn = () => rig.store.ingest(node.log, roomId);
const makeAdmin = async (client: Client): Promise<void> => {
  await rig.moderation.act({ act: 'user.made_admin', userId: idOf(client), by: null, cmid: newCmid() });
  await waitFor('the admin to be known', async () => (await code(client, 'audit:list', {})) === 'ok');
};
const report = (client: Client, subject: { messageId: EventId } | { userId: UserId } = { messageId }) =>
  client.ask('report:create', { cmid: cmid(), roomId, subject, category: 'harassment', remark: 'see for yourselves' });
/** The one open case of the room. */
const caseOf = async (client: Client): Promise<CaseId> => {
  const { cases } = await client.must('report:list', { roomId });
  expect(cases).toHaveLength(1);
  return cases[0]!.id;
};

/** Ada owns a public room, Mo moderates it, Rita reports what Olaf says. */
beforeEach(async () => {
  rig = createRig();
  node = await rig.node();
  [ada, mo, rita, olaf] = await Promise.all(['Ada', 'Mo', 'Rita', 'Olaf'].map((name) => node.guest(name)));
  const room = await roomOf(ada!, mo!, rita!, olaf!);
  roomId = room.roomId as RoomId;
  await ada!.must('member:role', { roomId, cmid: cmid(), userId: idOf(mo!), role: 'moderator' });
  await say(rita!, roomId, 'good morning');
  messageId = (await say(olaf!, roomId, 'no it is not')).id;
});

describe('reporting', () => {
  it('puts a message into the queue of the room, with its context, its reporters and the record of its author', async () => {
    expect(await report(rita!)).toMatchObject({ ok: true, reportId: expect.any(String) as string });
    await takeIn();
    const { cases } = await mo!.must('report:list', {});
    expect(cases).toMatchObject([{ roomId, roomName: 'lobby', messageId, userId: idOf(olaf!), userName: 'Olaf', reports: 1, status: 'open', categories: ['harassment'] }]);
    expect(await mo!.must('report:get', { caseId: cases[0]!.id })).toMatchObject({
      case: cases[0], reports: [{ by: idOf(rita!), byName: 'Rita', category: 'harassment', remark: 'see for yourselves' }],
      context: [{ body: 'good morning', hidden: false }, { id: messageId, body: 'no it is not' }],
      record: { userId: idOf(olaf!), name: 'Olaf', reports: { open: 1, upheld: 0, dismissed: 0 } },
    });
  });

  it('is done once, however often it is sent', async () => {
    const sent = { cmid: cmid(), roomId, subject: { messageId }, category: 'spam' } as const;
    const [first, again] = [await rita!.must('report:create', sent), await rita!.must('report:create', sent)];
    expect(again).toEqual(first);
    expect(await report(rita!)).toMatchObject({ ok: true, reportId: first.reportId });
  });

  it('finds a message that the store has not taken in yet, and one that it has', async () => {
    expect(await report(rita!)).toMatchObject({ ok: true });
    await takeIn();
    expect(await report(mo!)).toMatchObject({ ok: true });
    const { cases } = await ada!.must('report:list', { roomId });
    expect(cases).toMatchObject([{ reports: 2 }]);
  });

  it('is refused of what is not there, of oneself, and by who is no member', async () => {
    const stranger = await node.guest('Sam');
    const { room } = await ada!.must('room:create', { kind: 'private', name: 'den', cmid: cmid() });
    const deleted = (await say(olaf!, roomId, 'oops')).id;
    await olaf!.must('message:delete', { roomId, cmid: cmid(), messageId: deleted });
    const codes = async () => [
      await code(rita!, 'report:create', { cmid: cmid(), roomId, subject: { messageId: newCaseId(1) }, category: 'spam' }),
      await code(rita!, 'report:create', { cmid: cmid(), roomId, subject: { messageId: deleted }, category: 'spam' }),
      await code(rita!, 'report:create', { cmid: cmid(), roomId, subject: { userId: 'u01hzzzzzzzzzzzzzzzzzzzzzzz' }, category: 'spam' }),
      await code(olaf!, 'report:create', { cmid: cmid(), roomId, subject: { messageId }, category: 'spam' }),
      await code(olaf!, 'report:create', { cmid: cmid(), roomId, subject: { userId: idOf(olaf!) }, category: 'spam' }),
      await code(stranger, 'report:create', { cmid: cmid(), roomId, subject: { messageId }, category: 'spam' }),
      await code(stranger, 'report:create', { cmid: cmid(), roomId: room.id, subject: { userId: idOf(ada!) }, category: 'spam' }),
    ];
    const expected = ['message_not_found', 'message_not_found', 'user_not_found', 'bad_request', 'bad_request', 'not_member', 'room_not_found'];
    expect(await codes()).toEqual(expected);
    await takeIn();
    expect(await codes(), 'the same once it is stored').toEqual(expected);
  });

  it('is limited by a bucket of its own', async () => {
    const tight = await rig.node({ limiter: limiterOf({ user_reports: { perSecond: 0.001, burst: 2 } }) });
    const again = await connect(tight.url, rita!.session);
    const codes = [];
    for (let n = 0; n < 3; n += 1) codes.push(await code(again, 'report:create', { cmid: cmid(), roomId, subject: { messageId }, category: 'spam' }));
    expect(codes).toEqual(['ok', 'ok', 'rate_limited']);
    await say(again, roomId, 'still talking');
    again.socket.close();
  });
});

describe('a case', () => {
  it('cannot be told from none by who may not see it: members, strangers, moderators of other rooms, and the one it is about', async () => {
    const stranger = await node.guest('Sam');
    await roomOf(stranger);
    await report(rita!, { userId: idOf(mo!) });
    await takeIn();
    const caseId = await caseOf(ada!);
    const nowhere = newCaseId(Date.now());
    const asked = (client: Client, id: CaseId) => Promise.all([
      client.ask('report:get', { caseId: id }), client.ask('report:claim', { caseId: id }), client.ask('report:release', { caseId: id }), client.ask('report:decide', { caseId: id, decision: 'dismissed' }),
    ]);
    for (const each of [rita!, olaf!, stranger, mo!]) {
      const answers = await asked(each, caseId);
      expect(answers).toEqual(await asked(each, nowhere));
      expect(answers.every((answer) => !answer.ok && answer.error.code === 'case_not_found')).toBe(true);
    }
    expect((await mo!.must('report:list', {})).cases).toEqual([]);
    expect((await mo!.must('report:list', { roomId })).cases).toEqual([]);
    expect((await rita!.must('report:list', {})).cases).toEqual([]);
    expect(await code(rita!, 'report:list', { roomId })).toBe('forbidden');
    expect(await code(stranger, 'report:list', { roomId })).toBe('not_member');
  });

  it('is worked on by one at a time: claimed, given back, decided', async () => {
    await report(rita!);
    await takeIn();
    const caseId = await caseOf(mo!);
    expect(await code(mo!, 'report:decide', { caseId, decision: 'upheld' })).toBe('conflict');
    const answers = await Promise.all([ada!, mo!].flatMap((client) => [client, client, client]).map((client) => client.ask('report:claim', { caseId })));
    const winners = answers.flatMap((answer) => (answer.ok ? [answer.case.claimedBy] : []));
    expect(new Set(winners).size).toBe(1);
    const [winner, loser] = winners[0] === idOf(mo!) ? [mo!, ada!] : [ada!, mo!];
    expect(await code(loser, 'report:claim', { caseId })).toBe('claimed');
    expect(await code(loser, 'report:release', { caseId })).toBe('claimed');
    expect(await code(loser, 'report:decide', { caseId, decision: 'dismissed' })).toBe('claimed');
    expect(await winner.must('report:release', { caseId })).toMatchObject({ case: { status: 'open' } });
    await loser.must('report:claim', { caseId });
    expect(await loser.must('report:decide', { caseId, decision: 'upheld', remark: 'clear enough' })).toMatchObject({ case: { status: 'closed', decision: 'upheld', decidedBy: idOf(loser) } });
    expect(await code(winner, 'report:claim', { caseId })).toBe('conflict');
    expect((await mo!.must('report:list', { status: 'closed' })).cases).toMatchObject([{ id: caseId }]);
    const { entries } = await mo!.must('audit:list', { roomId, act: 'case.closed' });
    expect(entries).toMatchObject([{ by: idOf(loser), userId: idOf(olaf!), messageId, reason: 'clear enough', detail: 'decision=upheld' }]);
  });

  it('is no longer seen by who moderates the room no longer, at once', async () => {
    await report(rita!);
    await takeIn();
    const caseId = await caseOf(mo!);
    await ada!.must('member:role', { roomId, cmid: cmid(), userId: idOf(mo!), role: 'member' });
    expect([await code(mo!, 'report:get', { caseId }), await code(mo!, 'report:list', { roomId }), await code(mo!, 'audit:list', { roomId }), await code(mo!, 'user:record', { roomId, userId: idOf(olaf!) })])
      .toEqual(['case_not_found', 'forbidden', 'forbidden', 'forbidden']);
  });

  it('of a direct room is for admins, who see what was reported and little round it', async () => {
    const { room } = await rita!.must('room:create', { kind: 'direct', userId: idOf(olaf!), cmid: cmid() });
    await olaf!.must('room:join', { roomId: room.id });
    const ids = [];
    for (const body of ['1', '2', '3', 'threat', '5', '6', '7']) ids.push((await say(olaf!, room.id, body)).id);
    const threat = { roomId: room.id, category: 'violence', subject: { messageId: ids[3]! } } as const;
    await rita!.must('report:create', { ...threat, cmid: cmid() });
    expect(await code(rita!, 'report:create', { ...threat, cmid: cmid(), subject: { userId: idOf(ada!) } })).toBe('user_not_found');
    await rig.store.ingest(node.log, room.id);
    expect((await mo!.must('report:list', {})).cases).toEqual([]);
    expect([await code(rita!, 'report:list', { roomId: room.id }), await code(mo!, 'report:list', { roomId: room.id })]).toEqual(['forbidden', 'room_not_found']);
    const admin = await node.guest('Root');
    await makeAdmin(admin);
    const { cases } = await admin.must('report:list', {});
    expect(cases).toMatchObject([{ roomId: room.id, userId: idOf(olaf!) }]);
    const { context } = await admin.must('report:get', { caseId: cases[0]!.id });
    expect(context.map(({ body }) => body)).toEqual(['2', '3', 'threat', '5', '6']);
    expect(await code(admin, 'room:history', { roomId: room.id })).toBe('room_not_found');
  });
});

describe('records and the audit log', () => {
  it('of a room are for its moderators, of the whole server for admins', async () => {
    const admin = await node.guest('Root');
    await report(rita!);
    const [other] = [await roomOf(rita!, olaf!)];
    await rita!.must('member:remove', { roomId: other.roomId, cmid: cmid(), userId: idOf(olaf!), reason: 'elsewhere' });
    await ada!.must('member:remove', { roomId, cmid: cmid(), userId: idOf(olaf!), reason: 'here' });
    await takeIn();
    await rig.store.ingest(node.log, other.roomId as RoomId);
    const userId = idOf(olaf!);
    const here = await mo!.must('user:record', { userId, roomId });
    expect([here.record.reports.open, here.record.acts.map(({ reason }) => reason)]).toEqual([1, ['here']]);
    expect((await mo!.must('audit:list', { roomId, userId })).entries.map(({ act, reason }) => [act, reason])).toEqual([['member.left', 'here']]);
    for (const client of [mo!, rita!]) expect([await code(client, 'user:record', { userId }), await code(client, 'audit:list', {})]).toEqual(['forbidden', 'forbidden']);
    expect([await code(rita!, 'user:record', { userId, roomId }), await code(rita!, 'audit:list', { roomId })]).toEqual(['forbidden', 'forbidden']);
    expect(await code(mo!, 'user:record', { userId: idOf(mo!), roomId }), 'it would tell of reports').toBe('forbidden');
    expect(await code(mo!, 'user:record', { userId: 'u01hzzzzzzzzzzzzzzzzzzzzzzz', roomId })).toBe('user_not_found');
    await makeAdmin(admin);
    expect((await admin.must('user:record', { userId })).record.acts.map(({ reason }) => reason).toSorted()).toEqual(['elsewhere', 'here']);
    expect((await admin.must('audit:list', {})).entries.map(({ act }) => act)).toContain('user.made_admin');
    expect((await admin.must('audit:list', { text: 'elsewhere' })).entries).toMatchObject([{ roomId: other.roomId, userId }]);
  });

  it('are unavailable while the store is away, and a report is', async () => {
    rig.moderation.away = true;
    for (const answer of [await code(mo!, 'audit:list', { roomId }), await code(mo!, 'report:list', {}), await code(mo!, 'report:get', { caseId: newCaseId(1) }), (await report(rita!) as { error: { code: string } }).error.code]) {
      expect(answer).toBe('unavailable');
    }
    rig.moderation.away = false;
    expect(node.errors).toEqual([]);
  });
});
