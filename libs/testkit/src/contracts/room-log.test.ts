import type { RoomRef } from '@parley/domain';
import { MemoryLogStore, type MemoryLogOptions } from '../memory-room-log.ts';
import { roomLogContract, type RoomLogRig } from './room-log.ts';

const options: MemoryLogOptions = { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };

const memoryRig = (store: MemoryLogStore): RoomLogRig => ({
  open: async () => store.open(),
  kill: async () => store.kill(),
  restart: async () => store.restart(),
  corrupt: async (ref: RoomRef) => store.corrupt(ref),
  stop: async () => {},
});

roomLogContract('in memory', {
  start: async () => memoryRig(new MemoryLogStore(options)),
  startSmall: async (maxBytes) => memoryRig(new MemoryLogStore({ ...options, maxBytes })),
  tooLargeBytes: 2 * 1024 * 1024,
});
