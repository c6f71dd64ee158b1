import { newCmid, realChance } from '@parley/domain';
import { DEAD_LETTER_STREAM, JS_API } from '@parley/nats';
import { NatsDeadLetters } from '@parley/room-log-nats';
import type { RoomEvent, RoomId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import type { Fleet } from '@parley/testkit/fleet';
import { untilArchived, withDatabase } from '../parts/database.ts';
import { call, REGION, withLog, withNats } from '../parts/log.ts';
import { createRoom, inWords, say, withMember } from '../parts/member.ts';
import { scenario } from '../scenario.ts';

/** Valid JSON and a valid entry, but no text for Postgres. */
const NO_TEXT = 'poison \u0000 poison';

/** What a gateway with a defect might append: the log takes it, a projection cannot. */
const poison = (fleet: Fleet, roomId: RoomId): Promise<RoomEvent> =>
  withLog(fleet, async (log) => {
    const ref = { roomId, epoch: 1 };
    for (;;) {
      const page = await log.read(ref, 0);
      const last = page.entries.at(-1)!;
      const before = last.events.at(-1)!;
      if (!page.atEnd) throw new Error('a room with so little in it is one page');
      const event: RoomEvent = {
        ...ref, seq: before.seq + 1, id: realChance.eventId(), type: 'message.created', by: before.by, at: Date.now(), data: { name: 'Mallory', body: NO_TEXT }, cmid: newCmid(),
      };
      await log.append(ref, { events: [event], prevId: before.id }, last.position);
      return event;
    }
  });

const lettersOf = (fleet: Fleet) => withNats(fleet, async (nats) => (await NatsDeadLetters.connect({ nats, region: REGION })).list(100));

export const poisonEvent = scenario({
  name: 'poison-event',
  title: 'an event stands in a log that a projection cannot take',
  bound: { ms: 5_000, of: 'it is a dead letter; its room and all others go on' },
  run: ({ fleet, traffic, note, mark, recovered }) =>
    withMember(fleet.url, 'somebody', async (member) => {
      const roomId = await createRoom(member, 'poisoned');
      await say(member, roomId, 'before');
      const event = await poison(fleet, roomId);
      mark();
      await recovered('the letter', (deadlineMs) => waitFor('a dead letter of it', async () => (await lettersOf(fleet)).some(({ payload }) => payload.includes(event.id)), { deadlineMs }));
      const answer = await say(member, roomId, 'after');
      note(`whoever speaks there after it is told: ${inWords(answer)}`);
      if (!answer.ok) throw new Error(`the room does not go on: ${inWords(answer)}`);
      await recovered('the room goes on', (deadlineMs) => waitFor('what was said after it to be in the history of the database', () => withDatabase(fleet, async (query) =>
        (await query(`select 1 from messages where room_id = $1 and body = 'after'`, [roomId])).length === 1), { deadlineMs }));
      await recovered('the others go on', (deadlineMs) => untilArchived(fleet, traffic, deadlineMs));
      const kept = await withDatabase(fleet, (query) => query('select 1 from log_entries where room_id = $1 and last_seq = $2', [roomId, event.seq]));
      if (kept.length !== 1) throw new Error('the archive lacks it');
      await withNats(fleet, (nats) => call(nats, JS_API.streamPurge(DEAD_LETTER_STREAM), {}));
    }),
});
