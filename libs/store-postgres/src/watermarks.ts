import type { RoomRef, RoomState, Shard, Watermark } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { EventId, RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import type { Mark } from './ingest/result.ts';

type Row = { room_id: RoomId; log_id: string; epoch: number; seq: number; position: number; last_id: EventId; state: RoomState };

const watermarkOf = (row: Row): Watermark => ({ logId: row.log_id, epoch: row.epoch, seq: row.seq, position: row.position, lastId: row.last_id, state: row.state });

/** As in `room-id.ts`: the shard stands behind the first character. */
const ofShard = (shard: Shard) => sql<boolean>`substr(room_id, 2, 2) = ${shard}`;

/** Locked, in the order of the rooms' ids, until the transaction ends. */
export const lockMarks = async (trx: Kysely<Database>, roomIds: readonly RoomId[]): Promise<Map<RoomId, Watermark>> => {
  const { rows } = await sql<Row>`
    select room_id, log_id, epoch, seq, position, last_id, state from watermarks
    where room_id = any(${roomIds}::text[]) order by room_id for update`.execute(trx);
  return new Map(rows.map((row) => [row.room_id, watermarkOf(row)]));
};

export const readMarks = async (db: Kysely<Database>, roomIds: readonly RoomId[]): Promise<Map<RoomId, Watermark>> => {
  const { rows } = await sql<Row>`
    select room_id, log_id, epoch, seq, position, last_id, state from watermarks where room_id = any(${roomIds}::text[])`.execute(db);
  return new Map(rows.map((row) => [row.room_id, watermarkOf(row)]));
};

/** Somebody else took in the same room meanwhile. */
export class WatermarkMoved extends Error {
  override readonly name = 'WatermarkMoved';
}

const columnsOf = (marks: readonly { before: Mark | null; after: Watermark }[]) => sql`
  unnest(${marks.map(({ after }) => after.state.roomId)}::text[], ${marks.map(({ after }) => after.logId)}::text[], ${marks.map(({ after }) => after.epoch)}::bigint[],
    ${marks.map(({ after }) => after.seq)}::bigint[], ${marks.map(({ after }) => after.position)}::bigint[], ${marks.map(({ after }) => after.lastId)}::text[],
    ${marks.map(({ after }) => JSON.stringify(after.state))}::text[], ${marks.map(({ before }) => before?.seq ?? 0)}::bigint[])
    as fresh (room_id, log_id, epoch, seq, position, last_id, state, known_seq)`;

/** Moves watermarks on from where they were read. A room that goes on is no longer halted. Throws {@link WatermarkMoved}. */
export const writeMarks = async (trx: Kysely<Database>, marks: readonly { before: Mark | null; after: Watermark }[]): Promise<void> => {
  const moved = marks.filter(({ before }) => before !== null);
  const made = marks.filter(({ before }) => before === null);
  let written = 0n;
  if (moved.length > 0) {
    const { numAffectedRows } = await sql`
      update watermarks w set log_id = fresh.log_id, epoch = fresh.epoch, seq = fresh.seq, position = fresh.position, last_id = fresh.last_id,
        state = fresh.state::jsonb, halted = null, trimmed = case when w.log_id = fresh.log_id and w.epoch = fresh.epoch then w.trimmed else 0 end
      from ${columnsOf(moved)} where w.room_id = fresh.room_id and w.seq = fresh.known_seq`.execute(trx);
    written += numAffectedRows ?? 0n;
  }
  if (made.length > 0) {
    const { numAffectedRows } = await sql`
      insert into watermarks (room_id, log_id, epoch, seq, position, last_id, state)
      select room_id, log_id, epoch, seq, position, last_id, state::jsonb from ${columnsOf(made)} on conflict do nothing`.execute(trx);
    written += numAffectedRows ?? 0n;
  }
  if (Number(written) !== marks.length) throw new WatermarkMoved('a watermark moved while its room was taken in');
};

/** Stops a room until it goes on or an operator clears `watermarks.halted`. Of a room without a watermark nothing can be kept. */
export const halt = async (db: Kysely<Database>, roomId: RoomId, reason: string): Promise<void> => {
  await db.updateTable('watermarks').set({ halted: reason }).where('room_id', '=', roomId).execute();
};

/** Lets a halted room go on: its worker reads its log again within some seconds. False: it was not halted. */
export const letGoOn = async (db: Kysely<Database>, roomId: RoomId): Promise<boolean> => {
  const { numUpdatedRows } = await db.updateTable('watermarks').set({ halted: null }).where('room_id', '=', roomId).where('halted', 'is not', null).executeTakeFirst();
  return numUpdatedRows > 0n;
};

export const haltedOf = async (db: Kysely<Database>, shard: Shard): Promise<Map<RoomId, string>> => {
  const rows = await db.selectFrom('watermarks').select(['room_id', 'halted']).where('halted', 'is not', null).where(ofShard(shard)).execute();
  return new Map(rows.map((row) => [row.room_id as RoomId, row.halted ?? '']));
};

/** The rooms of a shard that were written last in this log: whatever loses the end of a log loses theirs first. */
export const highestMarksOf = async (db: Kysely<Database>, shard: Shard, logId: string, limit: number): Promise<(Mark & { roomId: RoomId })[]> => {
  const rows = await db.selectFrom('watermarks').select(['room_id', 'log_id', 'epoch', 'seq', 'position', 'last_id'])
    .where('log_id', '=', logId).where('halted', 'is', null).where(ofShard(shard)).orderBy('position', 'desc').limit(limit).execute();
  return rows.map((row) => ({ roomId: row.room_id as RoomId, logId: row.log_id, epoch: row.epoch, seq: row.seq, position: row.position, lastId: row.last_id as EventId }));
};

/** A log from which everything strictly below `below` may go. */
export type Untrimmed = { ref: RoomRef; below: number };

export const untrimmedOf = async (db: Kysely<Database>, shard: Shard, logId: string, limit: number): Promise<Untrimmed[]> => {
  const rows = await db.selectFrom('watermarks').select(['room_id', 'epoch', 'position'])
    .where('log_id', '=', logId).whereRef('trimmed', '<', 'position').where(ofShard(shard)).limit(limit).execute();
  return rows.map((row) => ({ ref: { roomId: row.room_id as RoomId, epoch: row.epoch }, below: row.position }));
};

/** Remembers what was trimmed, so that a worker that starts anew asks only for what was not. */
export const recordTrimmed = async (db: Kysely<Database>, trimmed: readonly Untrimmed[]): Promise<void> => {
  if (trimmed.length === 0) return;
  await sql`
    update watermarks w set trimmed = below
    from unnest(${trimmed.map(({ ref }) => ref.roomId)}::text[], ${trimmed.map(({ ref }) => ref.epoch)}::bigint[], ${trimmed.map(({ below }) => below)}::bigint[]) as done (room_id, epoch, below)
    where w.room_id = done.room_id and w.epoch = done.epoch and w.trimmed < below`.execute(db);
};
