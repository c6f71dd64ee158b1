import { RoomLogError, type Position, type RoomRef } from '@parley/domain';
import type { DatabaseHandle } from '@parley/postgres';
import { refKey } from '../append-statement.ts';

export type CursorMove = { consumer: string; ref: RoomRef; position: Position; /** Called once it is stored. */ written(): void };

/** A cursor only moves forward, whoever writes it. It need not be synced: a lost move means a redelivery. */
const TEXT = `
with unsynced as materialized (select set_config('synchronous_commit', 'off', true))
insert into log_cursors (consumer, room_id, epoch, position)
select moves.* from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) as moves (consumer, room_id, epoch, position), unsynced
order by 1, 2, 3
on conflict (consumer, room_id, epoch) do update set position = excluded.position where log_cursors.position < excluded.position`;

/** Rooms of one statement. What waits is bounded by the consumers' rooms: one move each. */
const BATCH = 1_000;

/** Writes the cursors of all consumers of a log, what has gathered at a time. */
export class CursorWriter {
  readonly #database: DatabaseHandle;
  #moves = new Map<string, CursorMove>();
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(database: DatabaseHandle) {
    this.#database = database;
  }

  /** Resolves once stored. After a failure the move stays, and is written with the next. */
  move(move: CursorMove): Promise<void> {
    this.#keep(move);
    return this.flush();
  }

  /** What could not be written while Postgres was away is tried again. */
  flush(): Promise<void> {
    if (this.#next) return this.#next;
    const next = this.#running.then(async () => {
      this.#next = null;
      await this.#write();
    });
    this.#next = next;
    this.#running = next.catch(() => {});
    return next;
  }

  #keep(move: CursorMove): void {
    const key = `${move.consumer}/${refKey(move.ref)}`;
    const kept = this.#moves.get(key);
    if (!kept || kept.position < move.position) this.#moves.set(key, move);
  }

  async #write(): Promise<void> {
    while (this.#moves.size > 0) {
      const moves = [...this.#moves.values()].slice(0, BATCH);
      for (const { consumer, ref } of moves) this.#moves.delete(`${consumer}/${refKey(ref)}`);
      try {
        await this.#database.pool.query({
          name: 'room-log-cursors', text: TEXT,
          values: [moves.map(({ consumer }) => consumer), moves.map(({ ref }) => ref.roomId), moves.map(({ ref }) => ref.epoch), moves.map(({ position }) => position)],
        });
      } catch (cause) {
        for (const move of moves) this.#keep(move);
        throw new RoomLogError('unavailable', 'the cursor could not be stored', { cause });
      }
      for (const move of moves) move.written();
    }
  }
}
