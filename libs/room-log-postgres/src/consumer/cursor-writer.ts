import { RoomLogError } from '@parley/domain';
import type { DatabaseHandle } from '@parley/postgres';
import { refKey } from '../append-statement.ts';
import type { RoomProgress } from './room-progress.ts';

/** What is to be stored: the progress as it is when its turn comes. */
export type CursorMove = { consumer: string; room: RoomProgress; /** Called once it is stored. */ stored(): void };

/** A cursor only moves forward, whoever writes it. It need not be synced: a lost move means a redelivery. */
const TEXT = `
with unsynced as materialized (select set_config('synchronous_commit', 'off', true))
insert into log_cursors (consumer, room_id, epoch, position, delivered, unsettled)
select moves.consumer, room_id, epoch, position, delivered, unsettled::jsonb
from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[]) as moves (consumer, room_id, epoch, position, delivered, unsettled), unsynced
order by 1, 2, 3
on conflict (consumer, room_id, epoch) do update set position = excluded.position, delivered = excluded.delivered, unsettled = excluded.unsettled
where log_cursors.position <= excluded.position`;

/** Rooms of one statement. What waits is bounded by the consumers' rooms: one move each. */
const BATCH = 500;

/** Writes the cursors of all consumers of a log, what has gathered at a time. */
export class CursorWriter {
  readonly #database: DatabaseHandle;
  readonly #moves = new Map<string, CursorMove>();
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(database: DatabaseHandle) {
    this.#database = database;
  }

  add(move: CursorMove): void {
    this.#moves.set(`${move.consumer}/${refKey(move.room.ref)}`, move);
  }

  /** Resolves once all that was added is stored. After a failure it stays, and is written with the next. */
  flush(): Promise<void> {
    if (this.#next) return this.#next;
    const next = this.#afterRunning(this.#running);
    this.#next = next;
    this.#running = next.catch(() => {});
    return next;
  }

  async #afterRunning(running: Promise<void>): Promise<void> {
    await running;
    this.#next = null;
    await this.#write();
  }

  async #write(): Promise<void> {
    while (this.#moves.size > 0) {
      const batch = [...this.#moves].slice(0, BATCH);
      const moves = batch.map(([, move]) => ({ ...move, version: move.room.version, note: move.room.note() }));
      for (const [key] of batch) this.#moves.delete(key);
      try {
        await this.#database.pool.query({
          name: 'room-log-cursors', text: TEXT,
          values: [
            moves.map(({ consumer }) => consumer), moves.map(({ room }) => room.ref.roomId), moves.map(({ room }) => room.ref.epoch),
            moves.map(({ note }) => note.cursor), moves.map(({ note }) => note.delivered), moves.map(({ note }) => JSON.stringify(note.unsettled)),
          ],
        });
      } catch (cause) {
        for (const [key, move] of batch) if (!this.#moves.has(key)) this.#moves.set(key, move);
        throw new RoomLogError('unavailable', 'the cursor could not be stored', { cause });
      }
      for (const move of moves) {
        move.room.storedVersion = Math.max(move.room.storedVersion, move.version);
        move.stored();
      }
    }
  }
}
