import type { RoomState, Watermark } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { EventId, RoomId } from '@parley/protocol';
import type { Kysely } from 'kysely';

export const seed = async (db: Kysely<Database>, roomId: RoomId): Promise<Watermark | null> => {
  const row = await db.selectFrom('watermarks').select(['log_id', 'epoch', 'seq', 'position', 'last_id', 'state']).where('room_id', '=', roomId).executeTakeFirst();
  if (!row) return null;
  return { logId: row.log_id, epoch: row.epoch, seq: row.seq, position: row.position, lastId: row.last_id as EventId, state: row.state as RoomState };
};
