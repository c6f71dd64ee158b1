import type { RoomLog, RoomRef, Shard } from '@parley/domain';
import type { DatabaseSession } from '@parley/postgres';
import { recordTrimmed, untrimmedOf, type RoomResult, type Untrimmed } from '@parley/store-postgres';
import type { RoomId } from '@parley/protocol';
import { CONSUMER, type PersistenceLimits } from './limits.ts';

type Due = Untrimmed & {
  logId: string;
  /** Where the watermark is by now. */
  latest: number;
  /** Taken in, and since when, that `below` was the watermark's. */
  entries: number;
  since: number;
};

/** What is loaded of earlier workers' leavings at a time; the rest comes with the next worker, or the room's next entry. */
const LEFT_OVER = 10_000;

/**
 * Lets go of what was taken in: a room's log strictly below the entry of a watermark, which stays, so that a log once
 * written never looks like one that never was. Not with every batch: a purge costs the log more than an append. And not
 * below the newest watermark but below the one of some while ago: a gateway that is a little behind reads on, instead of
 * asking the store anew, which may be away.
 */
export class Trimmer {
  readonly #log: RoomLog;
  readonly #session: DatabaseSession;
  readonly #limits: PersistenceLimits['trim'];
  readonly #now: () => number;
  readonly #due = new Map<string, Due>();

  constructor(options: { log: RoomLog; session: DatabaseSession; limits: PersistenceLimits['trim']; now: () => number }) {
    this.#log = options.log;
    this.#session = options.session;
    this.#limits = options.limits;
    this.#now = options.now;
  }

  async load(shard: Shard): Promise<void> {
    for (const { ref, below } of await untrimmedOf(this.#session.db, shard, this.#log.id, LEFT_OVER)) this.#note(this.#log.id, ref, below, 1);
  }

  note(roomId: RoomId, { before, after, entries }: RoomResult): void {
    if (!after || entries === 0) return;
    if (before && before.epoch !== after.epoch && before.logId === after.logId) this.#note(before.logId, { roomId, epoch: before.epoch }, before.position, 0);
    this.#note(after.logId, { roomId, epoch: after.epoch }, after.position, entries);
  }

  /** Answers how many logs were trimmed. Throws where log or Postgres is away; what was not trimmed stays due. */
  async trimDue(): Promise<number> {
    const ripe = [...this.#due].filter(([, due]) => due.entries >= this.#limits.entries || this.#now() - due.since >= this.#limits.afterMs).slice(0, this.#limits.roomsAtOnce);
    const done: Untrimmed[] = [];
    try {
      for (const [key, due] of ripe) {
        // A position of one log means nothing in another.
        if (due.logId === this.#log.id) {
          const upTo = await this.#log.purge(due.ref, due.below, CONSUMER);
          if (upTo < due.below) {
            // Another consumer has yet to see the rest.
            this.#due.set(key, { ...(this.#due.get(key) ?? due), entries: 0, since: this.#now() });
            continue;
          }
          done.push(due);
        }
        this.#goOn(key);
      }
    } finally {
      await recordTrimmed(this.#session.db, done);
    }
    return done.length;
  }

  /** What was taken in meanwhile is due from now on. */
  #goOn(key: string): void {
    const due = this.#due.get(key);
    if (due && due.latest > due.below) this.#due.set(key, { ...due, below: due.latest, entries: 0, since: this.#now() });
    else this.#due.delete(key);
  }

  #note(logId: string, ref: RoomRef, below: number, entries: number): void {
    const key = `${ref.roomId}/${ref.epoch}`;
    const before = this.#due.get(key);
    if (before?.logId === logId) this.#due.set(key, { ...before, latest: below, entries: before.entries + entries });
    else this.#due.set(key, { logId, ref, below, latest: below, entries, since: this.#now() });
  }
}
