import type { RoomState } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { EventType, RoomEvent, RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

const CHANGES_ROOM: ReadonlySet<EventType> = new Set(['room.created', 'room.updated', 'member.joined', 'member.left']);

export const projectRooms = async (trx: Kysely<Database>, events: readonly RoomEvent[], states: ReadonlyMap<RoomId, RoomState>): Promise<void> => {
  const changed = new Set(events.filter((event) => CHANGES_ROOM.has(event.type)).map((event) => event.roomId));
  const rooms = [...changed].flatMap((roomId) => states.get(roomId) ?? []);
  if (rooms.length === 0) return;
  await sql`
    insert into rooms (room_id, kind, name, topic, created_at, member_count, pair, slow_mode_ms, read_only)
    select room_id, kind, name, topic, created_at, member_count, pair::jsonb, slow_mode_ms, read_only
    from unnest(${rooms.map((room) => room.roomId)}::text[], ${rooms.map((room) => room.kind)}::text[], ${rooms.map((room) => room.name)}::text[],
      ${rooms.map((room) => room.topic)}::text[], ${rooms.map((room) => room.createdAt)}::bigint[], ${rooms.map((room) => room.memberCount)}::bigint[],
      ${rooms.map((room) => (room.pair ? JSON.stringify(room.pair) : null))}::text[], ${rooms.map((room) => room.slow?.ms ?? 0)}::bigint[],
      ${rooms.map((room) => room.readOnly ?? false)}::boolean[]) as fresh (room_id, kind, name, topic, created_at, member_count, pair, slow_mode_ms, read_only)
    on conflict (room_id) do update set name = excluded.name, topic = excluded.topic, member_count = excluded.member_count,
      slow_mode_ms = excluded.slow_mode_ms, read_only = excluded.read_only`.execute(trx);
};
