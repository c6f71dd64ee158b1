import { RoomLogError, type Head } from '@parley/domain';
import type { RoomId } from '@parley/protocol';
import { appendError, isOneEntrysFault } from './append-error.ts';
import { appendStatement, refKey, type PendingAppend } from './append-statement.ts';
import type { LogSession } from './log-session.ts';
import { FLUSH_BYTES, FLUSH_ENTRIES, QUEUE_BYTES, QUEUE_ENTRIES } from './options.ts';

/**
 * Takes what waits into one statement and one commit at a time; while that is under way the next ones gather. (Two at a time
 * were measured: a tenth faster over 16 rooms, and nothing over 64, for heads that no longer come in the order of commits.)
 */
export class Flusher {
  readonly #session: LogSession;
  readonly #onStored: ((head: Head) => void) | null;
  #waiting: PendingAppend[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | null = null;

  /** `onStored` `null`: heads are notified by the database instead. */
  constructor(session: LogSession, onStored: ((head: Head) => void) | null) {
    this.#session = session;
    this.#onStored = onStored;
    session.onLive((live) => { if (!live) this.#refuseWaiting(); });
  }

  add(append: PendingAppend): void {
    if (!this.#session.live) throw new RoomLogError('unavailable', 'Postgres cannot be reached');
    if (this.#waiting.length >= QUEUE_ENTRIES || this.#waitingBytes + append.bytes > QUEUE_BYTES) throw new RoomLogError('unavailable', 'too many appends are waiting');
    this.#waiting.push(append);
    this.#waitingBytes += append.bytes;
    this.#running ??= this.#run();
  }

  async drain(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // What is appended in the same turn of the event loop shares the first flush.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#flush(this.#take());
    // In the same turn as the last look at what waits: an append in between would be left lying.
    this.#running = null;
  }

  /** The oldest of each log, as many as fit. */
  #take(): PendingAppend[] {
    const batch: PendingAppend[] = [];
    const logs = new Set<string>();
    let bytes = 0;
    const left: PendingAppend[] = [];
    for (const append of this.#waiting) {
      const key = refKey(append.ref);
      const fits = batch.length === 0 || (batch.length < FLUSH_ENTRIES && bytes + append.bytes <= FLUSH_BYTES);
      if (fits && !logs.has(key)) {
        batch.push(append);
        bytes += append.bytes;
      } else left.push(append);
      logs.add(key);
    }
    this.#waiting = left;
    this.#waitingBytes -= bytes;
    return batch;
  }

  async #flush(batch: PendingAppend[]): Promise<void> {
    let stored: Set<string>;
    try {
      stored = await this.#session.run(async (client) => {
        const { rows } = await client.query<{ room_id: RoomId; epoch: number }>(appendStatement(this.#session.logId, this.#onStored === null, batch));
        return new Set(rows.map((row) => refKey({ roomId: row.room_id, epoch: row.epoch })));
      });
    } catch (error) {
      if (batch.length > 1 && isOneEntrysFault(error)) {
        for (const append of batch) await this.#flush([append]);
        return;
      }
      const reason = appendError(error);
      for (const append of batch) append.reject(reason);
      return;
    }
    for (const append of batch) {
      if (stored.has(refKey(append.ref))) append.resolve(append.lastSeq);
      else append.reject(new RoomLogError('conflict', `the last entry is not at ${append.expected}`));
    }
    if (!this.#onStored) return;
    for (const { ref, firstSeq, lastSeq } of batch) {
      if (stored.has(refKey(ref))) this.#onStored({ roomId: ref.roomId, epoch: ref.epoch, firstSeq, seq: lastSeq, position: lastSeq });
    }
  }

  #refuseWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const append of waiting) append.reject(new RoomLogError('unavailable', 'Postgres went away before the append was sent'));
  }
}
