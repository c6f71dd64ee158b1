import { auditedMessageOf, auditedOf } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { RoomEvent, UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { recordActs } from '../moderation/record-acts.ts';

/** By room and message. */
const authorsOf = async (trx: Kysely<Database>, asked: readonly { roomId: string; messageId: string }[]): Promise<Map<string, UserId>> => {
  if (asked.length === 0) return new Map();
  const { rows } = await sql<{ room_id: string; id: string; by: UserId }>`
    select room_id, id, by from messages
    join unnest(${asked.map(({ roomId }) => roomId)}::text[], ${asked.map(({ messageId }) => messageId)}::text[]) as asked (room_id, id) using (room_id, id)`.execute(trx);
  return new Map(rows.map(({ room_id, id, by }) => [`${room_id}/${id}`, by]));
};

/** After the messages: it asks them for authors. Rows are only added, so a rebuild adds what is missing and doubles nothing. */
export const projectAudit = async (trx: Kysely<Database>, events: readonly RoomEvent[]): Promise<void> => {
  const authors = await authorsOf(trx, events.flatMap((event) => {
    const messageId = auditedMessageOf(event);
    return messageId === null ? [] : [{ roomId: event.roomId, messageId }];
  }));
  await recordActs(trx, events.flatMap((event) => auditedOf(event, (messageId) => authors.get(`${event.roomId}/${messageId}`) ?? null) ?? []));
};
