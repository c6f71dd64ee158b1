import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { newUserId } from '@parley/domain';
import type { UserId } from '@parley/protocol';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { newRoomId, watch, type PresenceCase, type PresenceRig } from './presence/rig.ts';
import { waitFor } from '../wait-for.ts';

export type { PresenceRig } from './presence/rig.ts';
export { newRoomId, watch as watchPresence, type Watched } from './presence/rig.ts';

const users = (count: number): UserId[] => Array.from({ length: count }, newUserId);

/** The promises of `Presence`, one case each. */
export const PRESENCE_CASES: readonly PresenceCase[] = [
  {
    name: 'a watch shows who was there before it, at every node',
    run: async ({ node }) => {
      const [one, other] = [await node(), await node()];
      const [roomId, [ada, bob]] = [newRoomId(), users(2) as [UserId, UserId]];
      one.set(roomId, ada, 'online');
      other.set(roomId, bob, 'away');
      for (const each of [one, other]) {
        const { room, shows } = await watch(each, roomId);
        await shows([ada, 'online'], [bob, 'away']);
        await waitFor('it to be complete', () => room.complete);
        strictEqual(room.statusOf(newUserId()), 'offline');
        room.close();
      }
    },
  },
  {
    name: 'who comes, changes and goes is told at every node, with since when',
    run: async ({ node }) => {
      const [one, other] = [await node(), await node()];
      const [roomId, ada] = [newRoomId(), newUserId()];
      const watched = [await watch(one, roomId), await watch(other, roomId)];
      one.set(roomId, ada, 'online');
      for (const { shows } of watched) await shows([ada, 'online']);
      one.set(roomId, ada, 'away');
      for (const { shows } of watched) await shows([ada, 'away']);
      one.unset(roomId, ada, 1_234);
      for (const { shows, changes } of watched) {
        await shows();
        deepStrictEqual(changes.filter((change) => change !== null).map(({ userId, status, lastSeenAt }) => [userId, status, lastSeenAt]),
          [[ada, 'online', undefined], [ada, 'away', undefined], [ada, 'offline', 1_234]]);
      }
    },
  },
  {
    name: 'a user with devices at several nodes is online while any is, away while any is, and gone when all are',
    run: async ({ node }) => {
      const nodes = [await node(), await node(), await node()];
      const [roomId, ada] = [newRoomId(), newUserId()];
      const { shows } = await watch(nodes[2]!, roomId);
      nodes[0]!.set(roomId, ada, 'away');
      await shows([ada, 'away']);
      nodes[1]!.set(roomId, ada, 'online');
      await shows([ada, 'online']);
      nodes[2]!.set(roomId, ada, 'away');
      nodes[1]!.set(roomId, ada, 'away');
      await shows([ada, 'away']);
      nodes[2]!.set(roomId, ada, 'online');
      await shows([ada, 'online']);
      nodes[0]!.unset(roomId, ada, 1);
      nodes[1]!.unset(roomId, ada, 2);
      nodes[2]!.set(roomId, ada, 'away');
      await shows([ada, 'away']);
      nodes[2]!.unset(roomId, ada, 3);
      await shows();
    },
  },
  {
    name: 'own users are there at once',
    run: async ({ node }) => {
      const one = await node();
      const [roomId, ada] = [newRoomId(), newUserId()];
      const room = one.watch(roomId, () => undefined);
      one.set(roomId, ada, 'online');
      strictEqual(room.statusOf(ada), 'online');
      strictEqual(room.online, 1);
      one.unset(roomId, ada, 1);
      strictEqual(room.statusOf(ada), room.complete ? 'offline' : room.statusOf(ada));
      strictEqual(room.online, 0);
      room.close();
    },
  },
  {
    name: 'rooms have nothing to do with each other',
    run: async ({ node }) => {
      const [one, other] = [await node(), await node()];
      const [here, there, ada] = [newRoomId(), newRoomId(), newUserId()];
      const [watchedHere, watchedThere] = [await watch(other, here), await watch(other, there)];
      one.set(here, ada, 'online');
      await watchedHere.shows([ada, 'online']);
      one.set(there, ada, 'away');
      await watchedThere.shows([ada, 'away']);
      one.unset(here, ada, 1);
      await watchedHere.shows();
      await watchedThere.shows([ada, 'away']);
      ok(watchedThere.changes.every((change) => change?.status !== 'online'));
    },
  },
  {
    name: 'what is said many times over in a moment comes to the last of it',
    run: async ({ node }) => {
      const [one, other] = [await node(), await node()];
      const [roomId, [ada, bob]] = [newRoomId(), users(2) as [UserId, UserId]];
      const { shows } = await watch(other, roomId);
      for (let n = 0; n < 100; n += 1) {
        one.set(roomId, ada, n % 2 === 0 ? 'online' : 'away');
        one.set(roomId, bob, 'online');
        one.unset(roomId, bob, n);
      }
      await shows([ada, 'away']);
    },
  },
  {
    name: 'thousands who come at once and go at once are there, and are gone',
    run: async ({ node }) => {
      const [one, other] = [await node(), await node()];
      const [roomId, many] = [newRoomId(), users(3_000)];
      const { shows } = await watch(other, roomId);
      for (const each of many) one.set(roomId, each, 'online');
      await shows(...many.map((each): [UserId, 'online'] => [each, 'online']));
      for (const each of many) one.unset(roomId, each, 1);
      await shows();
    },
  },
  {
    name: 'a watch that was closed tells nothing, and the room can be watched again',
    run: async ({ node }) => {
      const [one, other] = [await node(), await node()];
      const [roomId, [ada, bob]] = [newRoomId(), users(2) as [UserId, UserId]];
      const closed = await watch(other, roomId);
      closed.room.close();
      closed.room.close();
      one.set(roomId, ada, 'online');
      const again = await watch(other, roomId);
      await again.shows([ada, 'online']);
      one.set(roomId, bob, 'online');
      await again.shows([ada, 'online'], [bob, 'online']);
      deepStrictEqual(closed.changes.filter((change) => change !== null), []);
    },
  },
  {
    name: 'a room that emptied and filled again shows who is there now',
    run: async ({ node }) => {
      const [one, other] = [await node(), await node()];
      const [roomId, [ada, bob]] = [newRoomId(), users(2) as [UserId, UserId]];
      const { shows } = await watch(other, roomId);
      for (let round = 0; round < 3; round += 1) {
        one.set(roomId, ada, 'online');
        await shows([ada, 'online']);
        one.unset(roomId, ada, round);
        await shows();
      }
      one.set(roomId, bob, 'away');
      await shows([bob, 'away']);
    },
  },
  {
    name: 'users of a node that closed are gone after a while',
    run: async ({ node }) => {
      const [one, other] = [await node(), await node()];
      const [roomId, [ada, bob]] = [newRoomId(), users(2) as [UserId, UserId]];
      const { shows } = await watch(other, roomId);
      one.set(roomId, ada, 'online');
      other.set(roomId, bob, 'online');
      await shows([ada, 'online'], [bob, 'online']);
      await one.close();
      await shows([bob, 'online']);
    },
  },
];

/** Holds a `Presence` to what the port promises (`libs/domain/src/ports/presence.ts`). */
export const presenceContract = (name: string, start: () => Promise<PresenceRig>): void => {
  describe(`presence: ${name}`, () => {
    let rig: PresenceRig | undefined;
    beforeAll(async () => {
      rig = await start();
    }, 60_000);
    afterAll(() => rig?.stop(), 60_000);

    // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the cases assert, and are named where they stand
    for (const each of PRESENCE_CASES) test(each.name, { timeout: 60_000 }, () => each.run(rig!));
  });
};
