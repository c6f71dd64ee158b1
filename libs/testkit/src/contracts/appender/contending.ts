import { expect } from 'vitest';
import { accepted, codeOf, type Writer } from './bench.ts';
import type { AppenderCase } from './retrying.ts';

export const CONTENDING: readonly AppenderCase[] = [
  {
    name: 'eight writers at once: dense, and each acked command is in the log once, where its ack says',
    async run(bench) {
      const writers = await Promise.all(Array.from({ length: 8 }, () => bench.writer()));
      await bench.create(writers[0]!);
      const sent = writers.flatMap((writer, w) => Array.from({ length: 25 }, (_, n) => ({ writer, command: bench.say(`${w} ${n}`) })));
      const answers = await Promise.all(sent.map(async ({ writer, command }) => {
        for (;;) {
          const answer = await writer.send(command);
          if (answer.ok || !answer.error.retryable) return accepted(answer);
        }
      }));
      const events = await bench.events();
      const said = events.filter(({ type }) => type === 'message.created');
      expect(said.map(({ id }) => id).sort()).toEqual(answers.map(({ id }) => id).sort());
      for (const { id, seq } of answers) expect(events[seq - 1]?.id).toBe(id);
    },
  },
  {
    name: 'a conflict is decided anew: what had been allowed is refused by what came between',
    async run(bench) {
      const [one, two] = [await bench.writer(), await bench.writer()];
      await bench.create(one);
      accepted(await two.send(bench.say('still a member')));
      const held = two.log.hold();
      const command = bench.say('too late');
      const answer = two.send(command);
      await held.reached;
      accepted(await one.send(bench.command(bench.ada, { name: 'member:remove', userId: bench.ben.id })));
      held.release();
      expect(codeOf(await answer)).toBe('not_member');
      expect(await bench.eventsOf(command)).toEqual([]);
    },
  },
  {
    name: 'a rejection rests on what the log has, not on what the writer last saw of it',
    async run(bench) {
      const [one, two] = [await bench.writer(), await bench.writer()];
      await bench.create(one);
      accepted(await one.send(bench.command(bench.ben, { name: 'room:leave' })));
      expect(codeOf(await two.send(bench.say('out')))).toBe('not_member');
      accepted(await one.send(bench.command(bench.ben, { name: 'room:join' })));
      expect(codeOf(await two.send(bench.say('in again')))).toBe('ok');
    },
  },
  {
    name: 'a read has all that was acked before it, on whichever connection',
    async run(bench) {
      const [one, two] = [await bench.writer(), await bench.writer()];
      await bench.create(one);
      for (let n = 0; n < 10; n += 1) {
        const { seq } = accepted(await one.send(bench.say(`${n}`)));
        expect((await two.appenders.read(bench.roomId))?.state.seq).toBe(seq);
      }
      expect((await two.appenders.membership(bench.roomId, bench.ben.id))?.role).toBe('member');
    },
  },
  {
    name: 'what is beyond a watermark is told to the end, also after a purge',
    async run(bench) {
      const one = await bench.writer();
      await bench.create(one);
      accepted(await one.send(bench.say('stored')));
      await bench.ingestAndPurge();
      const watermark = await bench.store.seed(bench.roomId);
      const { id } = accepted(await one.send(bench.say('beyond')));
      const late: Writer = await bench.writer();
      for (const { appenders } of [one, late]) expect((await appenders.beyond(bench.roomId, watermark))?.map((event) => event.id)).toEqual([id]);
    },
  },
];
