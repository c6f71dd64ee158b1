import { JS_API } from '@parley/nats';
import { waitFor } from '@parley/testkit';
import { metricOf, untilArchived } from '../parts/database.ts';
import { call, logStreamOf, withNats } from '../parts/log.ts';
import { assertEqual, bodiesOf, createRoom, lostOf, sayAll, takenIn, untilSaid, withMember } from '../parts/member.ts';
import { scenario } from '../scenario.ts';

/** The metric with its label, as an alarm names it. */
const ACKED_LOST = 'append_incidents_total\\{[^}]*incident="acked_lost"[^}]*\\}';

export const logRecreated = scenario({
  name: 'log-recreated',
  title: 'the stream of all logs is deleted while Postgres is away, and made anew by whoever misses it',
  bound: { ms: 15_000, of: 'a room goes on in its next epoch; what was lost is listed, and alarmed' },
  unchecked: 'rooms pass into another epoch, where they are not read back event by event: what has to hold of one of them is asserted',
  run: ({ fleet, traffic, note, mark, recovered }) =>
    withMember(fleet.gateways[0]!.url, 'somebody', async (member) => {
      const roomId = await createRoom(member, 'recreated');
      await takenIn(fleet, roomId, await sayAll(member, roomId, ['kept']));
      // Of these rooms nothing is to be lost: all they had is archived.
      traffic.stop();
      await waitFor('all to be acked', () => traffic.acked === traffic.sent, { deadlineMs: 30_000 });
      await untilArchived(fleet, traffic, 30_000);
      const before = await withNats(fleet, logStreamOf);
      const alarms = await metricOf(fleet.gateways, ACKED_LOST);
      await fleet.postgres.kill();
      const gone = ['acked and gone', 'and this'];
      try {
        await sayAll(member, roomId, gone);
        await withNats(fleet, (nats) => call(nats, JS_API.streamDelete(before)));
      } finally {
        await fleet.postgres.restart();
      }
      mark();
      await recovered('the room', async (deadlineMs) => {
        const epoch = await untilSaid(member, roomId, 'on', deadlineMs);
        if (epoch !== 2) throw new Error(`it goes on in epoch ${epoch}: silently`);
        await waitFor('what was lost to be listed', async () => (await lostOf(fleet, roomId)).length === gone.length, { deadlineMs });
      });
      await fleet.ready();
      assertEqual('what it lost', await lostOf(fleet, roomId), gone);
      assertEqual('its history', await bodiesOf(member, roomId), ['kept', 'on']);
      if ((await metricOf(fleet.gateways, ACKED_LOST)) <= alarms) throw new Error('nobody was alarmed');
      const after = await withNats(fleet, logStreamOf);
      note(`${before} was deleted, ${after} is in its place; listed as lost: ${gone.length} of ${gone.length}`);
      if (after === before) throw new Error('the log has the name of the one that is gone');
    }),
});
