import { deepStrictEqual, strictEqual } from 'node:assert';
import { cmidKey, newCmid } from '@parley/domain';
import { actor, joined, openRoom, said } from '../../room-script.ts';
import type { StoreCase } from './rig.ts';

export const LOOKUPS: readonly StoreCase[] = [
  {
    name: 'a room nobody wrote to has no watermark',
    run: async ({ store }) => strictEqual(await store.seed(openRoom().roomId), null),
  },
  {
    name: 'a seed is the watermark with the state as the events give it',
    run: async ({ store, takeIn }) => {
      const script = openRoom({ name: 'the lobby' });
      const friend = actor('Bo');
      script.say(joined(friend), { type: 'room.updated', data: { topic: 'tea' } });
      script.say({ type: 'member.role_changed', data: { userId: friend.id, role: 'moderator' } });
      await takeIn(script.entries);
      const watermark = await store.seed(script.roomId);
      deepStrictEqual(watermark, { logId: watermark?.logId, epoch: 1, seq: 5, position: 3, lastId: script.lastId, state: script.state });
    },
  },
  {
    name: 'a cmid leads to the first event its command caused, and belongs to its sender',
    run: async ({ store, takeIn }) => {
      const script = openRoom();
      const [friend, cmid, unused] = [actor('Bo'), newCmid(), newCmid()];
      script.say(joined(friend));
      script.say(said('one', script.owner, cmid), said('two', script.owner, cmid));
      script.say(said('mine', friend, cmid));
      await takeIn(script.entries);
      const [, , , first, , third] = script.events;
      const found = await store.findCmids(script.roomId, [{ by: script.owner.id, cmid }, { by: friend.id, cmid }, { by: friend.id, cmid: unused }]);
      deepStrictEqual(found, new Map([
        [cmidKey(script.owner.id, cmid), { epoch: 1, seq: 4, id: first!.id }],
        [cmidKey(friend.id, cmid), { epoch: 1, seq: 6, id: third!.id }],
      ]));
      deepStrictEqual(await store.findCmids(openRoom().roomId, [{ by: friend.id, cmid }]), new Map());
      deepStrictEqual(await store.findCmids(script.roomId, []), new Map());
    },
  },
  {
    name: 'a cmid used again later still leads to its first event',
    run: async ({ store, takeIn }) => {
      const script = openRoom();
      const cmid = newCmid();
      script.say(said('one', script.owner, cmid));
      await takeIn(script.entries);
      await takeIn([script.say(said('again', script.owner, cmid))]);
      const found = await store.findCmids(script.roomId, [{ by: script.owner.id, cmid }]);
      strictEqual(found.get(cmidKey(script.owner.id, cmid))?.seq, 3);
    },
  },
  {
    name: 'the system’s commands are found as anybody’s',
    run: async ({ store, takeIn }) => {
      const script = openRoom();
      const cmid = newCmid();
      script.say({ type: 'room.updated', data: { topic: 'quiet' }, by: null, cmid }, { type: 'room.updated', data: { topic: 'loud' }, cmid });
      await takeIn(script.entries);
      const found = await store.findCmids(script.roomId, [{ by: null, cmid }, { by: script.owner.id, cmid }]);
      deepStrictEqual(new Map([...found].map(([key, { seq }]) => [key, seq])), new Map([[cmidKey(null, cmid), 3], [cmidKey(script.owner.id, cmid), 4]]));
      deepStrictEqual(await store.findCmids(script.roomId, [{ by: null, cmid: newCmid() }]), new Map());
    },
  },
];
