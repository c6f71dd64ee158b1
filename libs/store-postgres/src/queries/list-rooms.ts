import type { RoomListQuery } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { Role, RoomId, RoomKind, RoomView, UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

type Row = { room_id: RoomId; kind: RoomKind; name: string; topic: string; created_at: number; member_count: number; pair: [UserId, UserId] | null; slow_mode_ms: number; read_only: boolean; role: Role | null };

export const listRooms = async (db: Kysely<Database>, { userId, scope, after = '' as RoomId, limit }: RoomListQuery): Promise<{ rooms: RoomView[]; next: RoomId | null }> => {
  const source = scope === 'mine'
    ? sql`members m join rooms r using (room_id) where m.user_id = ${userId} and m.room_id > ${after} order by m.room_id`
    : sql`rooms r left join members m on m.room_id = r.room_id and m.user_id = ${userId} where r.kind = 'public' and r.room_id > ${after} order by r.room_id`;
  const { rows } = await sql<Row>`
    select r.room_id, r.kind, r.name, r.topic, r.created_at, r.member_count, r.pair, r.slow_mode_ms, r.read_only, m.role from ${source} limit ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  return {
    rooms: page.map((row) => ({
      id: row.room_id, kind: row.kind, name: row.name, topic: row.topic, createdAt: row.created_at, memberCount: row.member_count, role: row.role,
      ...(row.slow_mode_ms > 0 ? { slowModeMs: row.slow_mode_ms } : {}), ...(row.read_only ? { readOnly: true } : {}), ...(row.pair ? { pair: row.pair } : {}),
    })),
    next: rows.length > limit ? page.at(-1)?.room_id ?? null : null,
  };
};
