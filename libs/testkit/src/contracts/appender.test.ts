import { MemoryLogStore } from '../memory-room-log.ts';
import { appenderContract } from './appender.ts';

appenderContract('in memory', {
  async start() {
    const store = new MemoryLogStore();
    return {
      open: async () => store.open(),
      kill: async () => store.kill(),
      restart: async () => store.restart(),
      stop: async () => {},
    };
  },
});
