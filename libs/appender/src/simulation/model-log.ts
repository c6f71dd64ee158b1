import type { LogEntry, LogPage, NewEntry, Position, RoomLog, RoomRef } from '@parley/domain';
import type { After, RoomEvent } from '@parley/protocol';
import type { Owner, Schedule } from './schedule.ts';
import type { System } from './system.ts';

/** How likely each fate of an append is; what remains is that it goes well. */
export type AppendFates = {
  /** It is certain that it was not stored. */
  refused: number;
  /** Stored, but the answer is lost. */
  answerLost: number;
  /** Given up, while it lies in some buffer: lands late or never. */
  asleep: number;
};

/** The log of one room, as the servers have it. */
export class ModelLog {
  id = 'log-0';
  /** Every event ever stored, in the order in which it was: what the checker goes by. */
  readonly truth: RoomEvent[] = [];
  /** Every place the log's end ever was, also those that were lost since: what clients may know. */
  readonly ends: After[] = [];
  readonly #schedule: Schedule;
  readonly #system: System;
  readonly fates: AppendFates;
  #epochs = new Map<number, LogEntry[]>();
  #position = 0;
  readonly #notices: (() => void)[] = [];

  constructor(schedule: Schedule, system: System, fates: AppendFates) {
    this.#schedule = schedule;
    this.#system = system;
    this.fates = fates;
  }

  entries(epoch: number): LogEntry[] {
    let entries = this.#epochs.get(epoch);
    if (!entries) this.#epochs.set(epoch, (entries = []));
    return entries;
  }

  /** All of them, in the order of the log. */
  *all(): Iterable<LogEntry> {
    for (const epoch of [...this.#epochs.keys()].sort((a, b) => a - b)) yield* this.entries(epoch);
  }

  store(logId: string, ref: RoomRef, entry: NewEntry, expected: Position): Position {
    if (logId !== this.id) throw new this.#system.RoomLogError('unavailable', 'another log');
    const entries = this.entries(ref.epoch);
    if ((entries.at(-1)?.position ?? 0) !== expected) throw new this.#system.RoomLogError('conflict', 'not the last');
    // As on a stream that holds other rooms too: rising, not dense.
    this.#position += 1 + this.#schedule.below(2);
    entries.push({ ...entry, position: this.#position });
    this.truth.push(...entry.events);
    for (const { epoch, seq } of entry.events) this.ends.push({ epoch, seq });
    return this.#position;
  }

  read(logId: string, ref: RoomRef, from: Position, limit: number): LogPage {
    if (logId !== this.id) throw new this.#system.RoomLogError('unavailable', 'another log');
    const entries = this.entries(ref.epoch).filter(({ position }) => position >= from);
    return { entries: entries.slice(0, limit), atEnd: entries.length <= limit };
  }

  /** Strictly below, unless a mutant wants otherwise. */
  purge(epoch: number, below: Position, inclusive: boolean): void {
    this.#epochs.set(epoch, this.entries(epoch).filter(({ position }) => position > below || (!inclusive && position === below)));
  }

  /** Another log takes over: empty, with positions of its own. */
  become(id: string): void {
    this.id = id;
    this.#epochs = new Map();
    this.#position = 0;
    for (const notice of this.#notices) notice();
  }

  /** The log as one gateway reaches it. */
  connect(owner: Owner): RoomLog {
    const schedule = this.#schedule;
    const { RoomLogError } = this.#system;
    let id = this.id;
    const unused = () => { throw new Error('not part of the model'); };
    // A gateway learns that the log is another when its connection tells so, or from an answer.
    this.#notices.push(() => schedule.later(owner, schedule.delay(), () => { id = this.id; }));
    const within = <T>(serve: () => T): T => {
      try {
        return serve();
      } finally {
        id = this.id;
      }
    };
    return {
      get id() { return id; },
      headsLive: true,
      append: (ref, entry, expected) => {
        const logId = id;
        const land = () => within(() => this.store(logId, ref, entry, expected));
        const fate = schedule.random();
        const { refused, answerLost, asleep } = this.fates;
        if (fate < refused) return schedule.call(owner, () => { throw new RoomLogError('unavailable', 'not sent'); });
        if (fate < refused + answerLost) {
          return schedule.call(owner, () => {
            try { land(); } catch { /* Lost with the answer. */ }
            throw new RoomLogError('unknown_outcome', 'no answer');
          });
        }
        if (fate < refused + answerLost + asleep) {
          if (schedule.chance(0.8)) schedule.later(null, 3 + schedule.below(schedule.chance(0.3) ? 150 : 30), () => { try { land(); } catch { /* Nobody waits for it. */ } });
          return schedule.call(owner, () => { throw new RoomLogError('unknown_outcome', 'timed out'); });
        }
        return schedule.call(owner, land);
      },
      read: (ref, from, limit = 500) => {
        const logId = id;
        if (schedule.chance(this.fates.refused)) return schedule.call(owner, () => { throw new RoomLogError('unavailable', 'no answer'); });
        return schedule.call(owner, () => within(() => this.read(logId, ref, from, limit)));
      },
      purge: unused, watchHeads: unused, onHeadsLive: unused, consumer: unused, close: unused,
    };
  }
}
