import { createHash } from 'node:crypto';
import type { Cmid, RoomId, UserId } from '@parley/protocol';

/**
 * Logs, consumers and workers are divided by shard. A room's shard stands in its id, so it is fixed when the room
 * is created and nothing has to be looked up to find its log. Two hex digits leave room for up to 256.
 */
export const SHARDS = 16;
export type Shard = string & { readonly __brand: 'Shard' };

export const ALL_SHARDS: readonly Shard[] = Array.from({ length: SHARDS }, (_, n) => n.toString(16).padStart(2, '0') as Shard);

const ALPHABET = '0123456789abcdefghijklmnopqrstuv';

const derive = (prefix: 'r' | 'd', ...parts: string[]): RoomId => {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  const shard = ALL_SHARDS[digest[0]! % SHARDS]!;
  let hash = '';
  for (let n = 1; n <= 24; n += 1) hash += ALPHABET[digest[n]! & 31];
  return `${prefix}${shard}${hash}` as RoomId;
};

/** Creating twice with the same cmid is creating once. */
export const roomIdOf = (creator: UserId, cmid: Cmid): RoomId => derive('r', creator, cmid);

/** The direct room of two users, whoever creates it. */
export const directRoomIdOf = (a: UserId, b: UserId): RoomId => (a < b ? derive('d', a, b) : derive('d', b, a));

export const shardOf = (roomId: RoomId): Shard => roomId.slice(1, 3) as Shard;

export const isDirect = (roomId: RoomId): boolean => roomId.startsWith('d');
