import { describe, expect, it } from 'vitest';
import { waitFor } from '@parley/testkit';
import { connect } from '@parley/testkit/wire-client';
import { bodiesOf, cmid, createRig, metric, roomOf, say, waitForBodies } from './testing/rig.ts';
import { withAppend } from './testing/with-append.ts';

/** A room of two, on a gateway whose next append can be held back, so that what comes meanwhile is one entry, in the order given. */
const held = async () => {
  const gate = { shut: null as Promise<void> | null };
  const node = await createRig().node({ wrapLog: (log) => withAppend(log, async (append) => { await gate.shut; return append(); }) });
  const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
  const { roomId } = await roomOf(ada, bob);
  const inOneEntry = async (asks: (() => Promise<unknown>)[]): Promise<unknown[]> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate.shut = promise;
    const answers: Promise<unknown>[] = [];
    for (const ask of [() => say(ada, roomId, 'first'), ...asks]) {
      answers.push(ask());
      await waitFor('the command to wait', async () => (await metric(node, 'commands_waiting')) === answers.length);
    }
    gate.shut = null;
    resolve();
    return (await Promise.all(answers)).slice(1);
  };
  return { ada, bob, roomId, inOneEntry };
};

describe('a membership', () => {
  it('lets no one listen who was removed, on any of their devices, and tells them', async () => {
    const node = await createRig().node();
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const room = await roomOf(ada, bob);
    const second = await connect(node.url, bob.session);
    await second.must('room:join', { roomId: room.roomId });
    await ada.must('member:remove', { roomId: room.roomId, cmid: cmid(), userId: bob.session.user.id });
    for (const each of [bob, second]) await waitFor('removal', () => each.heard('room:removed').length === 1);
    await say(ada, room.roomId, 'behind their backs');
    await waitForBodies(ada, 'behind their backs');
    expect(await bob.ask('room:sync', { roomId: room.roomId, epoch: 1, after: 0 })).toMatchObject({ error: { code: 'not_member' } });
    expect([...bodiesOf(bob), ...bodiesOf(second)]).toEqual([]);
    second.socket.close();
  });

  it('lets who leaves and joins again in one entry of the log go on listening', async () => {
    const { ada, bob, roomId, inOneEntry } = await held();
    const [gone, back] = await inOneEntry([() => bob.ask('room:leave', { roomId, cmid: cmid() }), () => bob.ask('room:join', { roomId })]);
    expect([gone, back]).toMatchObject([{ ok: true }, { ok: true, room: { role: 'member' } }]);
    await say(ada, roomId, 'welcome back');
    await waitForBodies(bob, 'welcome back');
    expect(bob.heard('room:removed')).toEqual([]);
  });

  it('does not let someone join who is removed by the same entry', async () => {
    const { ada, bob, roomId, inOneEntry } = await held();
    const userId = bob.session.user.id;
    const [join, removed] = await inOneEntry([() => bob.ask('room:join', { roomId }), () => ada.ask('member:remove', { roomId, userId, cmid: cmid() })]);
    expect([join, removed]).toMatchObject([{ ok: false, error: { code: 'not_member' } }, { ok: true }]);
  });

  it('resumes only where one still is a member', async () => {
    const node = await createRig().node();
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const [kept, lost] = [await roomOf(ada, bob), await roomOf(ada, bob)];
    await ada.must('member:remove', { roomId: lost.roomId, cmid: cmid(), userId: bob.session.user.id });
    const again = await connect(node.url, bob.session);
    const answer = await again.must('room:join', { roomIds: [kept.roomId, lost.roomId], resume: true });
    expect(answer).toMatchObject({ rooms: [{ ok: true, room: { id: kept.roomId, role: 'member' } }, { ok: false, roomId: lost.roomId, error: { code: 'not_member' } }] });
    for (const { roomId } of [lost, kept]) await say(ada, roomId, roomId);
    await waitForBodies(again, kept.roomId);
    expect(bodiesOf(again)).toEqual([kept.roomId]);
    again.socket.close();
  });

  it('tells a user who was added on all devices, and lets them listen once they join', async () => {
    const node = await createRig().node();
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const { room } = await ada.must('room:create', { kind: 'private', name: 'den', cmid: cmid() });
    await ada.must('member:add', { roomId: room.id, cmid: cmid(), userId: bob.session.user.id });
    await waitFor('bob to be told', () => bob.heard('room:added').length === 1);
    expect(bob.heard('room:added')[0]!.room).toMatchObject({ id: room.id, role: 'member', name: 'den' });
    await bob.must('room:join', { roomId: room.id });
    await say(ada, room.id, 'welcome');
    await waitForBodies(bob, 'welcome');
  });
});
