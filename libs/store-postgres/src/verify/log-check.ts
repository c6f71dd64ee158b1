import { createHash } from 'node:crypto';
import type { LogEntry, RoomRef } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { EventId, RoomEvent, RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import type { Findings } from './findings.ts';

/** An entry as read from the log, so small that many can be held. */
export type LogWitness = { epoch: number; firstSeq: number; lastSeq: number; lastId: EventId; prevId: EventId | null; digest: string };

/** Equal for equal events, in whichever order their fields were written. */
export const digestOf = (events: readonly RoomEvent[]): string => createHash('sha256').update(JSON.stringify(events, sorted)).digest('base64');
const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value;

export const witnessOf = ({ epoch }: RoomRef, { events, prevId }: LogEntry): LogWitness =>
  ({ epoch, firstSeq: events[0]!.seq, lastSeq: events.at(-1)!.seq, lastId: events.at(-1)!.id, prevId, digest: digestOf(events) });

type Place = { epoch: number; seq: number; lastId: EventId | null };

/** What stands in the log beyond `from` has to go on from there. Answers how far it does. */
export const checkChain = (from: Place, entries: readonly Omit<LogWitness, 'digest'>[], findings: Findings): Place => {
  let at = from;
  for (const entry of entries) {
    const place = { epoch: entry.epoch, seq: entry.firstSeq };
    if (entry.firstSeq !== at.seq + 1) findings.add('log_gap', `event ${entry.firstSeq} comes after event ${at.seq}`, place);
    else if (entry.prevId !== at.lastId) findings.add('log_chain', `event ${entry.firstSeq} follows ${entry.prevId ?? 'nothing'}, and the event before it is ${at.lastId ?? 'none'}`, place);
    at = { epoch: entry.epoch, seq: entry.lastSeq, lastId: entry.lastId };
  }
  return at;
};

const PAGE = 200;

/** What stands in the log up to the watermark has to be in the archive, the same. */
export const checkArchived = async (db: Kysely<Database>, roomId: RoomId, entries: readonly LogWitness[], findings: Findings): Promise<void> => {
  for (let n = 0; n < entries.length; n += PAGE) {
    const page = entries.slice(n, n + PAGE);
    const { rows } = await sql<{ epoch: number; last_seq: number; events: RoomEvent[] }>`
      select epoch, last_seq, events from log_entries
      join unnest(${page.map(({ epoch }) => epoch)}::bigint[], ${page.map(({ lastSeq }) => lastSeq)}::bigint[]) as asked (epoch, last_seq) using (epoch, last_seq)
      where room_id = ${roomId}`.execute(db);
    const archived = Map.groupBy(rows, (row) => `${row.epoch}/${row.last_seq}`);
    for (const { epoch, lastSeq, digest } of page) {
      const there = archived.get(`${epoch}/${lastSeq}`);
      if (!there) findings.add('log_not_archived', `the entry up to event ${lastSeq}`, { epoch, seq: lastSeq });
      else if (!there.some(({ events }) => digestOf(events) === digest)) findings.add('log_differs', `the entry up to event ${lastSeq}`, { epoch, seq: lastSeq });
    }
  }
};
