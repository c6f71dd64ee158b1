import type { Database } from '@parley/postgres';
import { sql, type Kysely } from 'kysely';
import type { ArrivedEntry } from './result.ts';

export const insertEntries = async (trx: Kysely<Database>, logId: string, entries: readonly ArrivedEntry[]): Promise<void> => {
  if (entries.length === 0) return;
  await sql`
    insert into log_entries (room_id, epoch, first_seq, last_seq, log_id, position, prev_id, events)
    select room_id, epoch, first_seq, last_seq, ${logId}, position, prev_id, events::json
    from unnest(${entries.map(({ ref }) => ref.roomId)}::text[], ${entries.map(({ ref }) => ref.epoch)}::bigint[], ${entries.map(({ entry }) => entry.events[0]!.seq)}::bigint[],
      ${entries.map(({ entry }) => entry.events.at(-1)!.seq)}::bigint[], ${entries.map(({ entry }) => entry.position)}::bigint[], ${entries.map(({ entry }) => entry.prevId)}::text[],
      ${entries.map(({ entry }) => JSON.stringify(entry.events))}::text[]) as fresh (room_id, epoch, first_seq, last_seq, position, prev_id, events)
    on conflict do nothing`.execute(trx);
};
