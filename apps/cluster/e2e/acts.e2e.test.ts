/** Acts in rooms on whole processes: exact where two gateways take in messages at once, silent with Redis down, kept over a restart of everything. */
import { randomUUID } from 'node:crypto';
import { afterTests, waitFor } from '@parley/testkit';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { beforeAll, expect, it, onTestFinished } from 'vitest';

const cleanup = afterTests();

/** What is promised, and as much again for a busy machine. */
const SILENT_MS = 2 * 5_000;
const SETTLED_MS = 60_000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ cleanup });
});

const at = (index: number): string => fleet.gateways[index]!.url;
const open = async (index: number, name: string): Promise<Client> => connect(at(index), await openSession(at(index), name));
const closing = (...clients: Client[]): void => onTestFinished(() => clients.forEach(({ socket }) => void socket.close()));
const bodies = (client: Client): string[] => client.events().flatMap((event) => (event.type === 'message.created' ? [event.data.body] : []));
const idOf = ({ session }: Client) => session.user.id;

const roomOf = async (owner: Client, ...others: Client[]): Promise<string> => {
  const { room } = await owner.must('room:create', { kind: 'public', name: 'lobby', cmid: randomUUID() });
  for (const each of others) await each.must('room:join', { roomId: room.id });
  return room.id;
};
/** Says things until it is told to stop, or is refused; answers by what. */
const talk = (client: Client, roomId: string, signal: AbortSignal): Promise<string> => {
  const go = async (): Promise<string> => {
    for (let n = 0; !signal.aborted; n += 1) {
      const answer = await client.ask('message:send', { roomId, cmid: randomUUID(), body: `${n}` });
      if (!answer.ok && !answer.error.retryable) return answer.error.code;
    }
    return 'stopped';
  };
  return go();
};
const say = (client: Client, roomId: string, body: string) => client.must('message:send', { roomId, cmid: randomUUID(), body });

it('with Redis down no message follows the ban or the removal that forbids it, and every socket of both users is silent within five seconds', async () => {
  const [ada, bob, eve] = [await open(0, 'Ada'), await open(1, 'Bob'), await open(1, 'Eve')];
  const here = await connect(at(0), bob.session);
  closing(ada, bob, eve, here);
  const roomId = await roomOf(ada, bob, eve, here);
  await fleet.redis.stop();
  onTestFinished(async () => {
    await fleet.redis.restart();
    await fleet.ready();
  });
  const stop = new AbortController();
  const all = [ada, bob, eve, here];
  const [, ...refused] = all.map((client) => talk(client, roomId, stop.signal));
  await waitFor('all to hear each other', () => all.every((client) => [bob, eve].every(({ session }) => client.events().some(({ by, type }) => type === 'message.created' && by === session.user.id))), { deadlineMs: SETTLED_MS });

  const began = performance.now();
  const [{ until }] = await Promise.all([
    ada.must('member:ban', { roomId, cmid: randomUUID(), userId: idOf(bob), forMs: null, reason: 'spam' }),
    ada.must('member:remove', { roomId, cmid: randomUUID(), userId: idOf(eve), reason: 'enough' }),
  ]);
  await waitFor('them to be told', () => [bob, eve, here].every((client) => client.heard('room:removed').length === 1), { deadlineMs: SETTLED_MS });
  expect(performance.now() - began).toBeLessThan(SILENT_MS);
  expect(await Promise.all(refused)).toEqual(['banned', 'not_member', 'banned']);
  const silentAt = [bob, eve, here].map((client) => client.events().length);
  const heard = bodies(ada).length;
  await waitFor('the talk to go on without them', () => bodies(ada).length > heard + 10, { deadlineMs: SETTLED_MS });
  stop.abort();
  expect([bob, eve, here].map((client) => client.events().length)).toEqual(silentAt);
  expect([bob, eve].map((client) => client.heard('room:removed')[0])).toEqual([{ roomId, reason: 'spam', ban: { until } }, { roomId, reason: 'enough' }]);

  const events = [];
  for (let after = 0, more = true; more;) {
    const page = await ada.must('room:sync', { roomId, epoch: 1, after });
    events.push(...page.events);
    ({ more } = page);
    after = page.events.at(-1)?.seq ?? after;
  }
  for (const userId of [bob, eve].map(idOf)) {
    const left = events.findIndex((event) => event.type === 'member.left' && event.data.userId === userId);
    expect(left).toBeGreaterThan(0);
    expect(events.slice(left).filter(({ by }) => by === userId)).toEqual([]);
  }
});

it('sanctions hold over a restart of everything, and those for a time are over by themselves', async () => {
  const [ada, bob, eve, kim] = [await open(0, 'Ada'), await open(1, 'Bob'), await open(1, 'Eve'), await open(0, 'Kim')];
  const roomId = await roomOf(ada, bob, eve, kim);
  const { id: hiddenId } = await say(bob, roomId, 'hateful');
  await ada.must('message:hide', { roomId, cmid: randomUUID(), messageId: hiddenId, reason: 'hate' });
  await ada.must('member:mute', { roomId, cmid: randomUUID(), userId: idOf(bob), forMs: null, reason: 'noise' });
  await ada.must('member:ban', { roomId, cmid: randomUUID(), userId: idOf(eve), forMs: null, reason: 'spam' });
  const { until } = await ada.must('member:mute', { roomId, cmid: randomUUID(), userId: idOf(kim), forMs: 5_000, reason: 'a moment' });
  expect(await kim.ask('message:send', { roomId, cmid: randomUUID(), body: 'x' })).toMatchObject({ error: { code: 'muted', sanction: { until } } });
  for (const { socket } of [ada, bob, eve, kim]) socket.close();

  await Promise.all([...fleet.gateways, ...fleet.workers].map((each) => each.kill()));
  await Promise.all([fleet.postgres, fleet.redis, ...fleet.nats].map((each) => each.kill()));
  await Promise.all([fleet.postgres, fleet.redis, ...fleet.nats].map((each) => each.restart()));
  await Promise.all([...fleet.gateways, ...fleet.workers].map((each) => each.start()));
  await fleet.ready();

  const [ada2, bob2, eve2, kim2] = await Promise.all([connect(at(1), ada.session), connect(at(0), bob.session), connect(at(0), eve.session), connect(at(1), kim.session)]);
  closing(ada2, bob2, eve2, kim2);
  for (const each of [ada2, bob2, kim2]) await each.must('room:join', { roomId });
  expect(await eve2.ask('room:join', { roomId })).toMatchObject({ error: { code: 'banned', sanction: { kind: 'ban', reason: 'spam', until: null } } });
  expect(await bob2.ask('message:send', { roomId, cmid: randomUUID(), body: 'x' })).toMatchObject({ error: { code: 'muted', sanction: { reason: 'noise', until: null } } });
  await waitFor('the mute for a time to be over', async () => (await kim2.ask('message:send', { roomId, cmid: randomUUID(), body: 'free' })).ok, { deadlineMs: SETTLED_MS });
  expect(Date.now()).toBeGreaterThanOrEqual(until!);
  await waitFor('the lists to have it', async () => (await bob2.must('sanction:list', {})).sanctions.length === 1 && (await ada2.must('room:sanctions', { roomId })).sanctions.length === 2, { deadlineMs: SETTLED_MS });
  const page = await bob2.must('room:history', { roomId });
  expect(JSON.stringify(page)).not.toContain('hateful');
  expect(JSON.stringify(await bob2.must('room:sync', { roomId, epoch: 1, after: 0 }))).not.toContain('hateful');
});
