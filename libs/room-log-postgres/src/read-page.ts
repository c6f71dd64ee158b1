import { RoomLogError, type LogPage, type Position, type RoomRef } from '@parley/domain';
import type { DatabaseHandle } from '@parley/postgres';
import { decodeEntry, ENTRY_COLUMNS, type EntryRow } from './decode-entry.ts';
import { PAGE_BYTES } from './options.ts';

const TEXT = `
select first_seq, last_seq, prev_id, events, found from (
  select ${ENTRY_COLUMNS}, count(*) over () as found,
    sum(pg_column_size(e.events)) over (order by e.last_seq) - pg_column_size(e.events) as bytes_before
  from (
    select * from log_entries where room_id = $1 and epoch = $2 and log_id = $3 and last_seq >= $4 order by last_seq limit $5
  ) as e
) as page
where bytes_before < ${PAGE_BYTES} order by last_seq`;

/** One row more is asked for, which tells whether there is more; it is not decoded. */
export const readPage = async (database: DatabaseHandle, logId: string, ref: RoomRef, from: Position, limit: number): Promise<LogPage> => {
  const { rows } = await database.pool.query<EntryRow & { found: number }>({ name: 'room-log-read', text: TEXT, values: [ref.roomId, ref.epoch, logId, from, limit + 1] })
    .catch((cause: unknown) => { throw new RoomLogError('unavailable', 'Postgres could not be read', { cause }); });
  const entries = rows.slice(0, limit).map((row) => {
    const decoded = decodeEntry(ref, row);
    if ('reason' in decoded) throw new RoomLogError('corrupt_entry', `${ref.roomId}/${ref.epoch} at ${row.last_seq}: ${decoded.reason}`);
    return decoded.entry;
  });
  return { entries, atEnd: entries.length === (rows[0]?.found ?? 0) };
};
