import { RECORD_ACTS } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { RoomId, SanctionView, UserId, UserRecord } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { audit } from './audit.ts';

/** Of one who is banned all over the place. */
const MAX_SANCTIONS = 100;

type SanctionRow = Omit<SanctionView, 'userId' | 'roomId'> & { room_id: RoomId | null };
type Counts = { open: number; upheld: number; dismissed: number };

const sanctionsOf = async (db: Kysely<Database>, userId: UserId, roomId: RoomId | null, at: number): Promise<SanctionView[]> => {
  const ofServer = sql`
    select 'ban' as kind, null as room_id, body->>'reason' as reason, at as since, ends as until, by from acts_in_force join server_acts using (serial)
    where acts_in_force.kind = 'ban' and acts_in_force.user_id = ${userId} and (ends is null or ends > ${at}) union all`;
  const { rows } = await sql<SanctionRow>`
    ${roomId === null ? ofServer : sql``}
    (select kind, room_id, reason, since, until, by from room_sanctions
    where user_id = ${userId} and ${roomId === null ? sql`true` : sql`room_id = ${roomId}`} and (until is null or until > ${at}) order by since desc limit ${MAX_SANCTIONS})`.execute(db);
  return rows.map(({ kind, room_id, reason, since, until, by }) => ({ kind, userId, roomId: room_id, reason, since, until, by }));
};

/** With a room, what concerns it alone: nothing of other rooms, nor of the server. */
export const recordOf = async (db: Kysely<Database>, userId: UserId, roomId: RoomId | null, at: number): Promise<UserRecord | null> => {
  const { rows: [user] } = await sql<{ name: string; since: number }>`
    select name, floor(extract(epoch from created_at) * 1000)::bigint as since from users where id = ${userId}`.execute(db);
  if (!user) return null;
  const { rows: [counts] } = await sql<Counts>`
    select count(*) filter (where decision is null) as open, count(*) filter (where decision = 'upheld') as upheld, count(*) filter (where decision = 'dismissed') as dismissed
    from cases where user_id = ${userId} and ${roomId === null ? sql`true` : sql`room_id = ${roomId}`}`.execute(db);
  const sanctions = await sanctionsOf(db, userId, roomId, at);
  const { entries } = await audit(db, { userId, roomId: roomId ?? undefined, limit: RECORD_ACTS });
  return { userId, name: user.name, since: user.since, reports: counts!, sanctions, acts: entries };
};
