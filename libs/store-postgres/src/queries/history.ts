import type { HistoryPage, HistoryQuery } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { Cmid, EventId, MessageView, UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { cutByBytes } from '../bounds.ts';

type MessageRow = {
  seq: number; id: EventId; by: UserId; name: string; at: number; body: string | null; cmid: Cmid | null; edited_at: number | null; deleted_at: number | null;
  hidden_at: number | null; hidden_reason: string | null;
};
type Row = { log_id: string; epoch: number; w_seq: number; position: number; last_id: EventId } & (MessageRow | { seq: null });

const messageView = (row: MessageRow): MessageView => ({
  id: row.id, seq: row.seq, by: row.by, name: row.name, at: row.at, body: row.hidden_at === null ? row.body : null, cmid: row.cmid,
  ...(row.edited_at === null ? {} : { editedAt: row.edited_at }),
  ...(row.deleted_at === null ? {} : { deletedAt: row.deleted_at }),
  ...(row.hidden_at === null ? {} : { hidden: { at: row.hidden_at, reason: row.hidden_reason ?? '' } }),
});

/** One statement, so that watermark and messages are of one snapshot. */
export const history = async (db: Kysely<Database>, { roomId, before, limit }: HistoryQuery): Promise<HistoryPage> => {
  const below = before === undefined ? sql`` : sql`and seq < ${before}`;
  const { rows } = await sql<Row>`
    select w.log_id, w.epoch, w.seq as w_seq, w.position, w.last_id, m.*
    from watermarks w
    left join lateral (
      select seq, id, by, name, at, body, cmid, edited_at, deleted_at, hidden_at, hidden_reason
      from messages where room_id = w.room_id ${below} order by seq desc limit ${limit + 1}
    ) m on true
    where w.room_id = ${roomId} order by m.seq desc`.execute(db);
  const first = rows[0];
  if (!first) return { watermark: null, messages: [], hiddenBodies: [], more: false };
  const found = rows.filter((row): row is Row & MessageRow => row.seq !== null);
  const newestFirst = cutByBytes(found.slice(0, limit));
  return {
    watermark: { logId: first.log_id, epoch: first.epoch, seq: first.w_seq, position: first.position, lastId: first.last_id },
    messages: newestFirst.map(messageView).toReversed(),
    hiddenBodies: newestFirst.flatMap(({ id, hidden_at: hiddenAt, body }): [EventId, string][] => (hiddenAt !== null && body !== null ? [[id, body]] : [])),
    more: found.length > newestFirst.length,
  };
};
