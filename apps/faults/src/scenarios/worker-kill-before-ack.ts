import { waitFor } from '@parley/testkit';
import { metricOf, untilArchived } from '../parts/database.ts';
import { PROXIED } from '../plans-of-the-log.ts';
import { scenario } from '../scenario.ts';

const ROUNDS = 3;
/** As JetStream's consumers settle a delivery. */
const ACK = '+ACK';

export const workerKillBeforeAck = scenario({
  name: 'worker-kill-before-ack',
  title: 'a worker is killed (SIGKILL) after its commit, its acks kept from NATS, three times',
  bound: { ms: 25_000, of: 'what it had in hand is delivered again after the ack wait (10 s), and changes nothing' },
  traffic: { perSecond: 200 },
  fleet: PROXIED,
  async run({ fleet, traffic, note, mark, recovered }) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const n = round % fleet.workers.length;
      const [worker, proxy] = [fleet.workers[n]!, fleet.natsOf[n]!];
      let acks = 0;
      proxy.onData = (direction, piece) => {
        if (direction === 'up') acks += piece.toString('latin1').split(ACK).length - 1;
      };
      try {
        // From here on what it settles stays between it and NATS.
        acks = 0;
        proxy.hold('up');
        await waitFor('an ack to be held back', () => acks > 0, { deadlineMs: 30_000, intervalMs: 1 });
        await worker.kill();
      } finally {
        proxy.onData = null;
        proxy.forget();
        proxy.release();
      }
      note(`${worker.name} was killed with ${acks} acks on their way`);
      const others = fleet.workers.filter((each) => each !== worker);
      const before = await metricOf(others, 'persistence_duplicates_total');
      mark();
      await recovered('the other delivers it again to no effect', (deadlineMs) =>
        waitFor('a redelivery', async () => (await metricOf(others, 'persistence_duplicates_total')) > before, { deadlineMs, intervalMs: 100 }));
      await worker.start();
      mark();
      await recovered('what was acked is archived', (deadlineMs) => untilArchived(fleet, traffic, deadlineMs));
    }
    if ((await metricOf(fleet.workers, 'persistence_incidents_total')) > 0) throw new Error('a room’s log was taken for broken');
  },
});
