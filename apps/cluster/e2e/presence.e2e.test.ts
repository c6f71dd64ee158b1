/** Who is there, over gateways of a real cluster: told, kept, and right again after what holds it died. */
import { randomUUID } from 'node:crypto';
import type { PresenceView } from '@parley/protocol';
import { afterTests, waitFor } from '@parley/testkit';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { beforeAll, expect, it } from 'vitest';

const cleanup = afterTests();

/** The bound that docs/operations.md states, from the kill of a gateway to what the last watcher is told. */
const STALE_MS = 10_000;
const SLOW = { deadlineMs: 60_000 };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ gateways: 3, cleanup });
});

const open = async (gateway: number, name: string): Promise<Client> => {
  const { url } = fleet.gateways[gateway]!;
  const client = await connect(url, await openSession(url, name));
  cleanup(() => void client.socket.close());
  return client;
};
const idOf = ({ session }: Client): string => session.user.id;

const newRoom = async (owner: Client, ...others: Client[]): Promise<string> => {
  const { room: { id: roomId } } = await owner.must('room:create', { kind: 'public', name: 'lobby', cmid: randomUUID() });
  for (const each of others) await each.must('room:join', { roomId });
  return roomId;
};

const follow = async (client: Client, roomId: string) => {
  const answer = await client.must('presence:watch', { roomId });
  const before = client.heard('presence:changed').length;
  const told = () => client.heard('presence:changed').slice(before).filter((each) => each.roomId === roomId);
  const users = (): Map<string, PresenceView> => new Map([answer, ...told()].flatMap((each) => each.users.map((view) => [view.userId, view] as const)));
  return { told, statusOf: (who: Client) => users().get(idOf(who))?.status, counts: () => told().at(-1) ?? answer };
};

it('shows who comes, goes away and types at another gateway', async () => {
  const [ada, bob] = [await open(0, 'Ada'), await open(1, 'Bob')];
  const roomId = await newRoom(ada, bob);
  const view = await follow(ada, roomId);
  await waitFor('bob to be there', () => view.statusOf(bob) === 'online', SLOW);
  await bob.must('presence:set', { status: 'away' });
  await waitFor('bob to be away', () => view.statusOf(bob) === 'away', SLOW);
  await waitFor('typing to be heard', async () => {
    await bob.must('typing:set', { roomId, typing: false });
    await bob.must('typing:set', { roomId, typing: true });
    return ada.heard('typing:changed').some((each) => each.typing && each.userId === idOf(bob));
  }, SLOW);
  expect(bob.heard('typing:changed')).toEqual([]);
  bob.socket.close();
  await waitFor('bob to be gone', () => view.statusOf(bob) === 'offline', SLOW);
});

it('shows nobody go when Redis forgets everything or dies, and is right again after', async () => {
  const [ada, bob] = [await open(0, 'Ada'), await open(1, 'Bob')];
  const roomId = await newRoom(ada, bob);
  const view = await follow(ada, roomId);
  await waitFor('bob to be there', () => view.statusOf(bob) === 'online' && view.counts().complete, SLOW);
  const before = view.told().length;
  await fleet.redis.kill();
  await waitFor('it to be uncertain', () => !view.counts().complete, SLOW);
  await fleet.redis.restart();
  await waitFor('it to be certain', () => view.counts().complete, SLOW);
  expect(view.told().slice(before).flatMap(({ users }) => users)).toEqual([]);
  expect(view.counts()).toMatchObject({ online: 2, away: 0 });
  bob.socket.close();
  await waitFor('bob to be gone', () => view.statusOf(bob) === 'offline', SLOW);
});

it(`shows users of a gateway that was killed no longer than ${STALE_MS} ms after, and keeps when they were last seen`, async () => {
  const [ada, bob, cy] = [await open(0, 'Ada'), await open(1, 'Bob'), await open(2, 'Cy')];
  const roomId = await newRoom(ada, bob, cy);
  const view = await follow(ada, roomId);
  await waitFor('all to be there', () => view.statusOf(bob) === 'online' && view.statusOf(cy) === 'online' && view.counts().complete, SLOW);
  const took = await Promise.all([[1, bob], [2, cy]].map(async ([gateway, client]) => {
    const at = performance.now();
    await fleet.gateways[gateway as number]!.kill();
    await waitFor('the user to be gone', () => view.statusOf(client as Client) === 'offline', { ...SLOW, intervalMs: 5 });
    return performance.now() - at;
  }));
  console.log(`users of a killed gateway were gone after ${took.map((ms) => `${Math.round(ms)} ms`).join(', ')}`);
  expect(Math.max(...took)).toBeLessThan(STALE_MS);
  await waitFor('it to be known since when', async () => {
    const { users } = await ada.must('presence:watch', { roomId, userIds: [idOf(bob), idOf(cy)] });
    return [bob, cy].every((each) => users.some(({ userId, lastSeenAt }) => userId === idOf(each) && lastSeenAt !== undefined && Date.now() - lastSeenAt < 120_000));
  }, SLOW);
});
