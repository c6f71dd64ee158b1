import { LIMITS, type PresenceView, type RoomId, type UserId } from '@parley/protocol';
import { Emitter, type Unsubscribe } from './emitter.ts';
import { localError } from './errors.ts';
import { LastWins } from './last-wins.ts';
import { PresenceSnapshot, type PresenceTold } from './presence-snapshot.ts';
import type { RoomContext } from './room-context.ts';
import type { Scope } from './scope.ts';

export type PresenceEvents = {
  /** `current` changed. */
  change: void;
};

/**
 * Who is there in a room, while it is watched. Watched again after each reconnect; without a connection nobody's presence
 * is known. Where more than `LIMITS.presenceRoom` are there, only those of the window are.
 */
export class RoomPresence {
  readonly #context: RoomContext;
  readonly #roomId: RoomId;
  readonly #emitter: Emitter<PresenceEvents>;
  /** Whom it names; `null`: not watched. */
  readonly #window: LastWins<readonly UserId[] | null>;
  #scope: Scope | null = null;
  #current = PresenceSnapshot.UNKNOWN;

  constructor(roomId: RoomId, context: RoomContext) {
    this.#roomId = roomId;
    this.#context = context;
    this.#emitter = new Emitter(context.onThrow);
    const { timings, random } = context;
    this.#window = new LastWins<readonly UserId[] | null>({ initial: null, tell: (window, scope) => this.#tell(window, scope), timings, random });
  }

  /** The same until it changes. */
  get current(): PresenceSnapshot {
    return this.#current;
  }

  of(userId: UserId): PresenceView {
    return this.#current.of(userId);
  }

  on<N extends keyof PresenceEvents>(name: N, listener: (event: PresenceEvents[N]) => void): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  /** Goes on until `unwatch`. Name whom you show, at most `LIMITS.presenceWindow`: a new window replaces the one before. Throws `bad_request`. */
  watch(userIds: readonly UserId[] = []): void {
    const window = [...new Set(userIds)];
    if (window.length > LIMITS.presenceWindow) throw localError('bad_request', `a window of presence holds ${LIMITS.presenceWindow} users at most`);
    const before = this.#window.wanted;
    // The same once more: tried again if it was refused.
    this.#window.set(before && sameUsers(before, window) ? before : window);
  }

  unwatch(): void {
    this.#window.set(null);
    this.#set(PresenceSnapshot.UNKNOWN);
  }

  /** @internal This connection listens to the room. */
  listening(scope: Scope): void {
    if (this.#scope === scope) return;
    this.#scope = scope;
    this.#set(PresenceSnapshot.UNKNOWN);
    this.#window.connected(scope);
  }

  /** @internal */
  disconnected(): void {
    this.#scope = null;
    this.#window.disconnected();
    this.#set(PresenceSnapshot.UNKNOWN);
  }

  /** @internal The room is followed no more. */
  closed(): void {
    // The socket may go on listening to the room.
    if (this.#scope && this.#window.wanted) this.#context.request('presence:unwatch', { roomId: this.#roomId }).catch(() => {});
    this.disconnected();
  }

  /** @internal */
  hear(told: PresenceTold): void {
    const window = this.#window.wanted;
    // What is told before the answer is in the answer.
    if (!window || !this.#current.known) return;
    const before = this.#current;
    this.#set(before.changed(told, window));
    // Who was unknown may have been away all the time: then nothing is told of it.
    if (told.complete && !before.complete && this.#current.hasUnknown) this.#askAgain();
  }

  /** @internal Whether the gateway knows of what happens in the room at present; while it does not, it tells nothing. */
  live(live: boolean): void {
    if (!live) this.#set(PresenceSnapshot.UNKNOWN);
    else if (!this.#current.known) this.#askAgain();
  }

  /** All who watch the room learn at the same moment that they may. */
  #askAgain(): void {
    const { random, timings } = this.#context;
    this.#scope?.after(random() * timings.spreadMs, () => {
      if (this.#window.wanted) this.#window.again();
    });
  }

  async #tell(window: readonly UserId[] | null, scope: Scope): Promise<void> {
    const { request } = this.#context;
    const roomId = this.#roomId;
    if (!window) return void (await request('presence:unwatch', { roomId }));
    const answer = await request('presence:watch', { roomId, ...(window.length > 0 ? { userIds: [...window] } : {}) });
    // Another window may be wanted by now; until it is answered this one is true of whom it names.
    if (!scope.ended && this.#scope === scope && this.#window.wanted) this.#set(PresenceSnapshot.of(answer));
  }

  #set(current: PresenceSnapshot): void {
    if (this.#current === current) return;
    this.#current = current;
    this.#emitter.emit('change', undefined);
  }
}

const sameUsers = (a: readonly UserId[], b: readonly UserId[]): boolean => a.length === b.length && a.every((userId, n) => userId === b[n]);
