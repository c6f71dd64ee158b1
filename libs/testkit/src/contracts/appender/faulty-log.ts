import { RoomLogError, type ConsumerOptions, type Head, type LogConsumer, type LogPage, type NewEntry, type Position, type RoomLog, type RoomRef, type Unwatch } from '@parley/domain';
import type { RoomId } from '@parley/protocol';

/** What becomes of the next append. */
export type Fate = 'answer_lost' | 'asleep' | 'refused';

/** A connection to a real log that loses what it is told to lose: the cut comes at the very place, each time. */
export class FaultyLog implements RoomLog {
  readonly #log: RoomLog;
  readonly #fates: Fate[] = [];
  readonly #asleep: (() => Promise<Position>)[] = [];
  #held: { reached: () => void; until: Promise<void> } | null = null;
  appends = 0;

  constructor(log: RoomLog) {
    this.#log = log;
  }

  get id(): string {
    return this.#log.id;
  }

  get headsLive(): boolean {
    return this.#log.headsLive;
  }

  next(...fates: Fate[]): void {
    this.#fates.push(...fates);
  }

  /** The next append waits before it is sent: resolves once it is there, with what lets it go on. */
  hold(): { reached: Promise<void>; release: () => void } {
    const reached = Promise.withResolvers<void>();
    const until = Promise.withResolvers<void>();
    this.#held = { reached: reached.resolve, until: until.promise };
    return { reached: reached.promise, release: until.resolve };
  }

  /** Sends what had been left lying in a buffer. */
  async wake(): Promise<('stored' | 'conflict')[]> {
    const outcomes = await Promise.allSettled(this.#asleep.splice(0).map((send) => send()));
    return outcomes.map((outcome) => {
      if (outcome.status === 'fulfilled') return 'stored';
      if (outcome.reason instanceof RoomLogError && outcome.reason.code === 'conflict') return 'conflict';
      throw outcome.reason as Error;
    });
  }

  async append(ref: RoomRef, entry: NewEntry, expected: Position): Promise<Position> {
    this.appends += 1;
    const held = this.#held;
    this.#held = null;
    if (held) {
      held.reached();
      await held.until;
    }
    const fate = this.#fates.shift();
    if (fate === 'refused') throw new RoomLogError('unavailable', 'not sent');
    if (fate === 'asleep') {
      this.#asleep.push(() => this.#log.append(ref, entry, expected));
      throw new RoomLogError('unknown_outcome', 'no answer in time');
    }
    const position = await this.#log.append(ref, entry, expected);
    if (fate === 'answer_lost') throw new RoomLogError('unknown_outcome', 'the connection was cut');
    return position;
  }

  read(ref: RoomRef, from: Position, limit?: number): Promise<LogPage> {
    return this.#log.read(ref, from, limit);
  }

  purge(ref: RoomRef, below: Position): Promise<Position> {
    return this.#log.purge(ref, below);
  }

  watchHeads(roomId: RoomId, listener: (head: Head) => void): Promise<Unwatch> {
    return this.#log.watchHeads(roomId, listener);
  }

  onHeadsLive(listener: (live: boolean) => void): Unwatch {
    return this.#log.onHeadsLive(listener);
  }

  consumer(options: ConsumerOptions): Promise<LogConsumer> {
    return this.#log.consumer(options);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
