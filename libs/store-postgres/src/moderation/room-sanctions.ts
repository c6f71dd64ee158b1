import type { RoomSanctions } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { RoomId, SanctionView, UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

type Row = { room_id: RoomId; user_id: UserId; kind: 'mute' | 'ban'; reason: string; since: number; until: number | null; by: UserId | null };

const viewOf = ({ kind, user_id: userId, room_id: roomId, reason, since, until, by }: Row): SanctionView => ({ kind, userId, roomId, reason, since, until, by });

/** Rows that have run out stay in the table until the next one of the same user takes their place. */
const inForce = (now: number) => sql`(until is null or until > ${now})`;

/** Of one user in all rooms; more than this nobody needs to see at once. */
const MAX_AGAINST = 1_000;

export const roomSanctionsOn = (db: Kysely<Database>): RoomSanctions => ({
  roomSanctions: async (roomId, after, limit) => {
    const now = Date.now();
    // A user may be under both kinds: pages are of users.
    const { rows } = await sql<Row>`
      select s.* from room_sanctions s join (
        select distinct user_id from room_sanctions where room_id = ${roomId} and user_id > ${after ?? ''} and ${inForce(now)} order by user_id limit ${limit + 1}
      ) as page using (user_id)
      where s.room_id = ${roomId} and ${inForce(now)} order by s.user_id, s.kind`.execute(db);
    const users = [...new Set(rows.map((row) => row.user_id))].slice(0, limit);
    const last = users.at(-1);
    const page = rows.filter((row) => last !== undefined && row.user_id <= last);
    return { sanctions: page.map(viewOf), next: page.length < rows.length ? last ?? null : null };
  },
  sanctionsAgainst: async (userId) => {
    const { rows } = await sql<Row>`
      select * from room_sanctions where user_id = ${userId} and ${inForce(Date.now())} order by since desc, room_id, kind limit ${MAX_AGAINST}`.execute(db);
    return rows.map(viewOf);
  },
});
