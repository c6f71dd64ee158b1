import { expect } from 'vitest';
import { accepted, type AppenderBench } from './bench.ts';

export type AppenderCase = { name: string; needs?: 'kill'; timeoutMs?: number; run(bench: AppenderBench, kill: (() => Promise<void>) | null): Promise<void> };

export const RETRYING: readonly AppenderCase[] = [
  {
    name: 'an exact retry is answered as the first try was, before, between and after what others append',
    async run(bench) {
      const [one, two] = [await bench.writer(), await bench.writer()];
      await bench.create(one);
      const command = bench.say('once');
      const first = await one.send(command);
      const second = await one.send(command);
      accepted(await two.send(bench.say('between')));
      const third = await one.send(command);
      accepted(await one.send(bench.say('after')));
      const fourth = await one.send(command);
      await bench.expectOnce(command, first, second, third, fourth);
      expect(accepted(second).events).toEqual([]);
    },
  },
  {
    name: 'copies sent at once are one command, on one connection and on several',
    async run(bench) {
      const writers = await Promise.all([bench.writer(), bench.writer(), bench.writer()]);
      await bench.create(writers[0]);
      const command = bench.say('at once');
      const answers = await Promise.all([...writers, ...writers].map(({ send }) => send(command)));
      await bench.expectOnce(command, ...answers);
    },
  },
  {
    name: 'a retry on another connection is answered from the log',
    async run(bench) {
      const [one, two] = [await bench.writer(), await bench.writer()];
      await bench.create(one);
      const command = bench.say('here and there');
      await bench.expectOnce(command, await one.send(command), await two.send(command));
    },
  },
  {
    name: 'a retry to a writer that slept through it, and through all that came after, is answered from the log',
    async run(bench) {
      const [awake, asleep] = [await bench.writer(), await bench.writer()];
      await bench.create(awake);
      const { state } = accepted(await asleep.send(bench.say('good night')));
      const command = bench.say('slept through', { epoch: state.epoch, seq: state.seq });
      const first = await awake.send(command);
      for (let n = 0; n < 5; n += 1) accepted(await awake.send(bench.say(`and ${n}`)));
      await bench.expectOnce(command, first, await asleep.send(command));
    },
  },
  {
    name: 'a retry after the log was purged is answered from the cmid table, by those who saw it and by those who come later',
    async run(bench) {
      const [one, stale] = [await bench.writer(), await bench.writer()];
      await bench.create(one);
      const { state } = accepted(await stale.send(bench.say('before')));
      const frozen = bench.say('purged', { epoch: state.epoch, seq: state.seq });
      const bare = bench.say('purged too');
      const firsts = [await one.send(frozen), await one.send(bare)];
      for (let n = 0; n < 3; n += 1) accepted(await one.send(bench.say(`and ${n}`)));
      await bench.ingestAndPurge();
      const late = await bench.writer();
      for (const [n, command] of [frozen, bare].entries()) {
        await bench.expectOnce(command, firsts[n]!, await one.send(command), await stale.send(command), await late.send(command));
      }
    },
  },
  {
    name: 'another body under a cmid that was used is answered as the first was',
    async run(bench) {
      const [one, two] = [await bench.writer(), await bench.writer()];
      await bench.create(one);
      const command = bench.say('said');
      const first = await one.send(command);
      const other = { ...command, name: 'message:send' as const, body: 'something else' };
      await bench.expectOnce(command, first, await one.send(other), await two.send(other));
      expect((await bench.eventsOf(command))[0]?.data).toMatchObject({ body: 'said' });
    },
  },
  {
    name: 'the same cmid of another sender is another command',
    async run(bench) {
      const one = await bench.writer();
      await bench.create(one);
      const command = bench.say('mine');
      const first = accepted(await one.send(command));
      const second = accepted(await one.send({ ...command, by: bench.ada }));
      expect(second.id).not.toBe(first.id);
    },
  },
];
