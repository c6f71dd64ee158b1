import { waitFor } from '@parley/testkit';
import { createRoom, say, withMember } from '../parts/member.ts';
import { PROXIED } from '../plans-of-the-log.ts';
import { scenario } from '../scenario.ts';

const ROUNDS = 10;

export const lastHintDropped = scenario({
  name: 'last-hint-dropped',
  title: 'the hint of the last message in a room never reaches the other gateway, and nothing comes after it',
  bound: { ms: 2_000, of: 'everybody has the message, by the head' },
  fleet: PROXIED,
  run: ({ fleet, traffic, note, mark, recovered }) =>
    withMember(fleet.gateways[0]!.url, 'speaker', (speaker) => withMember(fleet.gateways[1]!.url, 'listener', async (listener) => {
      const [, away] = fleet.redisOf;
      const roomId = await createRoom(speaker, 'quiet');
      await listener.must('room:join', { roomId });
      // Nothing else may remind anybody of anything.
      traffic.stop();
      const lostBefore = await fleet.gateways[1]!.metric('hints_lost_total');
      for (let round = 0; round < ROUNDS; round += 1) {
        away!.hold('down');
        const { seq } = await say(speaker, roomId, `the last one ${round}`) as { seq?: number };
        mark();
        if (seq === undefined) throw new Error('the message was not acked');
        await recovered('the last message', (deadlineMs) => waitFor('it to be heard', () => listener.events().some((event) => event.seq === seq), { deadlineMs }));
        away!.forget();
        away!.release();
        await waitFor('the gateway to hear Redis again', async () => (await fleet.gateways[1]!.metric('fan_out_live')) === 1, { deadlineMs: 20_000 });
      }
      note(`${(await fleet.gateways[1]!.metric('hints_lost_total')) - lostBefore} of ${ROUNDS} hints were missed by the gateway and made up for by their heads`);
      if ((await fleet.gateways[1]!.metric('hints_lost_total')) === lostBefore) throw new Error('no hint was lost: nothing was tried');
    })),
});
