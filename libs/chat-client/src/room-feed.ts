import type { CommandInput, CommandResponse, RoomEvent, RoomId } from '@parley/protocol';
import { Backoff } from './backoff.ts';
import { asChatError, localError, type ChatError } from './errors.ts';
import { checkEvents } from './incoming.ts';
import type { Timings } from './options.ts';
import { RoomCursor } from './room-cursor.ts';
import type { Scope } from './scope.ts';

export type FeedOptions = {
  roomId: RoomId;
  sync: (request: CommandInput<'room:sync'>) => Promise<CommandResponse<'room:sync'>>;
  timings: Timings;
  random: () => number;
  validate: boolean;
  /** In order, each once. */
  onApplied: (events: RoomEvent[]) => void;
  /** The cursor is of no more use: load the room anew. */
  onReload: () => void;
  /** The room may not be heard any more. */
  onRefused: (error: ChatError) => void;
};

/** Follows one room: applies hints in order and asks for what is missing. Hints come at any time, syncs only within a connection's scope. */
export class RoomFeed {
  readonly #options: FeedOptions;
  #cursor: RoomCursor | null = null;
  /** The highest epoch heard of, and the highest seq there. */
  #heard = { epoch: 0, seq: 0 };
  #scope: Scope | null = null;
  #cancelGap: (() => void) | null = null;
  #syncing: Scope | null = null;
  /** Syncs in a row that brought nothing though a head says there is more: that gateway lags, so they grow rarer. */
  #fruitless = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get cursor(): { epoch: number; seq: number } | null {
    return this.#cursor && { epoch: this.#cursor.epoch, seq: this.#cursor.known };
  }

  /** The highest epoch heard of: what is loaded must not be of a lower one. */
  get heardEpoch(): number {
    return this.#heard.epoch;
  }

  /** From now on the room is known up to `seq`. */
  start(epoch: number, seq: number): void {
    this.#cursor = new RoomCursor(epoch, seq);
    if (this.#heard.epoch === epoch) this.#cursor.hear(this.#heard.seq);
    this.#mindGap();
  }

  /** Nothing is applied until the next `start`. */
  forget(): void {
    this.#cursor = null;
    this.#dropGap();
  }

  connected(scope: Scope): void {
    // Of the connection before, if this one came before that had ended.
    this.#dropGap();
    this.#scope = scope;
  }

  disconnected(): void {
    this.#scope = null;
    this.#dropGap();
  }

  offer(epoch: number, events: readonly RoomEvent[]): void {
    const last = events[events.length - 1];
    if (!last || !this.#sameEpoch(epoch, last.seq)) return;
    this.#apply(events);
    this.#mindGap();
  }

  head(epoch: number, seq: number): void {
    if (!this.#sameEpoch(epoch, seq)) return;
    this.#cursor?.hear(seq);
    this.#mindGap();
  }

  /** Asks at once, without giving a gap its time to fill; with `anyway` also where no gap is seen. */
  catchUp(anyway = false): void {
    this.#dropGap();
    const scope = this.#scope;
    if (!scope || scope.ended || !this.#cursor || this.#syncing === scope || !(anyway || this.#cursor.behind)) return;
    this.#syncing = scope;
    void this.#sync(scope).finally(() => {
      if (this.#syncing === scope) this.#syncing = null;
      this.#mindGap();
    });
  }

  /** True if it is news for the cursor as it stands. A higher epoch asks for a reload, a lower one is stale. */
  #sameEpoch(epoch: number, seq: number): boolean {
    if (epoch > this.#heard.epoch) this.#heard = { epoch, seq };
    else if (epoch === this.#heard.epoch && seq > this.#heard.seq) this.#heard.seq = seq;
    if (!this.#cursor || epoch < this.#cursor.epoch) return false;
    if (epoch === this.#cursor.epoch) return true;
    this.forget();
    this.#options.onReload();
    return false;
  }

  #apply(events: readonly RoomEvent[]): void {
    const applied = this.#cursor?.take(events) ?? [];
    if (applied.length === 0) return;
    this.#fruitless = 0;
    this.#options.onApplied(applied);
  }

  #mindGap(): void {
    if (!this.#cursor?.behind) return this.#dropGap();
    if (this.#cancelGap || !this.#scope || this.#syncing === this.#scope) return;
    const { gapMs, retryMaxMs } = this.#options.timings;
    const waitMs = Math.max(gapMs, Math.min(retryMaxMs, gapMs * 2 ** this.#fruitless));
    this.#cancelGap = this.#scope.after(waitMs * (1 + this.#options.random()), () => this.catchUp());
  }

  #dropGap(): void {
    this.#cancelGap?.();
    this.#cancelGap = null;
  }

  async #sync(scope: Scope): Promise<void> {
    const { roomId, sync, timings, random, validate } = this.#options;
    const backoff = new Backoff(timings.retryMinMs, timings.retryMaxMs, random);
    for (let more = true; more && !scope.ended; ) {
      const cursor = this.#cursor;
      if (!cursor) return;
      try {
        const answer = await sync({ roomId, epoch: cursor.epoch, after: cursor.known });
        if (scope.ended || this.#cursor !== cursor) return;
        const before = cursor.known;
        if (!this.#sameEpoch(answer.epoch, answer.seq)) return;
        this.#apply(checkEvents(answer.events, roomId, validate));
        more = answer.more;
        if (more && cursor.known === before) throw localError('malformed', 'a sync brought nothing and promised more');
        backoff.reset();
        if (!more && cursor.behind) this.#fruitless = Math.min(this.#fruitless + 1, 16);
      } catch (thrown) {
        if (scope.ended || this.#cursor !== cursor) return;
        const error = asChatError(thrown);
        if (error.code === 'reload') {
          this.forget();
          return this.#options.onReload();
        }
        if (!error.retryable) return this.#options.onRefused(error);
        if (!(await scope.sleep(backoff.next(error.retryAfterMs)))) return;
      }
    }
  }
}
