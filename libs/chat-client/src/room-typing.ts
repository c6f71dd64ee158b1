import { LIMITS, type RoomEvent, type RoomId, type ServerEvent, type UserId } from '@parley/protocol';
import { Backoff } from './backoff.ts';
import { Emitter, type Unsubscribe } from './emitter.ts';
import { asChatError } from './errors.ts';
import type { RoomContext } from './room-context.ts';
import type { Scope } from './scope.ts';

export type Typist = { userId: UserId; name: string };

export type TypingEvents = {
  /** `users` changed. */
  change: void;
};

/** Users shown as typing at once; of more nobody reads the names. */
const MAX_TYPISTS = 20;
/** Whoever goes on typing says so again after this, milliseconds. */
const AGAIN_MS = LIMITS.typingMs / 2;

/** Who types in a room. Volatile: what cannot be told now is not told later. */
export class RoomTyping {
  readonly #roomId: RoomId;
  readonly #context: RoomContext;
  readonly #emitter: Emitter<TypingEvents>;
  readonly #backoff: Backoff;
  readonly #typists = new Map<UserId, { name: string; forget: () => void }>();
  #users: readonly Typist[] = [];
  #scope: Scope | null = null;
  /** Of one's own: `said` while the others hold it, `goesOn` if there was more typing since. */
  #said = false;
  #goesOn = false;
  #cancelAgain = (): void => {};
  /** After a refusal nothing is said before this, on the clock of `performance.now`. */
  #quietUntil = -Infinity;

  constructor(roomId: RoomId, context: RoomContext) {
    this.#roomId = roomId;
    this.#context = context;
    this.#emitter = new Emitter(context.onThrow);
    this.#backoff = new Backoff(context.timings.retryMinMs, context.timings.retryMaxMs, context.random);
  }

  /** The others who type now, as they began. The same array until it changes. */
  get users(): readonly Typist[] {
    return this.#users;
  }

  on<N extends keyof TypingEvents>(name: N, listener: (event: TypingEvents[N]) => void): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  /** Call with `true` at each stroke: it is said at once, then every {@link AGAIN_MS} while it goes on. `false`: sent, cleared or left. */
  set(typing: boolean): void {
    if (!typing) return this.#stop();
    this.#goesOn = true;
    if (!this.#said) this.#say();
  }

  /** @internal This connection listens to the room. */
  listening(scope: Scope): void {
    if (this.#scope === scope) return;
    // The timers of another connection end with it.
    this.disconnected();
    this.#scope = scope;
  }

  /** @internal */
  disconnected(): void {
    this.#scope = null;
    this.#said = false;
    this.#cancelAgain();
    for (const { forget } of this.#typists.values()) forget();
    this.#typists.clear();
    this.#changed();
  }

  /** @internal */
  hear({ userId, name, typing }: ServerEvent<'typing:changed'>): void {
    const scope = this.#scope;
    if (!scope || userId === this.#context.userId) return;
    if (!typing) return this.#ended(userId);
    const known = this.#typists.get(userId);
    if (!known && this.#typists.size >= MAX_TYPISTS) return;
    known?.forget();
    this.#typists.set(userId, { name, forget: scope.after(LIMITS.typingMs, () => this.#ended(userId)) });
    if (known?.name !== name) this.#changed();
  }

  /** @internal Who said it, or left, types no more. */
  applied(event: RoomEvent): void {
    if (event.type === 'message.created') this.#ended(event.by);
    else if (event.type === 'member.left') this.#ended(event.data.userId);
  }

  #ended(userId: UserId | null): void {
    const typist = userId && this.#typists.get(userId);
    if (!typist) return;
    typist.forget();
    this.#typists.delete(userId);
    this.#changed();
  }

  #say(): void {
    const scope = this.#scope;
    if (!scope || performance.now() < this.#quietUntil) return;
    this.#said = true;
    this.#goesOn = false;
    this.#tell(true);
    this.#cancelAgain = scope.after(AGAIN_MS, () => {
      this.#said = false;
      if (this.#goesOn) this.#say();
    });
  }

  #stop(): void {
    this.#goesOn = false;
    if (!this.#said) return;
    this.#said = false;
    this.#cancelAgain();
    this.#tell(false);
  }

  #tell(typing: boolean): void {
    this.#context.request('typing:set', { roomId: this.#roomId, typing }).then(
      () => this.#backoff.reset(),
      (error: unknown) => {
        this.#quietUntil = performance.now() + this.#backoff.next(asChatError(error).retryAfterMs);
      },
    );
  }

  #changed(): void {
    if (this.#users.length === 0 && this.#typists.size === 0) return;
    this.#users = [...this.#typists].map(([userId, { name }]) => ({ userId, name }));
    this.#emitter.emit('change', undefined);
  }
}
