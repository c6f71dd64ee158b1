import { deepStrictEqual, strictEqual } from 'node:assert';
import { newUserId, roomView } from '@parley/domain';
import type { MemberView, RoomId, RoomView, UserId } from '@parley/protocol';
import { actor, joined, openRoom, RoomScript } from '../../room-script.ts';
import type { StoreCase, StoreRig } from './rig.ts';

const allRooms = async ({ store }: StoreRig, userId: UserId, scope: 'mine' | 'public', limit: number): Promise<RoomView[]> => {
  const rooms: RoomView[] = [];
  for (let after: RoomId | undefined; ;) {
    const page = await store.listRooms({ userId, scope, after, limit });
    rooms.push(...page.rooms);
    if (page.next === null) return rooms;
    after = page.next;
  }
};

const byId = <T>(idOf: (item: T) => string) => (a: T, b: T): number => (idOf(a) < idOf(b) ? -1 : 1);

export const DIRECTORY: readonly StoreCase[] = [
  {
    name: 'a user’s rooms are listed in pages, with the role there',
    run: async (rig) => {
      const user = actor('Bo');
      const own = Array.from({ length: 3 }, (_, n) => openRoom({ owner: user, name: `own ${n}`, kind: n === 0 ? 'private' : 'public' }));
      const others = Array.from({ length: 2 }, () => openRoom());
      for (const script of others) script.say(joined(user));
      const left = openRoom();
      left.say(joined(user));
      left.say({ type: 'member.left', data: { userId: user.id }, by: user.id });
      const direct = new RoomScript({ owner: user });
      const peer = actor('Cy');
      direct.say({ type: 'room.created', data: { name: '', kind: 'direct', pair: [user.id, peer.id] } }, joined(user), joined(peer));
      for (const script of [...own, ...others, left, direct]) await rig.takeIn(script.entries);
      const expected = [...own.map((script) => roomView(script.state!, 'owner')), ...[...others, direct].map((script) => roomView(script.state!, 'member'))];
      for (const limit of [1, 4, 100]) deepStrictEqual(await allRooms(rig, user.id, 'mine', limit), expected.toSorted(byId((room) => room.id)));
    },
  },
  {
    name: 'public rooms are listed for everyone, private and direct ones are not',
    run: async (rig) => {
      const [open, hidden] = [openRoom({ name: 'open' }), openRoom({ name: 'hidden', kind: 'private' })];
      open.say({ type: 'room.updated', data: { name: 'renamed', topic: 'tea' } });
      for (const script of [open, hidden]) await rig.takeIn(script.entries);
      const rooms = await allRooms(rig, newUserId(), 'public', 2);
      deepStrictEqual(rooms.filter((room) => room.id === open.roomId), [{ ...roomView(open.state!, null), name: 'renamed', topic: 'tea' }]);
      strictEqual(rooms.some((room) => room.id === hidden.roomId), false);
    },
  },
  {
    name: 'members are listed in pages',
    run: async ({ store, takeIn }) => {
      const script = openRoom();
      const friends = Array.from({ length: 7 }, (_, n) => actor(`friend ${n}`));
      script.say(...friends.map(joined));
      script.say({ type: 'member.role_changed', data: { userId: friends[0]!.id, role: 'moderator' } });
      script.say({ type: 'member.left', data: { userId: friends[1]!.id }, by: friends[1]!.id });
      script.say({ type: 'member.left', data: { userId: friends[2]!.id }, by: friends[2]!.id }, joined({ ...friends[2]!, name: 'back' }));
      await takeIn(script.entries);
      const expected: MemberView[] = [
        { userId: script.owner.id, name: 'Ada', role: 'owner' },
        { userId: friends[0]!.id, name: 'friend 0', role: 'moderator' },
        { userId: friends[2]!.id, name: 'back', role: 'member' },
        ...friends.slice(3).map((friend): MemberView => ({ userId: friend.id, name: friend.name, role: 'member' })),
      ];
      const found: MemberView[] = [];
      for (let after: UserId | undefined; ;) {
        const page = await store.members({ roomId: script.roomId, after, limit: 3 });
        found.push(...page.members);
        if (page.next === null) break;
        after = page.next;
      }
      deepStrictEqual(found, expected.toSorted(byId((member) => member.userId)));
      deepStrictEqual(await store.members({ roomId: openRoom().roomId, limit: 3 }), { members: [], next: null });
    },
  },
  {
    name: 'creating a user twice keeps the first, and unknown users are left out',
    run: async ({ store }) => {
      const [ada, bo] = [actor('Ada'), actor('Bö 🙂')];
      await store.createUser(ada);
      await store.createUser({ ...ada, name: 'another' });
      await store.createUser(bo);
      const found = await store.findUsers([ada.id, newUserId(), bo.id]);
      deepStrictEqual(found.toSorted(byId((user) => user.id)), [ada, bo].toSorted(byId((user) => user.id)));
      deepStrictEqual(await store.findUsers([]), []);
    },
  },
  {
    name: 'when a user was last seen never goes back, and who never was is left out',
    run: async ({ store }) => {
      const [ada, bo, stranger] = [newUserId(), newUserId(), newUserId()];
      await store.noteSeen([{ userId: ada, at: 2_000_000_000_000 }, { userId: bo, at: 5 }, { userId: bo, at: 7 }, { userId: bo, at: 6 }]);
      await Promise.all([store.noteSeen([{ userId: ada, at: 1 }, { userId: bo, at: 9 }]), store.noteSeen([{ userId: bo, at: 8 }])]);
      await store.noteSeen([]);
      deepStrictEqual(await store.lastSeen([stranger, bo, ada]), new Map([[ada, 2_000_000_000_000], [bo, 9]]));
      deepStrictEqual(await store.lastSeen([]), new Map());
    },
  },
];
