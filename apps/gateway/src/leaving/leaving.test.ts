import { waitFor } from '@parley/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { connect, openSession } from '@parley/testkit/wire-client';
import { cmid, createRig, roomOf, say, waitForBodies, type Node } from '../testing/rig.ts';
import { withAppend } from '../testing/with-append.ts';

const MOVING = { noticeMs: 0, perSecond: 1_000, deadlineMs: 20_000 };

/** A gateway among others, with two who do not move unless the test makes them. */
const leavingNode = async (moving = MOVING, transports?: string[]): Promise<{ node: Node; ada: Awaited<ReturnType<Node['guest']>>; bob: Awaited<ReturnType<Node['guest']>>; roomId: string }> => {
  const node = await createRig().node({ settings: { moving } });
  const [ada, bob] = [await node.guest('Ada', transports && { transports }), await node.guest('Bob')];
  const { roomId } = await roomOf(ada, bob);
  onTestFinished(() => node.gateway.close({ inHaste: true }));
  return { node, ada, bob, roomId };
};

const status = async (url: string): Promise<number> => (await fetch(url)).status;

test.each([['websocket'], ['polling']])('a leaving gateway serves who is here until they have moved: %s', async (transport) => {
  const { node, ada, bob, roomId } = await leavingNode(MOVING, [transport]);
  const drained = node.gateway.drain();
  await waitFor('Ada to be told', () => ada.heard('session:reconnect').length === 1);
  expect(await status(`${node.url}/readyz`)).toBe(503);
  expect(node.gateway.failing()).toMatchObject({ leaving: 'leaving' });
  await say(ada, roomId, 'still here');
  for (const each of [ada, bob]) await waitForBodies(each, 'still here');
  for (const each of [ada, bob]) each.socket.close();
  await drained;
  // Empty, and there for who asks after it.
  expect(await status(`${node.url}/healthz`)).toBe(200);
});

test.each([['websocket'], ['polling']])('a newcomer to a leaving gateway is refused at the door: %s', async (transport) => {
  const { node } = await leavingNode();
  const session = await openSession(node.url, 'Eve');
  void node.gateway.drain();
  await expect(connect(node.url, session, { transports: [transport] })).rejects.toMatchObject({ message: `${transport === 'polling' ? 'xhr poll' : 'websocket'} error` });
  const answer = await fetch(`${node.url}/socket.io/?EIO=4&transport=polling`);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
});

test('who comes before the proxy had time to notice is let in, and asked to move like all others', async () => {
  const { node } = await leavingNode({ ...MOVING, noticeMs: 1_000 });
  void node.gateway.drain();
  expect(await status(`${node.url}/readyz`)).toBe(503);
  const eve = await node.guest('Eve');
  await waitFor('her to be asked to move', () => eve.heard('session:reconnect').length === 1);
});

test('once all have moved, or their time is over, it finishes what was begun and closes', async () => {
  let held: PromiseWithResolvers<void> | null = null;
  const node = await createRig().node({
    settings: { moving: { ...MOVING, deadlineMs: 300 } },
    wrapLog: (log) => withAppend(log, async (append) => {
      await held?.promise;
      return append();
    }),
  });
  const ada = await node.guest('Ada');
  const { roomId } = await roomOf(ada);
  held = Promise.withResolvers<void>();
  const sending = ada.ask('message:send', { roomId, cmid: cmid(), body: 'in the last moment' });
  const closed = node.gateway.close();
  await waitFor('commands to be refused', async () => JSON.stringify(await ada.ask('room:list', { scope: 'mine' })).includes('shutting_down'));
  held.resolve();
  expect(await sending).toMatchObject({ ok: true });
  await closed;
  await expect(fetch(`${node.url}/healthz`)).rejects.toThrow('fetch failed');
});

test('a close in haste overtakes one that waits', async () => {
  const { node } = await leavingNode({ ...MOVING, noticeMs: 20_000 });
  const closed = node.gateway.close();
  void node.gateway.close({ inHaste: true });
  await closed;
  await expect(fetch(`${node.url}/healthz`)).rejects.toThrow('fetch failed');
});
