import { CONTEXT_MESSAGES, isDirect } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { CaseView, ContextMessage, EventId, RoomId, UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { cutByBytes } from '../bounds.ts';

/** With the reports and the frame round both, one answer stays below what NATS carries. */
const CONTEXT_BYTES = 320 * 1024;
/** How far back the words of a reported user are looked for. */
const LOOK_BACK_MESSAGES = 1_000;

const COLUMNS = sql`id, seq, by, name, at, body, hidden_at is not null as hidden`;

const roundMessage = async (db: Kysely<Database>, roomId: RoomId, messageId: EventId): Promise<ContextMessage[]> => {
  const around = isDirect(roomId) ? CONTEXT_MESSAGES.direct : CONTEXT_MESSAGES.room;
  const { rows } = await sql<ContextMessage>`
    with reported as (select seq from messages where room_id = ${roomId} and id = ${messageId})
    (select ${COLUMNS} from messages where room_id = ${roomId} and seq <= (select seq from reported) order by seq desc limit ${around + 1})
    union all
    (select ${COLUMNS} from messages where room_id = ${roomId} and seq > (select seq from reported) order by seq limit ${around})`.execute(db);
  return rows;
};

const newestOf = async (db: Kysely<Database>, roomId: RoomId, userId: UserId): Promise<ContextMessage[]> => {
  const { rows } = await sql<ContextMessage>`
    select ${COLUMNS} from (select * from messages where room_id = ${roomId} order by seq desc limit ${LOOK_BACK_MESSAGES}) as recent
    where by = ${userId} order by seq desc limit ${CONTEXT_MESSAGES.room}`.execute(db);
  return rows;
};

/**
 * The message in question with those round it; of a reported user, what they said last. In a direct room only what one of the two has
 * shown by reporting it, and little round it. Ascending; where bodies are long, the nearest only.
 */
export const contextOf = async (db: Kysely<Database>, { roomId, messageId, userId }: CaseView): Promise<ContextMessage[]> => {
  if (messageId === null) return isDirect(roomId) ? [] : ascending(cutByBytes(await newestOf(db, roomId, userId), CONTEXT_BYTES));
  const found = await roundMessage(db, roomId, messageId);
  const centre = found.find(({ id }) => id === messageId)?.seq ?? 0;
  return ascending(cutByBytes(found.toSorted((a, b) => Math.abs(a.seq - centre) - Math.abs(b.seq - centre)), CONTEXT_BYTES));
};

const ascending = (messages: ContextMessage[]): ContextMessage[] => messages.toSorted((a, b) => a.seq - b.seq);
