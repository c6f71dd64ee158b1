import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roomIdSchema, type Cmid, type UserId } from '@parley/protocol';
import { ALL_SHARDS, directRoomIdOf, roomIdOf, shardOf, SHARDS } from './room-id.ts';

const user = fc.stringMatching(/^u[0-9a-z]{26}$/).map((id) => id as UserId);
const cmid = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/).map((id) => id as Cmid);

describe('a room id', () => {
  it('follows from its creator and cmid, and is well formed with a shard that is there', () => {
    fc.assert(fc.property(user, cmid, (by, id) => {
      const roomId = roomIdOf(by, id);
      expect(roomIdOf(by, id)).toBe(roomId);
      expect(roomIdSchema.safeParse(roomId).success).toBe(true);
      expect(roomId[0]).toBe('r');
      expect(ALL_SHARDS).toContain(shardOf(roomId));
    }), { seed: 1 });
  });
  it('of a direct room is the same whoever of the two asks, and another than any of other users', () => {
    fc.assert(fc.property(user, user, user, (a, b, c) => {
      expect(directRoomIdOf(a, b)).toBe(directRoomIdOf(b, a));
      expect(roomIdSchema.safeParse(directRoomIdOf(a, b)).success).toBe(true);
      if (c !== b && c !== a) expect(directRoomIdOf(a, c)).not.toBe(directRoomIdOf(a, b));
    }), { seed: 1 });
  });
  it('is another for another creator or cmid, however the two are cut', () => {
    expect(roomIdOf('ua' as UserId, 'bc' as Cmid)).not.toBe(roomIdOf('uab' as UserId, 'c' as Cmid));
  });
  it('is what it was: rooms that exist are found by it', () => {
    expect(roomIdOf('u01hzzzzzzzzzzzzzzzzzzzzzzz' as UserId, 'first' as Cmid)).toMatchInlineSnapshot(`"r093egc2annhjaht96svrpordfc"`);
    expect(directRoomIdOf('u01hzzzzzzzzzzzzzzzzzzzzzza' as UserId, 'u01hzzzzzzzzzzzzzzzzzzzzzzb' as UserId)).toMatchInlineSnapshot(`"d08k0l4hao7lpr9g7gl2jtoi6lf"`);
  });
  it('spreads rooms over all shards', () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 3_200; n += 1) {
      const shard = shardOf(roomIdOf('ua' as UserId, `c${n}` as Cmid));
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    expect(counts.size).toBe(SHARDS);
    for (const count of counts.values()) expect(count).toBeGreaterThan(120);
  });
});
