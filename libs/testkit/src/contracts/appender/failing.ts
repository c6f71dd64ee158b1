import { expect } from 'vitest';
import { accepted, codeOf } from './bench.ts';
import type { AppenderCase } from './retrying.ts';

const breathe = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

export const FAILING: readonly AppenderCase[] = [
  {
    name: 'an append whose answer was lost is answered from the log, once',
    async run(bench) {
      const one = await bench.writer();
      await bench.create(one);
      one.log.next('answer_lost');
      const command = bench.say('landed');
      await bench.expectOnce(command, await one.send(command));
    },
  },
  {
    name: 'an append that never arrived is made again',
    async run(bench) {
      const one = await bench.writer();
      await bench.create(one);
      one.log.next('asleep', 'refused', 'asleep');
      const command = bench.say('at last');
      await bench.expectOnce(command, await one.send(command));
      expect(one.log.appends).toBeGreaterThanOrEqual(4);
    },
  },
  {
    name: 'an append that lands after its writer gave it up and made it again is stored once',
    async run(bench) {
      const one = await bench.writer();
      await bench.create(one);
      one.log.next('asleep');
      const command = bench.say('twice sent');
      const answer = await one.send(command);
      expect(await one.log.wake()).toEqual(['conflict']);
      await bench.expectOnce(command, answer);
    },
  },
  {
    name: 'an append that lands between its loss and the next try is what the next try finds',
    async run(bench) {
      const one = await bench.writer();
      await bench.create(one);
      one.log.next('asleep', 'answer_lost');
      const command = bench.say('late');
      // The second try is stopped before it is sent, and the first one wakes up.
      const first = one.log.hold();
      const answer = one.send(command);
      await first.reached;
      const second = one.log.hold();
      first.release();
      await second.reached;
      expect(await one.log.wake()).toEqual(['stored']);
      second.release();
      await bench.expectOnce(command, await answer);
    },
  },
  {
    name: 'a command given up by one writer and sent to another is stored once, also when the first append lands late',
    async run(bench) {
      const [one, two] = [await bench.writer(), await bench.writer()];
      await bench.create(one);
      one.log.next('asleep');
      const held = one.log.hold();
      const command = bench.say('moved on');
      const first = one.send(command);
      await held.reached;
      const second = await two.send(command);
      held.release();
      const answer = await first;
      expect(await one.log.wake()).toEqual(['conflict']);
      await bench.expectOnce(command, second, answer);
    },
  },
  {
    name: 'with the store away, what it is not needed for goes on, and the rest is refused for now',
    async run(bench) {
      const one = await bench.writer();
      await bench.create(one);
      const { state } = accepted(await one.send(bench.say('here')));
      await bench.ingest();
      const two = await bench.writer();
      const known = accepted(await two.send(bench.say('known')));
      bench.store.away = true;
      expect(codeOf(await two.send(bench.say('old?')))).toBe('unavailable');
      expect(codeOf(await two.send(bench.say('new', { epoch: known.epoch, seq: known.seq })))).toBe('ok');
      expect(codeOf(await (await bench.writer()).send(bench.say('unknown room')))).toBe('unavailable');
      bench.store.away = false;
      expect(codeOf(await two.send(bench.say('back', { epoch: state.epoch, seq: state.seq })))).toBe('ok');
    },
  },
  {
    name: 'the log killed -9 in mid-append: all that was acked is there once, and what was not is resolved by its retry',
    needs: 'kill',
    timeoutMs: 120_000,
    async run(bench, killAndRestart) {
      const writers = await Promise.all([bench.writer(), bench.writer()]);
      await bench.create(writers[0]);
      const stopping = new AbortController();
      const acked: { id: string; seq: number; cmid: string }[] = [];
      const talking = writers.map(async ({ send }, w) => {
        for (let n = 0; !stopping.signal.aborted; n += 1) {
          const command = bench.say(`${w} ${n}`);
          for (;;) {
            const answer = await send(command);
            // A log in memory answers without ever letting anything else run.
            await breathe();
            if (answer.ok) {
              acked.push({ id: answer.id, seq: answer.seq, cmid: command.cmid });
              break;
            }
            if (!answer.error.retryable) throw new Error(answer.error.code);
          }
        }
      });
      for (let kills = 0; kills < 2; kills += 1) {
        const before = acked.length;
        while (acked.length < before + 50) await breathe();
        await killAndRestart!();
      }
      const before = acked.length;
      while (acked.length < before + 50) await breathe();
      stopping.abort();
      await Promise.all(talking);
      const said = (await bench.events()).filter(({ type }) => type === 'message.created');
      expect(new Set(said.map(({ cmid }) => cmid)).size).toBe(said.length);
      expect(said.map(({ id, seq, cmid }) => ({ id, seq, cmid }))).toEqual(acked.sort((a, b) => a.seq - b.seq));
    },
  },
];
