import type { Database } from '@parley/postgres';
import type { Role, RoomEvent, RoomId, UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

type Joined = { roomId: RoomId; userId: UserId; is: 'member'; name: string; role: Role; seq: number };
type Change = Joined | { roomId: RoomId; userId: UserId; is: 'gone' } | { roomId: RoomId; userId: UserId; is: 'given'; role: Role };

/** What the events come to for each member: the last word counts. */
const changesOf = (events: readonly RoomEvent[]): Change[] => {
  const changes = new Map<string, Change>();
  for (const event of events) {
    if (event.type !== 'member.joined' && event.type !== 'member.left' && event.type !== 'member.role_changed') continue;
    const { roomId, seq } = event;
    const { userId } = event.data;
    const key = `${roomId}/${userId}`;
    if (event.type === 'member.joined') changes.set(key, { roomId, userId, is: 'member', name: event.data.name, role: event.data.role, seq });
    else if (event.type === 'member.left') changes.set(key, { roomId, userId, is: 'gone' });
    else {
      const before = changes.get(key);
      if (before?.is === 'member') changes.set(key, { ...before, role: event.data.role });
      else if (before?.is !== 'gone') changes.set(key, { roomId, userId, is: 'given', role: event.data.role });
    }
  }
  return [...changes.values()];
};

export const projectMembers = async (trx: Kysely<Database>, events: readonly RoomEvent[]): Promise<void> => {
  const changes = changesOf(events);
  const gone = changes.filter((change) => change.is === 'gone');
  const joined = changes.filter((change) => change.is === 'member');
  const given = changes.filter((change) => change.is === 'given');
  if (gone.length > 0) {
    await sql`
      delete from members using unnest(${gone.map((change) => change.roomId)}::text[], ${gone.map((change) => change.userId)}::text[]) as gone (room_id, user_id)
      where members.room_id = gone.room_id and members.user_id = gone.user_id`.execute(trx);
  }
  if (joined.length > 0) {
    await sql`
      insert into members (room_id, user_id, name, role, joined_seq)
      select * from unnest(${joined.map((change) => change.roomId)}::text[], ${joined.map((change) => change.userId)}::text[], ${joined.map((change) => change.name)}::text[],
        ${joined.map((change) => change.role)}::text[], ${joined.map((change) => change.seq)}::bigint[])
      on conflict (room_id, user_id) do update set name = excluded.name, role = excluded.role, joined_seq = excluded.joined_seq`.execute(trx);
  }
  if (given.length > 0) {
    await sql`
      update members set role = given.role
      from unnest(${given.map((change) => change.roomId)}::text[], ${given.map((change) => change.userId)}::text[], ${given.map((change) => change.role)}::text[]) as given (room_id, user_id, role)
      where members.room_id = given.room_id and members.user_id = given.user_id`.execute(trx);
  }
};
