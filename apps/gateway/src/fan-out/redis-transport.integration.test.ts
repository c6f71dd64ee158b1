import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '@parley/runtime';
import { freePort, waitFor, withRedis } from '@parley/testkit';
import { connectRedisTransport } from './redis-transport.ts';
import type { FanOutTransport } from './fan-out.ts';
import { bodiesOf, cmid, createRig, metric, roomOf, say, waitForBodies, type Node, type Rig } from '../testing/rig.ts';

/** Hints are all there is for a while: the log is not read in their place. */
const PATIENT = { gapMs: 60_000, headEveryMs: 60_000 };

describe('gateways with Redis between them', () => {
  let rig: Rig;
  let redis: Awaited<ReturnType<typeof withRedis>>;
  const transports: FanOutTransport[] = [];
  const rejections: unknown[] = [];

  const transport = async (url = redis.url): Promise<FanOutTransport> => {
    const made = await connectRedisTransport({ url, region: 'main', logger: silentLogger(), connectWithinMs: 500 });
    transports.push(made);
    onTestFinished(() => made.close());
    return made;
  };
  const two = async (feed: Record<string, number> = {}): Promise<[Node, Node]> =>
    [await rig.node({ fanOut: await transport(), settings: { feed } }), await rig.node({ fanOut: await transport(), settings: { feed } })];

  beforeEach(async () => {
    rig = createRig();
    redis = await withRedis();
    transports.length = 0;
    rejections.length = 0;
    const onRejection = (error: unknown) => void rejections.push(error);
    process.on('unhandledRejection', onRejection);
    onTestFinished(() => {
      process.off('unhandledRejection', onRejection);
      if (rejections.length > 0) throw new Error('a rejection was left to nobody', { cause: rejections[0] });
    });
  });

  it('deliver everything in one order by hints alone', async () => {
    const nodes = await two(PATIENT);
    const clients = await Promise.all(Array.from({ length: 6 }, (_, n) => nodes[n % 2]!.guest(`user ${n}`)));
    const { roomId } = await roomOf(clients[0]!, ...clients.slice(1));
    const bodies = Array.from({ length: 120 }, (_, n) => `${n}`);
    await Promise.all(bodies.map((body, n) => say(clients[n % clients.length]!, roomId, body)));
    for (const each of clients) await waitForBodies(each, ...bodies);
    for (const each of clients) {
      expect(bodiesOf(each)).toEqual(bodiesOf(clients[0]!));
      expect(bodiesOf(each)).toHaveLength(bodies.length);
    }
    for (const node of nodes) expect(await metric(node, 'hints_lost_total')).toBe(0);
  });

  it('tell a user on another gateway that they were added', async () => {
    const [one, other] = await two();
    const [ada, bob] = [await one.guest('Ada'), await other.guest('Bob')];
    const { room } = await ada.must('room:create', { kind: 'private', name: 'den', cmid: cmid() });
    await ada.must('member:add', { roomId: room.id, cmid: cmid(), userId: bob.session.user.id });
    await waitFor('bob to be told', () => bob.heard('room:added').length === 1);
    expect(bob.heard('room:added')[0]?.room.id).toBe(room.id);
  });

  it('tell the moderators on another gateway that something was reported, and not the one it is about', async () => {
    const [one, other] = await two();
    const [rita, ada, mo] = [await one.guest('Rita'), await other.guest('Ada'), await other.guest('Mo')];
    const { roomId } = await roomOf(ada, mo, rita);
    await ada.must('member:role', { roomId, cmid: cmid(), userId: mo.session.user.id, role: 'moderator' });
    await rita.must('report:create', { cmid: cmid(), roomId, subject: { userId: mo.session.user.id }, category: 'spam' });
    await waitFor('ada to be told', () => ada.heard('report:changed').length === 1);
    await mo.must('room:list', { scope: 'mine' });
    expect([mo, rita].flatMap((each) => each.heard('report:changed'))).toEqual([]);
  });

  it('hear only of rooms they have sockets in', async () => {
    const [one, other] = await two(PATIENT);
    const [ada, eve] = [await one.guest('Ada'), await other.guest('Eve')];
    const { roomId } = await roomOf(ada);
    await say(ada, roomId, 'to nobody else');
    await waitForBodies(ada, 'to nobody else');
    expect(eve.events()).toEqual([]);
    expect(await metric(other, 'rooms')).toBe(0);
  });

  it('go on without Redis, and by hints again once it is back, empty', async () => {
    const [one, other] = await two();
    const [ada, bob] = [await one.guest('Ada'), await other.guest('Bob')];
    const { roomId } = await roomOf(ada, bob);
    await redis.kill();
    await waitFor('the loss to be noticed', () => transports.every(({ live }) => !live));
    for (const body of ['a', 'b', 'c']) await say(ada, roomId, body);
    await waitForBodies(bob, 'a', 'b', 'c');
    expect(await metric(other, 'hints_lost_total')).toBeGreaterThan(0);
    const late = await other.guest('Late');
    await late.must('room:join', { roomId });
    await redis.restart();
    await waitFor('Redis to be back', () => transports.every(({ live }) => live));
    await waitFor('hints to come again', async () => {
      const before = await metric(other, 'hints_lost_total');
      await say(ada, roomId, `probe ${cmid()}`);
      await waitFor('delivery', () => bodiesOf(bob).length === bodiesOf(ada).length);
      return (await metric(other, 'hints_lost_total')) === before;
    });
    await waitFor('all to have the same', () => bodiesOf(bob).length === bodiesOf(ada).length);
    expect(bodiesOf(bob)).toEqual(bodiesOf(ada));
    expect(bodiesOf(ada).slice(-bodiesOf(late).length)).toEqual(bodiesOf(late));
  });

  it('start without Redis, and use it once it comes', async () => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    const nodes = [await rig.node({ fanOut: await transport(url) }), await rig.node({ fanOut: await transport(url) })];
    const [ada, bob] = [await nodes[0]!.guest('Ada'), await nodes[1]!.guest('Bob')];
    const { roomId } = await roomOf(ada, bob);
    await say(ada, roomId, 'without');
    await waitForBodies(bob, 'without');
    await withRedis({ port });
    await waitFor('Redis to be there', () => transports.every(({ live }) => live));
    await say(ada, roomId, 'with');
    await waitForBodies(bob, 'with');
    expect(bodiesOf(bob)).toEqual(['without', 'with']);
  });

  it('deliver to their own without waiting for a Redis that is frozen', async () => {
    const [one] = await two();
    const [ada, bob] = [await one.guest('Ada'), await one.guest('Bob')];
    const { roomId } = await roomOf(ada, bob);
    process.kill(redis.pid, 'SIGSTOP');
    try {
      await say(ada, roomId, 'frozen');
      await waitForBodies(bob, 'frozen');
      expect(bodiesOf(bob)).toEqual(['frozen']);
    } finally {
      process.kill(redis.pid, 'SIGCONT');
    }
  });
});
