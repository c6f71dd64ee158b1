import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newCmid, newUserId, roomIdOf } from '@parley/domain';
import type { Activity } from '@parley/protocol';
import { Devices } from './devices.ts';
import { Grace } from './grace.ts';

const USERS = Array.from({ length: 2 }, newUserId);
const ROOMS = Array.from({ length: 2 }, () => roomIdOf(newUserId(), newCmid()));
const DEVICES = ['a', 'b', 'c', 'd'];
const ownerOf = (device: string) => USERS[DEVICES.indexOf(device) % USERS.length]!;

const device = fc.constantFrom(...DEVICES);
const room = fc.nat(ROOMS.length - 1);
const step = fc.oneof(
  fc.record({ do: fc.constant('join' as const), device, room }),
  fc.record({ do: fc.constant('leave' as const), device, room }),
  fc.record({ do: fc.constant('set' as const), device, activity: fc.constantFrom<Activity>('online', 'away') }),
  fc.record({ do: fc.constant('disconnect' as const), device }),
);

describe('devices', () => {
  it('come to one status a user and room: online while any is, else away', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const told = new Map<string, Activity>();
      const devices = new Devices((roomId, userId, status) => {
        const key = `${roomId} ${userId}`;
        expect(told.get(key) ?? null).not.toBe(status);
        if (status) told.set(key, status);
        else told.delete(key);
      });
      const model = new Map<string, { activity: Activity; rooms: Set<number> }>();
      for (const each of steps) {
        if (each.do === 'join') {
          if (!model.has(each.device)) devices.connect(each.device, ownerOf(each.device));
          devices.join(each.device, ROOMS[each.room]!);
          const known = model.get(each.device) ?? { activity: 'online', rooms: new Set() };
          known.rooms.add(each.room);
          model.set(each.device, known);
        } else if (each.do === 'leave') {
          devices.leave(each.device, ROOMS[each.room]!);
          model.get(each.device)?.rooms.delete(each.room);
        } else if (each.do === 'set') {
          devices.setActivity(each.device, each.activity);
          const known = model.get(each.device);
          if (known) known.activity = each.activity;
        } else {
          devices.disconnect(each.device);
          model.delete(each.device);
        }
      }
      const expected = new Map<string, Activity>();
      for (const [name, { activity, rooms }] of model) {
        for (const n of rooms) {
          const key = `${ROOMS[n]} ${ownerOf(name)}`;
          if (expected.get(key) !== 'online') expected.set(key, activity);
        }
      }
      expect(told).toEqual(expected);
      expect(devices.userCount).toBe(new Set([...expected.keys()].map((key) => key.split(' ')[1])).size);
    }));
  });
});

describe('the grace of a leave', () => {
  it('is over in the order they went, and forgotten of who came back', () => {
    const grace = new Grace();
    const [ada, bob] = USERS as [typeof USERS[0], typeof USERS[0]];
    const [lobby] = ROOMS as [typeof ROOMS[0]];
    grace.add({ roomId: lobby, userId: ada, lastSeenAt: 1 }, 0);
    grace.add({ roomId: lobby, userId: bob, lastSeenAt: 2 }, 10);
    expect(grace.due(99, 100)).toEqual([]);
    expect(grace.due(100, 100)).toEqual([{ roomId: lobby, userId: ada, lastSeenAt: 1 }]);
    grace.cancel(lobby, bob);
    grace.add({ roomId: lobby, userId: ada, lastSeenAt: 3 }, 150);
    expect(grace.due(249, 100)).toEqual([]);
    expect(grace.due(250, 100)).toEqual([{ roomId: lobby, userId: ada, lastSeenAt: 3 }]);
    expect(grace.due(1_000, 100)).toEqual([]);
  });
});
