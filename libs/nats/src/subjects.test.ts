import { describe, expect, test } from 'vitest';
import { ALL_SHARDS, directRoomIdOf, newCmid, newUserId, roomIdOf, shardOf } from '@parley/domain';
import { deadLetterSubject, headSubjectsOfRoom, logConsumerName, logProbeSubject, logSubject, logSubjectsOfShard, parseRoomSubject, regionOf } from './subjects.ts';

const region = regionOf('eu-1');

describe('the subjects of rooms', () => {
  test('are taken apart into what they were built of', () => {
    for (const roomId of [roomIdOf(newUserId(), newCmid()), directRoomIdOf(newUserId(), newUserId())]) {
      const ref = { roomId, epoch: 12 };
      expect(parseRoomSubject(logSubject(region, ref))).toEqual({ region, shard: shardOf(roomId), ref });
      expect(parseRoomSubject(logSubject(region, ref).replace(/^log/, 'head'))).toEqual({ region, shard: shardOf(roomId), ref });
    }
  });

  test('lie under the wildcard of their shard and of their room', () => {
    const roomId = roomIdOf(newUserId(), newCmid());
    expect(logSubject(region, { roomId, epoch: 1 }).startsWith(logSubjectsOfShard(region, shardOf(roomId)).slice(0, -1))).toBe(true);
    expect(headSubjectsOfRoom(region, roomId)).toBe(`head.eu-1.${shardOf(roomId)}.*.${roomId}`);
  });

  test('of anything else are not taken apart', () => {
    const roomId = roomIdOf(newUserId(), newCmid());
    const good = logSubject(region, { roomId, epoch: 1 });
    const other = ALL_SHARDS.find((shard) => shard !== shardOf(roomId))!;
    for (const bad of [
      '', 'log', logProbeSubject(region), `${good}.x`, `x.${good}`, good.replace('log.', 'nats.'), good.replace('.1.', '.0.'), good.replace('.1.', '.x.'),
      good.slice(0, -1), good.replace(`.${shardOf(roomId)}.`, `.${other}.`), good.replace('eu-1', 'EU'), good.replace(`.${shardOf(roomId)}.`, '.ff.'),
    ]) expect(parseRoomSubject(bad), bad).toBeNull();
  });
});

describe('names that come from outside', () => {
  test('are one token', () => {
    for (const bad of ['', 'a.b', 'A', '*', '>', 'a b', '-a', 'x'.repeat(33)]) {
      expect(() => regionOf(bad)).toThrow(RangeError);
      expect(() => logConsumerName(bad, ALL_SHARDS[0]!)).toThrow(RangeError);
      expect(() => deadLetterSubject(region, bad)).toThrow(RangeError);
    }
    expect(logConsumerName('persistence', ALL_SHARDS[10]!)).toBe('persistence-0a');
  });
});
