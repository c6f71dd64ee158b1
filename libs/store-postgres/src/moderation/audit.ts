import type { AuditQuery } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { AuditEntry } from '@parley/protocol';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { cutByBytes } from '../bounds.ts';

const COLUMNS = sql`id, at, act, by, room_id as "roomId", user_id as "userId", message_id as "messageId", reason, detail, until`;

/** Where a page ends: `at` and `id` of its last entry. */
const cursorOf = ({ at, id }: AuditEntry): string => `${at}.${id}`;
const placeOf = (cursor: string): { at: number; id: string } | null => {
  const [, at, id] = /^(\d{1,16})\.(.+)$/.exec(cursor) ?? [];
  return at === undefined || id === undefined ? null : { at: Number(at), id };
};

const conditionsOf = ({ roomId, by, userId, act, text, from, until, before }: AuditQuery): RawBuilder<unknown>[] => {
  const place = before === undefined ? undefined : placeOf(before);
  return [
    roomId === undefined ? null : sql`room_id = ${roomId}`,
    by === undefined ? null : sql`by = ${by}`,
    userId === undefined ? null : sql`user_id = ${userId}`,
    act === undefined ? null : sql`act = ${act}`,
    text === undefined || text.trim() === '' ? null : sql`to_tsvector('simple', reason) @@ plainto_tsquery('simple', ${text})`,
    from === undefined ? null : sql`at >= ${from}`,
    until === undefined ? null : sql`at < ${until}`,
    // Not a cursor of ours: as one behind the last entry.
    place === undefined ? null : place === null ? sql`false` : sql`(at, id) < (${place.at}, ${place.id})`,
  ].filter((condition) => condition !== null);
};

/** By keys instead of offsets: a page costs the same however far back it is. */
export const auditStatement = (query: AuditQuery): RawBuilder<AuditEntry> => {
  const conditions = conditionsOf(query);
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
  return sql<AuditEntry>`select ${COLUMNS} from audit ${where} order by at desc, id desc limit ${query.limit + 1}`;
};

export const audit = async (db: Kysely<Database>, query: AuditQuery): Promise<{ entries: AuditEntry[]; next: string | null }> => {
  const { rows } = await auditStatement(query).execute(db);
  const entries = cutByBytes(rows.slice(0, query.limit));
  return { entries, next: rows.length > entries.length ? cursorOf(entries.at(-1)!) : null };
};
