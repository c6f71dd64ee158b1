import { standingChange, type RoomState, type Said, type Sanction } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { RoomEvent, RoomId, UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

type Imposed = Sanction & { seq: number; since: number; by: UserId | null };
/** What the events come to for one user in one room: the last word counts. `undefined`: nothing was said of it. */
type Change = { roomId: RoomId; userId: UserId; mute?: Imposed | null; ban?: Imposed | null; said?: Said | null };

export const standingsOf = (events: readonly RoomEvent[]): Change[] => {
  const changes = new Map<string, Change>();
  for (const event of events) {
    const changed = standingChange(event);
    if (!changed) continue;
    const { roomId, seq, at: since, by } = event;
    const { userId, change: { mute, ban, said } } = changed;
    const known = changes.get(`${roomId}/${userId}`) ?? { roomId, userId };
    changes.set(`${roomId}/${userId}`, {
      ...known,
      ...(mute === undefined ? {} : { mute: mute && { ...mute, seq, since, by } }),
      ...(ban === undefined ? {} : { ban: ban && { ...ban, seq, since, by } }),
      ...(said === undefined ? {} : { said }),
    });
  }
  return [...changes.values()];
};

const projectKind = async (trx: Kysely<Database>, kind: 'mute' | 'ban', changes: readonly Change[]): Promise<void> => {
  const lifted = changes.filter((change) => change[kind] === null);
  const imposed = changes.flatMap(({ roomId, userId, [kind]: sanction }) => (sanction ? [{ roomId, userId, ...sanction }] : []));
  if (lifted.length > 0) {
    await sql`
      delete from room_sanctions using unnest(${lifted.map((row) => row.roomId)}::text[], ${lifted.map((row) => row.userId)}::text[]) as lifted (room_id, user_id)
      where room_sanctions.room_id = lifted.room_id and room_sanctions.user_id = lifted.user_id and kind = ${kind}`.execute(trx);
  }
  if (imposed.length > 0) {
    await sql`
      insert into room_sanctions (room_id, user_id, kind, seq, reason, since, until, by)
      select room_id, user_id, ${kind}, seq, reason, since, until, by
      from unnest(${imposed.map((row) => row.roomId)}::text[], ${imposed.map((row) => row.userId)}::text[], ${imposed.map((row) => row.seq)}::bigint[],
        ${imposed.map((row) => row.reason)}::text[], ${imposed.map((row) => row.since)}::bigint[], ${imposed.map((row) => row.until)}::bigint[],
        ${imposed.map((row) => row.by)}::text[]) as fresh (room_id, user_id, seq, reason, since, until, by)
      on conflict (room_id, user_id, kind) do update
        set seq = excluded.seq, reason = excluded.reason, since = excluded.since, until = excluded.until, by = excluded.by`.execute(trx);
  }
};

/** Only of rooms that are in slow mode when the batch is over: what was said before it was turned on, or while it was before, counts for nothing. */
const projectSaid = async (trx: Kysely<Database>, events: readonly RoomEvent[], changes: readonly Change[], states: ReadonlyMap<RoomId, RoomState>): Promise<void> => {
  const fast = [...new Set(events.flatMap((event) => (event.type === 'room.updated' && event.data.slowModeMs !== undefined && !states.get(event.roomId)?.slow ? [event.roomId] : [])))];
  const forgotten = changes.filter(({ said }) => said === null);
  const said = changes.flatMap(({ roomId, userId, said: last }) => (last && last.seq > (states.get(roomId)?.slow?.since ?? Infinity) ? [{ roomId, userId, ...last }] : []));
  if (fast.length > 0) await trx.deleteFrom('last_said').where('room_id', 'in', fast).execute();
  if (forgotten.length > 0) {
    await sql`
      delete from last_said using unnest(${forgotten.map((row) => row.roomId)}::text[], ${forgotten.map((row) => row.userId)}::text[]) as forgotten (room_id, user_id)
      where last_said.room_id = forgotten.room_id and last_said.user_id = forgotten.user_id`.execute(trx);
  }
  if (said.length > 0) {
    await sql`
      insert into last_said (room_id, user_id, seq, at)
      select * from unnest(${said.map((row) => row.roomId)}::text[], ${said.map((row) => row.userId)}::text[], ${said.map((row) => row.seq)}::bigint[], ${said.map((row) => row.at)}::bigint[])
      on conflict (room_id, user_id) do update set seq = excluded.seq, at = excluded.at`.execute(trx);
  }
};

/** Mutes, bans, and the last messages that slow mode counts from. */
export const projectStandings = async (trx: Kysely<Database>, events: readonly RoomEvent[], states: ReadonlyMap<RoomId, RoomState>): Promise<void> => {
  const changes = standingsOf(events);
  await projectKind(trx, 'mute', changes);
  await projectKind(trx, 'ban', changes);
  await projectSaid(trx, events, changes, states);
};
