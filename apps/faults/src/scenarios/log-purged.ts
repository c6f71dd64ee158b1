import { JS_API, logSubject } from '@parley/nats';
import type { RoomId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import type { Client } from '@parley/testkit/wire-client';
import type { Fleet } from '@parley/testkit/fleet';
import { metricOf, withDatabase } from '../parts/database.ts';
import { call, logStreamOf, REGION, withNats } from '../parts/log.ts';
import { createRoom, say, withMember } from '../parts/member.ts';
import { scenario } from '../scenario.ts';

const RETRY_MS = 300;
const TAKEN_IN_MS = 20_000;

/** As an operator who mistook the subject, or a defect, would. */
const purge = (fleet: Fleet, roomId: RoomId): Promise<unknown> =>
  withNats(fleet, async (nats) => call(nats, JS_API.streamPurge(await logStreamOf(nats)), { filter: logSubject(REGION, { roomId, epoch: 1 }) }));

const sayAll = async (member: Client, roomId: RoomId, bodies: readonly string[]): Promise<number> => {
  let seq = 0;
  for (const body of bodies) {
    const answer = await say(member, roomId, body) as { ok: boolean; seq?: number };
    if (!answer.ok || answer.seq === undefined) throw new Error(`${body} was not acked`);
    seq = answer.seq;
  }
  return seq;
};

/** Tried again until it is acked, as an outbox does. Answers the epoch that it is in. */
const untilSaid = async (member: Client, roomId: RoomId, body: string, deadlineMs: number): Promise<number> => {
  let epoch = 0;
  await waitFor('the room to take a message', async () => {
    const answer = await say(member, roomId, body) as { ok: boolean; epoch?: number };
    epoch = answer.epoch ?? 0;
    return answer.ok;
  }, { deadlineMs, intervalMs: RETRY_MS });
  return epoch;
};

const takenIn = (fleet: Fleet, roomId: RoomId, seq: number): Promise<void> => withDatabase(fleet, (query) =>
  waitFor('it to be archived', async () => (await query('select 1 from watermarks where room_id = $1 and seq >= $2', [roomId, seq])).length === 1, { deadlineMs: TAKEN_IN_MS }));

const lostOf = async (fleet: Fleet, roomId: RoomId): Promise<string[]> => withDatabase(fleet, async (query) =>
  (await query<{ body: string }>(`select event->'data'->>'body' as body from lost_events where room_id = $1 order by seq`, [roomId])).map(({ body }) => body));

const bodiesOf = async (member: Client, roomId: RoomId): Promise<string[]> =>
  (await member.must('room:history', { roomId, limit: 100 })).messages.map(({ body }) => body ?? '');

const assertEqual = (what: string, found: readonly string[], wanted: readonly string[]): void => {
  if (found.join('|') !== wanted.join('|')) throw new Error(`${what}: ${found.join(', ') || 'none'} instead of ${wanted.join(', ') || 'none'}`);
};

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
