import type { RoomState } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { RoomEvent, RoomId, UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { standingsOf } from '../project/standings.ts';
import { TooMuch } from './too-much.ts';
import type { Findings } from './findings.ts';

type Imposed = { user_id: UserId; kind: 'mute' | 'ban'; seq: number; reason: string; since: number; until: number | null; by: UserId | null };
type LastSaid = { user_id: UserId; seq: number; at: number };

const PAGE = 5_000;
const keyOf = ({ user_id: userId, kind }: Pick<Imposed, 'user_id' | 'kind'>): string => `${userId} ${kind}`;

/** Compares the projected mutes, bans and last messages with what the events come to. Holds those of the room. */
export class StandingsCheck {
  readonly #imposed = new Map<string, Imposed>();
  readonly #said = new Map<UserId, LastSaid>();
  readonly #maxHeld: number;

  constructor(maxHeld: number) {
    this.#maxHeld = maxHeld;
  }

  /** `state`: before the event. Throws {@link TooMuch}. */
  take(event: RoomEvent, state: RoomState | null): void {
    // What was said while there was no slow mode counts for nothing.
    if (event.type === 'message.created' && !state?.slow) return;
    for (const { userId, said, ...change } of standingsOf([event])) {
      for (const kind of ['mute', 'ban'] as const) {
        const row = change[kind];
        if (row === null) this.#imposed.delete(keyOf({ user_id: userId, kind }));
        else if (row) this.#imposed.set(keyOf({ user_id: userId, kind }), { user_id: userId, kind, ...row });
      }
      if (said === null) this.#said.delete(userId);
      else if (said) this.#said.set(userId, { user_id: userId, ...said });
    }
    if (this.#imposed.size + this.#said.size > this.#maxHeld) throw new TooMuch(`more than ${this.#maxHeld} sanctions, or speakers in slow mode, in one room`);
  }

  async end(db: Kysely<Database>, roomId: RoomId, state: RoomState | null, findings: Findings): Promise<void> {
    await this.#checkImposed(db, roomId, findings);
    if (state?.slow) await this.#checkSaid(db, roomId, state.slow.since, findings);
  }

  async #checkImposed(db: Kysely<Database>, roomId: RoomId, findings: Findings): Promise<void> {
    for (let after = { user_id: '', kind: '' }; ;) {
      const { rows } = await sql<Imposed>`
        select user_id, kind, seq, reason, since, until, by from room_sanctions
        where room_id = ${roomId} and (user_id, kind) > (${after.user_id}, ${after.kind}) order by user_id, kind limit ${PAGE}`.execute(db);
      for (const row of rows) {
        const expected = this.#imposed.get(keyOf(row));
        this.#imposed.delete(keyOf(row));
        if (!expected) findings.add('sanction_unknown', `${row.kind} of ${row.user_id}`, { seq: row.seq });
        else if (row.seq !== expected.seq || row.reason !== expected.reason || row.since !== expected.since || row.until !== expected.until || row.by !== expected.by) {
          findings.add('sanction_differs', `${row.kind} of ${row.user_id}`, { seq: expected.seq });
        }
      }
      const last = rows.at(-1);
      if (!last) break;
      after = last;
    }
    for (const { user_id: userId, kind, seq } of this.#imposed.values()) findings.add('sanction_missing', `${kind} of ${userId}`, { seq });
  }

  async #checkSaid(db: Kysely<Database>, roomId: RoomId, since: number, findings: Findings): Promise<void> {
    const { rows } = await sql<LastSaid>`select user_id, seq, at from last_said where room_id = ${roomId} and seq > ${since}`.execute(db);
    const shown = new Map(rows.map((row) => [row.user_id, row]));
    for (const { user_id: userId, seq, at } of this.#said.values()) {
      const row = shown.get(userId);
      shown.delete(userId);
      if (seq > since && (row?.seq !== seq || row.at !== at)) findings.add('last_said_differs', `user ${userId}`, { seq });
    }
    for (const { user_id: userId, seq } of shown.values()) findings.add('last_said_differs', `user ${userId}`, { seq });
  }
}
