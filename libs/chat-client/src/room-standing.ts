import type { RoomView as RoomInfo, SanctionView } from '@parley/protocol';
import type { OutboxEntry } from './outbox.ts';

/** What keeps this user from saying something in a room. All of it ends, or changes, by itself: see `RoomHandle.standing`. */
export type Standing = {
  readonly mute: SanctionView | null;
  readonly ban: SanctionView | null;
  /** Only the owner and moderators may say anything, and this user is neither. */
  readonly readOnly: boolean;
  /** Pause between two messages of this user, milliseconds; 0: none. */
  readonly slowModeMs: number;
  /** Before then the room does not take the next message, milliseconds since 1970 by this machine's clock; `null`: now. */
  readonly nextAt: number | null;
};

/** When the next message may be said in a room with slow mode: counted from here, so clocks need not agree. */
export class SlowMode {
  readonly #onOver: () => void;
  #nextAt: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onOver: () => void) {
    this.#onOver = onOver;
  }

  get nextAt(): number | null {
    return this.#nextAt;
  }

  /** Something was said, or refused for the pause. */
  told(entry: OutboxEntry, pauseMs: number): void {
    if (entry.item.command !== 'message:send') return;
    if (entry.state === 'sent') this.#waitMs(pauseMs);
    else if ('error' in entry && entry.error?.code === 'slow_mode' && entry.error.retryAfterMs !== undefined) this.#waitMs(entry.error.retryAfterMs);
  }

  /** The pause of the room has changed: a wait is not longer than it. */
  capped(pauseMs: number): void {
    if (this.#nextAt !== null && this.#nextAt > Date.now() + pauseMs) this.#waitMs(pauseMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #waitMs(ms: number): void {
    clearTimeout(this.#timer);
    this.#nextAt = ms > 0 ? Date.now() + ms : null;
    if (ms <= 0) return;
    this.#timer = setTimeout(() => {
      this.#nextAt = null;
      this.#onOver();
    }, ms);
    if (typeof this.#timer === 'object') (this.#timer as { unref?: () => void }).unref?.();
  }
}

/** The owner and moderators are held to neither slow mode nor a read-only room. */
const isSpared = (info: RoomInfo | null): boolean => info?.role === 'owner' || info?.role === 'moderator';

export const standingOf = (info: RoomInfo | null, held: Pick<Standing, 'mute' | 'ban'>, slowMode: SlowMode): Standing =>
  isSpared(info)
    ? { ...held, readOnly: false, slowModeMs: 0, nextAt: null }
    : { ...held, readOnly: info?.readOnly === true, slowModeMs: info?.slowModeMs ?? 0, nextAt: slowMode.nextAt };
