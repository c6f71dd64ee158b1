import { describe, expect, it } from 'vitest';
import { newCmid, newUserId, realChance, roomIdOf, type Chance, type RoomCommand, type RoomLog } from '@parley/domain';
import { MemoryLogStore } from '@parley/testkit/memory-room-log';
import { MemoryStore } from '@parley/testkit/memory-store';
import { RoomAppenders } from './room-appenders.ts';

const by = { id: newUserId(), name: 'Ada' };

/** Of seven appends, one after the other, that take so long each: the pauses that are made. */
const pausesOf = async (appendMs: number): Promise<number[]> => {
  let now = 0;
  const pauses: number[] = [];
  const chance: Chance = { ...realChance, now: () => now, sleep: async (ms) => { pauses.push(ms); now += ms; } };
  const inner = new MemoryLogStore().open();
  const log: RoomLog = Object.assign(Object.create(inner) as RoomLog, {
    append: (...[ref, entry, expected]: Parameters<RoomLog['append']>) => {
      now += appendMs;
      return inner.append(ref, entry, expected);
    },
    read: (...args: Parameters<RoomLog['read']>) => inner.read(...args),
  } satisfies Partial<RoomLog>);
  Object.defineProperty(log, 'id', { get: () => inner.id });
  const appenders = new RoomAppenders({ log, store: new MemoryStore(), chance, metrics: { appended: () => undefined, incident: () => undefined } });
  const must = (command: RoomCommand) => new Promise<void>((resolve, reject) => appenders.submit(command, ({ ok }) => (ok ? resolve() : reject(new Error('refused')))));
  const cmid = newCmid();
  const roomId = roomIdOf(by.id, cmid);
  await must({ name: 'room:create', kind: 'public', title: 'far', roomId, by, cmid });
  for (let n = 0; n < 6; n += 1) await must({ name: 'message:send', body: 'hi', roomId, by, cmid: newCmid(), after: 'fresh' });
  return pauses;
};

describe('a room whose log is far away', () => {
  it('is left to other gateways after every few appends in a row: one that has to read first would lose the race for each of them', async () => {
    expect(await pausesOf(400)).toEqual([1_200, 1_200, 1_200]);
    expect(await pausesOf(5_000)).toEqual([2_000, 2_000, 2_000]);
  });

  it('is none whose log answers soon', async () => {
    expect(await pausesOf(20)).toEqual([]);
  });
});
