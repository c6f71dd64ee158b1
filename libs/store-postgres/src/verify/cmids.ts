import { cmidKey } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { RoomEvent, RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { findCmids } from '../queries/find-cmids.ts';
import type { Findings } from './findings.ts';

/**
 * Compares the table of commands with the events as they pass: each command is there and leads to the first event it caused.
 * Each row that does is counted once, so a row more than that came from no event.
 */
export class CmidsCheck {
  checked = 0;

  async take(db: Kysely<Database>, roomId: RoomId, events: readonly RoomEvent[], findings: Findings): Promise<void> {
    const caused = events.flatMap(({ by, cmid, ...event }) => (cmid === null ? [] : [{ ...event, by, cmid }]));
    const known = await findCmids(db, roomId, caused);
    const firstsHere = new Set<string>();
    for (const { by, cmid, epoch, seq, id } of caused) {
      const key = cmidKey(by, cmid);
      const row = known.get(key);
      const isFirstHere = !firstsHere.has(key);
      firstsHere.add(key);
      if (!row) {
        if (isFirstHere) findings.add('cmid_missing', `${by ?? 'the system'}'s command ${cmid}`, { epoch, seq });
      } else if (row.seq === seq) {
        this.checked += 1;
        if (row.id !== id || row.epoch !== epoch) findings.add('cmid_differs', `${by ?? 'the system'}'s command ${cmid}: event ${row.epoch}/${row.seq} ${row.id}`, { epoch, seq });
      } else if (isFirstHere && row.seq > seq) {
        // One that leads further back may be right: the same command caused several events.
        findings.add('cmid_differs', `${by ?? 'the system'}'s command ${cmid}: event ${row.seq}, and it caused this one before`, { epoch, seq });
      }
    }
  }

  async end(db: Kysely<Database>, roomId: RoomId, findings: Findings): Promise<void> {
    const { rows } = await sql<{ count: number }>`select count(*) as count from cmids where room_id = ${roomId}`.execute(db);
    const more = (rows[0]?.count ?? 0) - this.checked;
    if (more > 0 && !findings.has('cmid_differs')) findings.add('cmid_unknown', `${more} rows`);
  }
}
