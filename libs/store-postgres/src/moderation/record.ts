import { RECORD_ACTS } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { RoomId, SanctionView, UserId, UserRecord } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { audit } from './audit.ts';
import { roomSanctionsOn } from './room-sanctions.ts';

/** Of one who is banned all over the place. */
const MAX_SANCTIONS = 100;

type Counts = { open: number; upheld: number; dismissed: number };

const bansOfServer = async (db: Kysely<Database>, userId: UserId, at: number): Promise<SanctionView[]> => {
  const { rows } = await sql<{ reason: string; since: number; until: number | null; by: UserId | null }>`
    select body->>'reason' as reason, at as since, ends as until, by from acts_in_force join server_acts using (serial)
    where acts_in_force.kind = 'ban' and acts_in_force.user_id = ${userId} and (ends is null or ends > ${at})`.execute(db);
  return rows.map((row) => ({ kind: 'ban', userId, roomId: null, ...row }));
};

/** With a room, what concerns it alone: nothing of other rooms, nor of the server. */
export const recordOf = async (db: Kysely<Database>, userId: UserId, roomId: RoomId | null, at: number): Promise<UserRecord | null> => {
  const { rows: [user] } = await sql<{ name: string; since: number }>`
    select name, floor(extract(epoch from created_at) * 1000)::bigint as since from users where id = ${userId}`.execute(db);
  if (!user) return null;
  const { rows: [counts] } = await sql<Counts>`
    select count(*) filter (where decision is null) as open, count(*) filter (where decision = 'upheld') as upheld, count(*) filter (where decision = 'dismissed') as dismissed
    from cases where user_id = ${userId} and ${roomId === null ? sql`true` : sql`room_id = ${roomId}`}`.execute(db);
  const inRooms = await roomSanctionsOn(db).sanctionsAgainst(userId);
  const sanctions = roomId === null ? [...(await bansOfServer(db, userId, at)), ...inRooms] : inRooms.filter((sanction) => sanction.roomId === roomId);
  const { entries } = await audit(db, { userId, roomId: roomId ?? undefined, limit: RECORD_ACTS });
  return { userId, name: user.name, since: user.since, reports: counts!, sanctions: sanctions.slice(0, MAX_SANCTIONS), acts: entries };
};
