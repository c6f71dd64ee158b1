import { RoomLogError, type Delivery, type Head, type RoomRef, type Shard, type Undecodable } from '@parley/domain';
import { LOCKS, type DatabaseHandle } from '@parley/postgres';
import { refKey } from '../append-statement.ts';
import { decodeEntry } from '../decode-entry.ts';
import type { LogSession } from '../log-session.ts';
import type { CursorWriter } from './cursor-writer.ts';
import { findBehind, loadEntries, type LoadedRow } from './load.ts';
import { RoomProgress, type Handed } from './room-progress.ts';
import { Wake } from './wake.ts';

export type ShardConsumerOptions = {
  name: string;
  shard: Shard;
  ackWaitMs: number;
  maxUnsettled: number;
  pollMs: number;
  database: DatabaseHandle;
  session: LogSession;
  cursors: CursorWriter;
};

/** Rooms in memory, about; the others are found again by looking. */
const ROOMS = 1_000;
/** Rooms of one load. */
const LOAD_ROOMS = 64;
/** Entries of one room from its cursor on, in memory; settled ones without what they hold. */
const ROOM_ENTRIES = 10_000;
/** Of unsettled entries, as they are stored. */
const UNSETTLED_BYTES = 32 * 1024 * 1024;
/** Between two tries where the last failed, or another process has the consumer. */
const RETRY_MS = 500;

type InRoom = { room: RoomProgress; handed: Handed };

/**
 * A named consumer of one shard, as all who fetch from it in this process share it. One process at a time delivers (an
 * advisory lock on the log's session); when it ends, the next goes on from the stored cursors.
 */
export class ShardConsumer {
  readonly #options: ShardConsumerOptions;
  readonly #rooms = new Map<string, RoomProgress>();
  #unsettled = 0;
  #unsettledBytes = 0;
  /** Where the look for rooms that are behind goes on; `null`: from the start; `done`: at `#lookAgainAt`. */
  #lookAfter: RoomRef | null | 'done' = null;
  #lookAgainAt = 0;
  /** A head did not find room in memory. */
  #missed = false;
  #collecting: Promise<unknown> = Promise.resolve();
  readonly #wake = new Wake();
  #closed = false;

  constructor(options: ShardConsumerOptions) {
    this.#options = options;
  }

  /** An append of this shard was stored by this process. */
  noteHead({ roomId, epoch, position }: Head): void {
    const key = refKey({ roomId, epoch });
    const room = this.#rooms.get(key);
    if (room) room.head = Math.max(room.head, position);
    else if (this.#rooms.size < ROOMS) this.#rooms.set(key, new RoomProgress({ roomId, epoch }, position));
    else this.#missed = true;
    this.#wake.now();
  }

  /** Something may have been stored that was not told. */
  lookAgain(): void {
    this.#lookAfter = null;
    this.#wake.now();
  }

  /** What is known belongs to another log. */
  forget(): void {
    this.#rooms.clear();
    this.#unsettled = 0;
    this.#unsettledBytes = 0;
    this.lookAgain();
  }

  async fetch(max: number, waitMs: number): Promise<(Delivery | Undecodable)[]> {
    const deadline = Date.now() + waitMs;
    for (;;) {
      if (this.#closed) throw new RoomLogError('unavailable', 'the consumer is closed');
      const woken = this.#wake.next();
      const collected = this.#collecting.then(() => this.#collect(max));
      this.#collecting = collected.catch(() => {});
      try {
        const found = await collected;
        const left = deadline - Date.now();
        if (found === 'not ours') await this.#wake.sleep(woken, Math.min(left, RETRY_MS));
        else if (found.length > 0) return found;
        else await this.#wake.sleep(woken, Math.min(left, this.#nextDueIn()));
        if (left <= 0) return [];
      } catch (error) {
        // Not at once: whoever fetches in a loop would spin while Postgres is away.
        await this.#wake.sleep(woken, Math.min(deadline - Date.now(), RETRY_MS));
        if (Date.now() >= deadline) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake.now();
    await this.#collecting;
    await this.#options.session.disown(this.#lockName);
  }

  get #lockName(): string {
    return LOCKS.consumer(this.#options.name, this.#options.shard);
  }

  async #collect(max: number): Promise<(Delivery | Undecodable)[] | 'not ours'> {
    if (this.#closed) return [];
    if (!(await this.#options.session.own(this.#lockName))) return 'not ours';
    let handed = this.#due(max);
    if (handed.length === 0) {
      await this.#look();
      handed = await this.#load(max);
    }
    for (const each of handed) {
      each.handed.attempt += 1;
      each.handed.dueAt = Date.now() + this.#options.ackWaitMs;
      this.#note(each.room);
    }
    // Before they are handed out: an attempt that ends the process counts too.
    if (handed.length > 0) await this.#options.cursors.flush();
    return handed.flatMap(({ room, handed }) => this.#delivery(room, handed));
  }

  /** What is due again, oldest first. */
  #due(max: number): InRoom[] {
    if (this.#unsettled === 0) return [];
    const now = Date.now();
    const due: InRoom[] = [];
    for (const room of this.#rooms.values()) {
      for (const handed of room.handed) if (handed.content && handed.dueAt <= now) due.push({ room, handed });
    }
    return due.sort((a, b) => a.handed.dueAt - b.handed.dueAt).slice(0, max);
  }

  /** Finds rooms ahead of their stored cursor that are not in memory: at first, after a loss, and at each poll. */
  async #look(): Promise<void> {
    const { database, name, shard, pollMs } = this.#options;
    if (this.#lookAfter === 'done' && (this.#missed || Date.now() >= this.#lookAgainAt)) this.#lookAfter = null;
    while (this.#lookAfter !== 'done' && this.#rooms.size < ROOMS) {
      const after: RoomRef | null = this.#lookAfter;
      if (after === null) this.#missed = false;
      const found = await findBehind(database, name, shard, after, ROOMS);
      for (const { ref, head } of found) {
        const room = this.#rooms.get(refKey(ref));
        if (room) room.head = Math.max(room.head, head);
        else this.#rooms.set(refKey(ref), new RoomProgress(ref, head));
      }
      // Told meanwhile to look from the start?
      if (this.#lookAfter !== after) continue;
      this.#lookAfter = found.length < ROOMS ? 'done' : found.at(-1)!.ref;
      this.#lookAgainAt = Date.now() + pollMs;
    }
  }

  async #load(max: number): Promise<InRoom[]> {
    const { database, name, session, maxUnsettled } = this.#options;
    const limit = Math.min(max, maxUnsettled - this.#unsettled);
    if (limit <= 0 || this.#unsettledBytes >= UNSETTLED_BYTES) return [];
    const rooms: RoomProgress[] = [];
    for (const room of this.#rooms.values()) {
      if (room.behind && room.handed.length < ROOM_ENTRIES) rooms.push(room);
      if (rooms.length === LOAD_ROOMS) break;
    }
    if (rooms.length === 0) return [];
    const heads = rooms.map(({ head }) => head);
    const { rows, complete } = await loadEntries(database, name, session.logId, rooms.map(({ ref, loaded }) => ({ ref, after: loaded })), limit);
    const taken = rows.flatMap((row) => this.#take(rooms[row.n - 1]!, row));
    for (const [n, room] of rooms.entries()) {
      if (n >= complete) break;
      room.loaded = Math.max(room.loaded ?? 0, heads[n]!);
      // The next load begins with other rooms.
      this.#rooms.delete(refKey(room.ref));
      this.#rooms.set(refKey(room.ref), room);
      this.#dropIfDone(room);
    }
    // All of it may have been settled by an earlier process, out of order.
    return rows.length > 0 && taken.length === 0 ? this.#load(max) : taken;
  }

  #take(room: RoomProgress, row: LoadedRow): InRoom[] {
    if (row.note) {
      room.cursor = row.note.cursor;
      room.recalled = { delivered: row.note.delivered, attempts: new Map(row.note.unsettled) };
    }
    room.loaded = row.last_seq;
    const decoded = decodeEntry(room.ref, row);
    const handed: Handed = {
      position: row.last_seq, content: 'reason' in decoded ? { ...decoded, raw: row.events } : decoded, bytes: row.bytes,
      attempt: room.recalled.attempts.get(row.last_seq) ?? 0, dueAt: 0,
    };
    room.handed.push(handed);
    if (handed.attempt === 0 && row.last_seq <= room.recalled.delivered) {
      handed.content = null;
      room.advance();
      return [];
    }
    this.#unsettled += 1;
    this.#unsettledBytes += row.bytes;
    return [{ room, handed }];
  }

  #delivery(room: RoomProgress, handed: Handed): (Delivery | Undecodable)[] {
    // Settled late, while this was being noted.
    if (!handed.content) return [];
    const { attempt, position } = handed;
    const ack = () => this.#ack(room, handed);
    if ('reason' in handed.content) return [{ entry: null, ...handed.content, position, subject: refKey(room.ref), attempt, ack }];
    const retry = async (delayMs: number) => {
      // Of a delivery that has come again since, the later one decides.
      if (handed.attempt !== attempt) return;
      handed.dueAt = Date.now() + delayMs;
      this.#wake.now();
    };
    return [{ entry: handed.content.entry, ref: room.ref, attempt, ack, retry }];
  }

  async #ack(room: RoomProgress, handed: Handed): Promise<void> {
    if (!handed.content || this.#rooms.get(refKey(room.ref)) !== room) return;
    handed.content = null;
    room.advance();
    this.#unsettled -= 1;
    this.#unsettledBytes -= handed.bytes;
    this.#wake.now();
    this.#note(room);
    await this.#options.cursors.flush();
  }

  #note(room: RoomProgress): void {
    room.version += 1;
    this.#options.cursors.add({ consumer: this.#options.name, room, stored: () => this.#dropIfDone(room) });
  }

  #dropIfDone(room: RoomProgress): void {
    if (room.done && this.#rooms.get(refKey(room.ref)) === room) this.#rooms.delete(refKey(room.ref));
  }

  #nextDueIn(): number {
    let next = this.#missed ? 0 : this.#lookAgainAt;
    if (this.#unsettled > 0) {
      for (const room of this.#rooms.values()) {
        for (const { content, dueAt } of room.handed) if (content) next = Math.min(next, dueAt);
      }
    }
    return Math.max(10, next - Date.now());
  }
}
