import { describe, expect, it } from 'vitest';
import { newCmid, newUserId, roomIdOf } from '@parley/domain';
import type { Activity, UserId } from '@parley/protocol';
import { OwnUsers } from './own-users.ts';
import { WatchedRoom } from './watched-room.ts';

const roomId = roomIdOf(newUserId(), newCmid());
const [ada, bob, cy] = [newUserId(), newUserId(), newUserId()] as [UserId, UserId, UserId];

/** A room that is read from what `redis` holds. */
const open = () => {
  const redis = { versions: new Map<string, number>(), records: new Map<UserId, Activity>() };
  const counts = { reads: 0, resyncs: 0 };
  const state = { settling: false };
  const room = new WatchedRoom({
    roomId, own: new Map(), counts: () => true, isOwn: (node) => node === 'own', settling: () => state.settling, trusted: () => true,
    reading: {
      versions: async () => {
        counts.reads += 1;
        return new Map(redis.versions);
      },
      records: async () => new Map(redis.records),
    },
    onChange: () => undefined, onResync: () => { counts.resyncs += 1; }, onClose: () => undefined,
  });
  const has = (version: number, ...records: [UserId, Activity][]): void => {
    redis.versions = new Map([['n', version]]);
    redis.records = new Map(records);
  };
  const there = (): [UserId, string][] => [...room.users()];
  return { room, redis, counts, state, has, there };
};

describe('a watched room', () => {
  it('follows messages that go on from each other, and drops what it knows', () => {
    const { room, there, counts } = open();
    room.take({ node: 'n', version: 1, before: 0, changes: [[ada, 'online']] });
    room.take({ node: 'n', version: 4, before: 1, changes: [[bob, 'away']] });
    room.take({ node: 'n', version: 1, before: 0, changes: [[cy, 'online']] });
    room.take({ node: 'own', version: 9, before: 0, changes: [[cy, 'online']] });
    expect(there()).toEqual([[ada, 'online'], [bob, 'away']]);
    room.take({ node: 'n', version: 5, before: 0, changes: [[cy, 'away']] });
    expect(there()).toEqual([[cy, 'away']]);
    expect(counts).toEqual({ reads: 0, resyncs: 0 });
  });

  it('is read again where a message is missing', async () => {
    const { room, has, there, counts } = open();
    room.take({ node: 'n', version: 1, before: 0, changes: [[ada, 'online']] });
    has(3, [bob, 'online'], [cy, 'away']);
    room.take({ node: 'n', version: 3, before: 2, changes: [[cy, 'away']] });
    await room.read();
    expect(there()).toEqual([[bob, 'online'], [cy, 'away']]);
    expect(counts.resyncs).toBe(1);
  });

  it('applies what came while it was read after that', async () => {
    const { room, has, there } = open();
    has(2, [ada, 'online']);
    const reading = room.read();
    room.take({ node: 'n', version: 2, before: 1, changes: [[ada, 'away']] });
    room.take({ node: 'n', version: 3, before: 2, changes: [[ada, null], [bob, 'online']] });
    await reading;
    expect(there()).toEqual([[bob, 'online']]);
    expect(room.complete).toBe(true);
  });

  it('is not complete by a reading that began before messages were lost', async () => {
    const { room, has } = open();
    has(2, [ada, 'online']);
    const reading = room.read();
    room.mistrust();
    await reading;
    expect(room.complete).toBe(false);
    await room.read();
    expect(room.complete).toBe(true);
    const another = room.read();
    room.mistrust();
    await Promise.all([another, room.read()]);
    expect(room.complete).toBe(true);
  });

  it('forgets who is no longer in Redis, unless all may only not have come back yet', async () => {
    const { room, redis, state, has, there } = open();
    has(2, [ada, 'online']);
    await room.read();
    redis.versions.clear();
    state.settling = true;
    await room.read();
    expect(there()).toEqual([[ada, 'online']]);
    state.settling = false;
    await room.read();
    expect(there()).toEqual([]);
  });
});

describe('own users', () => {
  it('are written once each, whatever happened to them between', () => {
    const own = new OwnUsers();
    own.set(roomId, ada, 'online');
    own.set(roomId, ada, 'away');
    own.set(roomId, bob, 'online');
    own.unset(roomId, bob, 1);
    expect(own.take(100)).toEqual([{ roomId, version: 1, before: 0, changes: [[ada, 'away']], empties: false }]);
    own.set(roomId, ada, 'away');
    expect(own.take(100)).toEqual([]);
    own.unset(roomId, ada, 7);
    expect(own.take(100)).toEqual([{ roomId, version: 2, before: 1, changes: [[ada, null, 7]], empties: true }]);
    expect(own.written).toEqual([]);
  });

  it('are written in parts, each going on from the one before', () => {
    const own = new OwnUsers();
    for (let n = 0; n < 1_200; n += 1) own.set(roomId, newUserId(), 'online');
    const writes = [...own.take(700), ...own.take(700)];
    expect(writes.map(({ changes }) => changes.length)).toEqual([500, 200, 500]);
    expect(writes.map(({ before, version }) => [before, version])).toEqual([[0, 1], [1, 2], [2, 3]]);
  });

  it('that may have been written or not are written again, as what is to be read and not followed', () => {
    const own = new OwnUsers();
    own.set(roomId, ada, 'online');
    const [write] = own.take(100);
    own.set(roomId, ada, 'away');
    own.putBack(write!);
    expect(own.take(100)).toEqual([{ roomId, version: 2, before: -1, changes: [[ada, 'away']], empties: false }]);
  });

  it('are all written under another name', () => {
    const own = new OwnUsers();
    own.set(roomId, ada, 'online');
    own.set(roomId, bob, 'online');
    own.take(100);
    own.unset(roomId, bob, 1);
    own.forgetWritten();
    expect(own.take(100)).toEqual([{ roomId, version: 2, before: 0, changes: [[ada, 'online']], empties: false }]);
  });
});
