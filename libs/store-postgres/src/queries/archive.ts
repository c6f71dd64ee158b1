import type { ArchivePage } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { RoomEvent, RoomId } from '@parley/protocol';
import type { Kysely } from 'kysely';
import { archivedEvents } from '../archived.ts';
import { ANSWER_BYTES, cutByBytes } from '../bounds.ts';

export const archive = async (db: Kysely<Database>, roomId: RoomId, after: number, limit: number): Promise<ArchivePage> => {
  const mark = await db.selectFrom('watermarks').select(['epoch', 'seq']).where('room_id', '=', roomId).executeTakeFirst();
  if (!mark) return { events: [], upTo: 0 };
  const events: RoomEvent[] = [];
  let bytes = 0;
  // What is at or below a watermark never changes, so its pages need no common snapshot.
  for await (const page of archivedEvents(db, roomId, { epoch: mark.epoch, after, upTo: mark.seq, pageEvents: limit, pageBytes: ANSWER_BYTES })) {
    events.push(...page.events);
    bytes += page.bytes;
    if (events.length >= limit || bytes >= ANSWER_BYTES) break;
  }
  return { events: cutByBytes(events.slice(0, limit)), upTo: mark.seq };
};
