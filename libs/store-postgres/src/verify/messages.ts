import { createHash } from 'node:crypto';
import type { Database } from '@parley/postgres';
import { foldMessages, type EventId, type HiddenBodies, type MessageView, type RoomEvent, type RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { TooMuch } from './too-much.ts';
import type { Findings } from './findings.ts';

type Row = { seq: number; id: EventId; by: string; name: string; at: number; body: string | null; cmid: string | null; edited_at: number | null; deleted_at: number | null; hidden_at: number | null; hidden_reason: string | null };
/** A message that was edited, deleted or hidden, by the archive so far and by the projection; of bodies only what tells them apart. */
type Edited = { seq: number; expected: MessageView; hidden: HiddenBodies; row: Row };

const hashOf = (body: string): string => createHash('sha256').update(body).digest('base64');
const hashedRow = (row: Row): Row => ({ ...row, body: row.body === null ? null : hashOf(row.body) });

type Change = Extract<RoomEvent, { type: 'message.edited' | 'message.deleted' | 'message.hidden' | 'message.restored' }>;

const FIXED = ['id', 'by', 'name', 'at', 'cmid'] as const;

/** Compares the projected messages with the archive's events as they pass. Holds only what was edited or deleted. */
export class MessagesCheck {
  checked = 0;
  readonly #db: Kysely<Database>;
  readonly #roomId: RoomId;
  readonly #findings: Findings;
  readonly #maxHeld: number;
  readonly #edited = new Map<EventId, Edited>();
  /** Hidden by the events so far, of those that the projection shows as they were said: each has to be restored. */
  readonly #hidden = new Map<EventId, number>();
  #through = 0;

  constructor(db: Kysely<Database>, roomId: RoomId, findings: Findings, maxHeld: number) {
    this.#db = db;
    this.#roomId = roomId;
    this.#findings = findings;
    this.#maxHeld = maxHeld;
  }

  /** Ascending, up to and with `through`. Throws {@link TooMuch}. */
  async take(events: readonly RoomEvent[], through: number): Promise<void> {
    const rows = new Map((await this.#rows(this.#through, through)).map((row) => [row.seq, row]));
    this.#through = Math.max(this.#through, through);
    for (const event of events) {
      if (event.type === 'message.created' && event.by) this.#created(event, rows.get(event.seq));
      else if ('messageId' in event.data) this.#changed(event as Change);
      if (event.type === 'message.created') rows.delete(event.seq);
    }
    for (const row of rows.values()) this.#findings.add('message_unknown', `message ${row.id}`, { seq: row.seq });
    if (this.#edited.size + this.#hidden.size > this.#maxHeld) throw new TooMuch(`more than ${this.#maxHeld} messages of one room were edited, deleted or hidden`);
  }

  async end(): Promise<void> {
    for (const { seq, expected, hidden, row } of this.#edited.values()) {
      const body = expected.body ?? hidden.get(expected.id) ?? null;
      const same = body === row.body && (expected.editedAt ?? null) === row.edited_at && (expected.deletedAt ?? null) === row.deleted_at &&
        (expected.hidden?.at ?? null) === row.hidden_at && (expected.hidden?.reason ?? null) === row.hidden_reason;
      if (!same) this.#findings.add('message_differs', `message ${row.id}: its edits, its deletion or its hide`, { seq });
    }
    for (const [id, seq] of this.#hidden) this.#findings.add('message_differs', `message ${id}: it does not show this hide`, { seq });
    for (const row of await this.#rows(this.#through, Number.MAX_SAFE_INTEGER, 1_000)) this.#findings.add('message_unknown', `message ${row.id}, beyond the watermark`, { seq: row.seq });
  }

  #created(event: RoomEvent & { type: 'message.created' }, row: Row | undefined): void {
    this.checked += 1;
    if (!row) return this.#findings.add('message_missing', `message ${event.id}`, { epoch: event.epoch, seq: event.seq });
    const expected = foldMessages(new Map(), [event]).get(event.id)!;
    const other = FIXED.filter((field) => expected[field] !== row[field]);
    if (other.length > 0) return this.#findings.add('message_differs', `message ${event.id}: ${other.join(', ')}`, { epoch: event.epoch, seq: event.seq });
    if (row.edited_at !== null || row.deleted_at !== null || row.hidden_at !== null) {
      this.#edited.set(event.id, { seq: event.seq, expected: { ...expected, body: hashOf(event.data.body) }, hidden: new Map(), row: hashedRow(row) });
    } else if (row.body !== event.data.body) this.#findings.add('message_differs', `message ${event.id}: body`, { epoch: event.epoch, seq: event.seq });
  }

  #changed(event: Change): void {
    const { messageId } = event.data;
    const known = this.#edited.get(messageId);
    const place = { epoch: event.epoch, seq: event.seq };
    // Of a message that is missing, that was told.
    if (!known && this.#findings.has('message_missing')) return;
    if (!known && event.type === 'message.hidden') return void this.#hidden.set(messageId, event.seq);
    if (!known && event.type === 'message.restored') return void this.#hidden.delete(messageId);
    if (!known) return this.#findings.add('message_differs', `message ${messageId}: it does not show this ${event.type === 'message.edited' ? 'edit' : 'deletion'}`, place);
    const hashed = event.type === 'message.edited' ? { ...event, data: { ...event.data, body: hashOf(event.data.body) } } : event;
    known.expected = foldMessages(new Map([[known.expected.id, known.expected]]), [hashed], known.hidden).get(known.expected.id)!;
  }

  async #rows(after: number, through: number, limit: number | null = null): Promise<Row[]> {
    const { rows } = await sql<Row>`
      select seq, id, by, name, at, body, cmid, edited_at, deleted_at, hidden_at, hidden_reason from messages
      where room_id = ${this.#roomId} and seq > ${after} and seq <= ${through} order by seq limit ${limit}`.execute(this.#db);
    return rows;
  }
}
