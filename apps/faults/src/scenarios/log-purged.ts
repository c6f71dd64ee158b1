import { JS_API, logSubject } from '@parley/nats';
import type { RoomId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import type { Fleet } from '@parley/testkit/fleet';
import { metricOf } from '../parts/database.ts';
import { call, logStreamOf, REGION, withNats } from '../parts/log.ts';
import { assertEqual, bodiesOf, createRoom, lostOf, sayAll, takenIn, untilSaid, withMember } from '../parts/member.ts';
import { scenario } from '../scenario.ts';

/** As an operator who mistook the subject, or a defect, would. */
const purge = (fleet: Fleet, roomId: RoomId): Promise<unknown> =>
  withNats(fleet, async (nats) => call(nats, JS_API.streamPurge(await logStreamOf(nats)), { filter: logSubject(REGION, { roomId, epoch: 1 }) }));

export const logPurged = scenario({
  name: 'log-purged',
  title: 'the log of a quiet room is purged: once with everything archived, once with messages that were acked while Postgres was away',
  bound: { ms: 15_000, of: 'the room goes on in its next epoch; what was lost is listed, and alarmed' },
  run: ({ fleet, traffic, note, mark, recovered }) =>
    withMember(fleet.url, 'somebody', async (member) => {
      const archived = await createRoom(member, 'archived');
      const archivedWas = ['one', 'two', 'three'];
      await takenIn(fleet, archived, await sayAll(member, archived, archivedWas));
      const forks = await metricOf(fleet.workers, 'persistence_incidents_total');
      await purge(fleet, archived);
      mark();
      await recovered('the archived room', async (deadlineMs) => {
        const epoch = await untilSaid(member, archived, 'on', deadlineMs);
        if (epoch !== 2) throw new Error(`it goes on in epoch ${epoch}: silently`);
      });
      assertEqual('its history', await bodiesOf(member, archived), [...archivedWas, 'on']);
      assertEqual('what it lost', await lostOf(fleet, archived), []);
      if ((await metricOf(fleet.workers, 'persistence_incidents_total')) === forks) throw new Error('nobody was alarmed');

      const unarchived = await createRoom(member, 'not archived');
      await takenIn(fleet, unarchived, await sayAll(member, unarchived, ['kept']));
      await fleet.postgres.kill();
      const gone = ['acked and gone', 'and this'];
      try {
        await sayAll(member, unarchived, gone);
        await purge(fleet, unarchived);
      } finally {
        await fleet.postgres.restart();
      }
      await fleet.ready();
      mark();
      await recovered('the room that lost something', async (deadlineMs) => {
        const epoch = await untilSaid(member, unarchived, 'on', deadlineMs);
        if (epoch !== 2) throw new Error(`it goes on in epoch ${epoch}: silently`);
        await waitFor('what was lost to be listed', async () => (await lostOf(fleet, unarchived)).length === gone.length, { deadlineMs });
      });
      assertEqual('what it lost', await lostOf(fleet, unarchived), gone);
      assertEqual('its history', await bodiesOf(member, unarchived), ['kept', 'on']);
      note(`listed as lost: ${gone.length} of ${gone.length} acked and not archived`);
      await recovered('the others go on', (deadlineMs) => traffic.untilFlowing(deadlineMs));
    }),
});
