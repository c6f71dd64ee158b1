import type { Database } from '@parley/postgres';
import type { EventId, RoomEvent, RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

/** So that a page always gets past branches that were lost. */
const MIN_ROWS = 16;

type EntryRow = { first_seq: number; last_seq: number; prev_id: EventId | null; events: RoomEvent[]; bytes: number };
/** The stretch of a room's history that stands in one epoch's log. */
export type Stretch = { epoch: number; from: number; to: number };

/** The archive does not hold what it says it holds: it was changed by hand, or restored in part. */
export class ArchiveBroken extends Error {
  override readonly name = 'ArchiveBroken';
}

/**
 * Which epoch each event of the surviving history stands in, from `after` on. An epoch's opening names the one it goes on
 * from and where, so the way leads back from the last: what stands above that in an older epoch is a branch that was lost.
 */
export const stretches = async (db: Kysely<Database>, roomId: RoomId, lastEpoch: number, after: number, upTo: number): Promise<Stretch[]> => {
  const found: Stretch[] = [];
  let [epoch, to] = [lastEpoch, upTo];
  while (epoch > 1) {
    const opening = await db.selectFrom('log_entries').select(['first_seq', 'events'])
      .where('room_id', '=', roomId).where('epoch', '=', epoch).orderBy('last_seq').limit(1).executeTakeFirst();
    const event = (opening?.events as RoomEvent[] | undefined)?.[0];
    if (!opening || event?.type !== 'epoch.opened') throw new ArchiveBroken(`epoch ${epoch} of ${roomId} does not begin with its opening`);
    found.unshift({ epoch, from: opening.first_seq, to });
    if (opening.first_seq <= after + 1) return found;
    ({ prevEpoch: epoch, prevSeq: to } = event.data);
  }
  found.unshift({ epoch, from: 1, to });
  return found;
};

export type ArchivedQuery = { epoch: number; after: number; upTo: number; pageEvents: number; pageBytes: number };

/** The events of the surviving history with `after < seq <= upTo`, ascending, in pages. `epoch`: of the event at `upTo`. */
export async function* archivedEvents(db: Kysely<Database>, roomId: RoomId, query: ArchivedQuery): AsyncGenerator<{ events: RoomEvent[]; bytes: number }> {
  const { after, upTo, pageEvents, pageBytes } = query;
  if (after >= upTo) return;
  let known = after;
  let lastId: EventId | null = null;
  for (const { epoch, to } of await stretches(db, roomId, query.epoch, after, upTo)) {
    while (known < to) {
      const { rows } = await sql<EntryRow>`
        select first_seq, last_seq, prev_id, events, bytes from (
          select first_seq, last_seq, position, prev_id, events, octet_length(events::text) as bytes,
            sum(octet_length(events::text)) over (order by last_seq, position) as through
          from (
            select * from log_entries
            where room_id = ${roomId} and epoch = ${epoch} and last_seq > ${known} and first_seq <= ${to}
            order by last_seq, position limit ${Math.max(pageEvents, MIN_ROWS)}
          ) as nearest
        ) as weighed
        where through - bytes < ${pageBytes} order by last_seq, position`.execute(db);
      const events: RoomEvent[] = [];
      let bytes = 0;
      for (const row of rows) {
        // Twice the same place can only be two branches within one epoch: the chain of ids tells which goes on.
        const goesOn = row.first_seq <= known + 1 && row.last_seq > known && (lastId === null || row.first_seq <= known || row.prev_id === lastId);
        if (!goesOn) continue;
        for (const event of row.events) if (event.seq > known && event.seq <= to) events.push(event);
        bytes += row.bytes;
        known = Math.min(row.last_seq, to);
        lastId = row.events.at(-1)!.id;
      }
      if (events.length === 0) throw new ArchiveBroken(`the archive of ${roomId} lacks event ${known + 1} of epoch ${epoch}`);
      yield { events, bytes };
    }
  }
}

/** Which of these entries the archive holds as they are: by place, size and the id of their last event. Answers their indexes. */
export const hasArchived = async (
  db: Kysely<Database>, entries: readonly { roomId: RoomId; epoch: number; firstSeq: number; lastSeq: number; lastId: EventId }[],
): Promise<Set<number>> => {
  if (entries.length === 0) return new Set();
  const { rows } = await sql<{ n: number }>`
    select distinct asked.n::int as n
    from unnest(${entries.map((entry) => entry.roomId)}::text[], ${entries.map((entry) => entry.epoch)}::bigint[], ${entries.map((entry) => entry.firstSeq)}::bigint[],
      ${entries.map((entry) => entry.lastSeq)}::bigint[], ${entries.map((entry) => entry.lastId)}::text[]) with ordinality as asked (room_id, epoch, first_seq, last_seq, last_id, n)
    join log_entries stored on stored.room_id = asked.room_id and stored.epoch = asked.epoch and stored.last_seq = asked.last_seq
      and stored.first_seq = asked.first_seq and (stored.events->-1)->>'id' = asked.last_id`.execute(db);
  return new Set(rows.map((row) => row.n - 1));
};
