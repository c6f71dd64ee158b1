import { RoomLogError, type Position, type RoomRef, type Shard } from '@parley/domain';
import type { DatabaseHandle } from '@parley/postgres';
import type { RoomId } from '@parley/protocol';
import { ENTRY_COLUMNS, type EntryRow } from '../decode-entry.ts';
import { PAGE_BYTES } from '../options.ts';
import type { Note } from './room-progress.ts';

const BEHIND = `
select h.room_id, h.epoch, h.position from log_heads h
left join log_cursors c on c.consumer = $1 and c.room_id = h.room_id and c.epoch = h.epoch
where h.shard = $2 and (h.room_id, h.epoch) > ($3, $4) and h.position > coalesce(c.position, 0)
order by h.room_id, h.epoch limit $5`;

export type Behind = { ref: RoomRef; head: Position };

/** Logs of a shard that are ahead of a consumer's stored cursor, in order, after `after`. */
export const findBehind = async (database: DatabaseHandle, consumer: string, shard: Shard, after: RoomRef | null, limit: number): Promise<Behind[]> => {
  const { rows } = await database.pool.query<{ room_id: RoomId; epoch: number; position: number }>({
    name: 'room-log-behind', text: BEHIND, values: [consumer, shard, after?.roomId ?? '', after?.epoch ?? 0, limit],
  }).catch(unavailable);
  return rows.map((row) => ({ ref: { roomId: row.room_id, epoch: row.epoch }, head: row.position }));
};

const ENTRIES = `
select n, first_seq, last_seq, prev_id, events, bytes, found, note from (
  select r.n, ${ENTRY_COLUMNS}, pg_column_size(e.events) as bytes, count(*) over () as found,
    case when r.after is null and row_number() over (partition by r.n order by e.last_seq) = 1 and c.position is not null
      then json_build_object('cursor', c.position, 'delivered', c.delivered, 'unsettled', c.unsettled) end as note,
    sum(pg_column_size(e.events)) over (order by r.n, e.last_seq) - pg_column_size(e.events) as bytes_before
  from unnest($2::text[], $3::bigint[], $4::bigint[]) with ordinality as r (room_id, epoch, after, n)
  left join log_cursors c on c.consumer = $1 and c.room_id = r.room_id and c.epoch = r.epoch
  cross join lateral (
    select * from log_entries l
    where l.room_id = r.room_id and l.epoch = r.epoch and l.log_id = $5 and l.last_seq > coalesce(r.after, c.position, 0)
    order by l.last_seq limit $6
  ) as e
  order by r.n, e.last_seq limit $6
) as entries
where bytes_before < ${PAGE_BYTES} order by n, last_seq`;

export type LoadedRow = EntryRow & {
  /** Which of the logs asked for, from 1. */
  n: number;
  /** As stored, compressed. */
  bytes: number;
  /** With the first row of a log, where it was loaded from its stored note. */
  note: Note | null;
};
export type Loaded = {
  rows: LoadedRow[];
  /** Logs up to this one, from 1, were read to their end. */
  complete: number;
};

/** Entries that follow, of several logs, those of the first log first. `after` `null`: after the stored cursor. */
export const loadEntries = async (database: DatabaseHandle, consumer: string, logId: string, logs: readonly { ref: RoomRef; after: Position | null }[], limit: number): Promise<Loaded> => {
  const { rows } = await database.pool.query<LoadedRow & { found: number }>({
    name: 'room-log-load', text: ENTRIES,
    values: [consumer, logs.map(({ ref }) => ref.roomId), logs.map(({ ref }) => ref.epoch), logs.map(({ after }) => after), logId, limit],
  }).catch(unavailable);
  const last = rows.at(-1);
  const cut = last !== undefined && (last.found >= limit || last.found > rows.length);
  return { rows, complete: cut ? last.n - 1 : logs.length };
};

const unavailable = (cause: unknown): never => {
  throw new RoomLogError('unavailable', 'Postgres could not be read', { cause });
};
