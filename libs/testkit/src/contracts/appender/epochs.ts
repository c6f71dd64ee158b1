import { expect } from 'vitest';
import { realChance } from '@parley/domain';
import type { RoomEvent } from '@parley/protocol';
import { accepted, codeOf } from './bench.ts';
import type { AppenderCase } from './retrying.ts';

export const EPOCHS: readonly AppenderCase[] = [
  {
    name: 'a sealed epoch takes nothing more from anyone, and writers go on in the next one once it is open',
    async run(bench) {
      const [one, two] = [await bench.writer(), await bench.writer()];
      await bench.create(one);
      accepted(await two.send(bench.say('before')));
      const sealed = accepted(await one.send(bench.command(null, { name: 'epoch:seal', reason: 'test' }, 'fresh')));
      for (const { send } of [one, two]) expect(codeOf(await send(bench.say('sealed')))).toBe('unavailable');
      const opened: RoomEvent = {
        roomId: bench.roomId, epoch: 2, seq: sealed.seq + 1, id: realChance.eventId(), type: 'epoch.opened', by: null, at: Date.now(), cmid: null,
        data: { prevEpoch: 1, prevSeq: sealed.seq, prevId: sealed.id, reason: 'test' },
      };
      await one.log.append({ roomId: bench.roomId, epoch: 2 }, { events: [opened], prevId: sealed.id }, 0);
      for (const { send } of [one, two]) expect(accepted(await send(bench.say('open'))).epoch).toBe(2);
      expect((await bench.events()).filter(({ type }) => type.startsWith('epoch.')).map(({ type }) => type)).toEqual(['epoch.sealed', 'epoch.opened']);
    },
  },
  {
    name: 'a room whose store comes from another log goes on in its next epoch, which is opened once, with the first commands',
    async run(bench) {
      const [old, ...writers] = await Promise.all([bench.writer(), bench.writer(), bench.writer()]);
      await bench.create(old);
      const before = bench.say('in the old log');
      const first = await old.send(before);
      await bench.ingest();
      bench.store.moveFrom(bench.roomId, 'a log that is gone');
      expect((await writers[0].appenders.read(bench.roomId))?.state.epoch).toBe(1);
      expect((await writers[0].log.read({ roomId: bench.roomId, epoch: 2 }, 0)).entries).toEqual([]);
      const answers = await Promise.all(writers.map(({ send }, n) => send(bench.say(`new ${n}`))));
      for (const answer of answers) expect(accepted(answer).epoch).toBe(2);
      const { entries } = await writers[0].log.read({ roomId: bench.roomId, epoch: 2 }, 0);
      expect(entries[0]?.events.map(({ type }) => type).slice(0, 2)).toEqual(['epoch.opened', 'message.created']);
      expect(entries.flatMap(({ events }) => events).filter(({ type }) => type === 'epoch.opened')).toHaveLength(1);
      await bench.expectOnce(before, first, await writers[1].send(before));
    },
  },
];
