import type { DeadLetter, RoomState } from '@parley/domain';
import { isUnavailable, type Database } from '@parley/postgres';
import type { RoomEvent, RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import type { Projection } from './projection.ts';

export type ProjectOptions = {
  projections: readonly Projection[];
  /** Resolves once the letter is durable. */
  putLetter: (letter: DeadLetter) => Promise<void>;
  now: () => number;
};

export const PROJECTION_CONSUMER = 'persistence';

const letterOf = (event: RoomEvent, error: unknown, now: number): DeadLetter => ({
  id: `projection:${event.roomId}:${event.epoch}:${event.seq}:${event.id}`,
  consumer: PROJECTION_CONSUMER,
  source: `${event.roomId}/${event.epoch}/${event.seq}`,
  reason: error instanceof Error ? error.message : String(error),
  payload: JSON.stringify(event),
  at: now,
});

const SAVEPOINT = 'projected';

/**
 * All at once; if that fails, the halves one after the other, down to the one event that fails, which becomes a dead
 * letter while the rest goes on. Answers how many did. Throws where Postgres is away.
 */
export const project = async (trx: Kysely<Database>, events: readonly RoomEvent[], states: ReadonlyMap<RoomId, RoomState>, options: ProjectOptions): Promise<number> => {
  if (events.length === 0) return 0;
  await sql`savepoint ${sql.ref(SAVEPOINT)}`.execute(trx);
  try {
    for (const projection of options.projections) await projection.apply(trx, events, states);
    await sql`release savepoint ${sql.ref(SAVEPOINT)}`.execute(trx);
    return 0;
  } catch (error) {
    if (isUnavailable(error)) throw error;
    await sql`rollback to savepoint ${sql.ref(SAVEPOINT)}`.execute(trx);
    await sql`release savepoint ${sql.ref(SAVEPOINT)}`.execute(trx);
    const [only] = events;
    if (events.length === 1 && only) {
      // Before the commit: rather a letter about an event that is tried again than none.
      await options.putLetter(letterOf(only, error, options.now()));
      return 1;
    }
  }
  const middle = Math.ceil(events.length / 2);
  return (await project(trx, events.slice(0, middle), states, options)) + (await project(trx, events.slice(middle), states, options));
};
