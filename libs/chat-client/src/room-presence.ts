import { LIMITS, type CommandResponse, type PresenceView, type RoomId, type ServerEvent, type UserId } from '@parley/protocol';
import { Emitter, type Unsubscribe } from './emitter.ts';
import { localError } from './errors.ts';
import { LastWins } from './last-wins.ts';
import type { RoomContext } from './room-context.ts';
import type { Scope } from './scope.ts';

export type PresenceEvents = {
  /** Anything of it changed: read it again. */
  change: void;
};

type Told = Pick<ServerEvent<'presence:changed'>, 'online' | 'away' | 'complete' | 'users'>;

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
  /** Those of the window, and whoever else is there while `#everybody`. */
  readonly #users = new Map<UserId, PresenceView>();
  #known = false;
  #online = 0;
  #away = 0;
  #complete = false;
  #everybody = false;

  constructor(roomId: RoomId, context: RoomContext) {
    this.#roomId = roomId;
    this.#context = context;
    this.#emitter = new Emitter(context.onThrow);
    const { timings, random } = context;
    this.#window = new LastWins<readonly UserId[] | null>({ initial: null, tell: (window, scope) => this.#tell(window, scope), timings, random });
  }

  /** Watched, connected and answered. Otherwise the counts are 0 and everybody is `unknown`. */
  get known(): boolean {
    return this.#known;
  }

  /** Users who are there and active. */
  get online(): number {
    return this.#online;
  }

  /** Users who are there, with nobody at any of their devices. */
  get away(): number {
    return this.#away;
  }

  /** False: the server can vouch for a part of them only. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Everybody who is there is known, not only those of the window. */
  get everybody(): boolean {
    return this.#known && this.#everybody;
  }

  /** Those known to be there, in no order. */
  get there(): PresenceView[] {
    return this.#known ? [...this.#users.values()].filter(isThere) : [];
  }

  of(userId: UserId): PresenceView {
    const nothing: PresenceView = { userId, status: 'unknown' };
    if (!this.#known) return nothing;
    const view = this.#users.get(userId);
    if (view) return view;
    return this.#everybody && this.#complete ? { userId, status: 'offline' } : nothing;
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
    this.#forget();
  }

  /** @internal This connection listens to the room. */
  listening(scope: Scope): void {
    this.#scope = scope;
    this.#window.connected(scope);
  }

  /** @internal */
  disconnected(): void {
    this.#scope = null;
    this.#window.disconnected();
    this.#forget();
  }

  /** @internal The room is followed no more. */
  closed(): void {
    // The socket may go on listening to the room.
    if (this.#scope && this.#window.wanted) this.#context.request('presence:unwatch', { roomId: this.#roomId }).catch(() => {});
    this.disconnected();
  }

  /** @internal */
  hear(told: Told): void {
    const window = this.#window.wanted;
    // What is told before the answer is in the answer.
    if (!window || !this.#known) return;
    if (told.online + told.away > LIMITS.presenceRoom) this.#everybody = false;
    this.#count(told);
    const named = new Set(window);
    for (const view of told.users) {
      // Of those outside the window only who is there is kept: it bounds what is held.
      if (named.has(view.userId) || (this.#everybody && isThere(view))) this.#users.set(view.userId, view);
      else this.#users.delete(view.userId);
    }
    if (!this.#everybody) for (const userId of this.#users.keys()) if (!named.has(userId)) this.#users.delete(userId);
    this.#changed();
  }

  async #tell(window: readonly UserId[] | null, scope: Scope): Promise<void> {
    const { request } = this.#context;
    const roomId = this.#roomId;
    if (!window) return void (await request('presence:unwatch', { roomId }));
    const answer = await request('presence:watch', { roomId, ...(window.length > 0 ? { userIds: [...window] } : {}) });
    // Another window may be wanted by now; until it is answered this one is true of whom it names.
    if (!scope.ended && this.#scope === scope && this.#window.wanted) this.#start(answer);
  }

  #start(answer: CommandResponse<'presence:watch'>): void {
    this.#known = true;
    this.#everybody = answer.online + answer.away <= LIMITS.presenceRoom;
    this.#count(answer);
    this.#users.clear();
    for (const view of answer.users) this.#users.set(view.userId, view);
    this.#changed();
  }

  #count({ online, away, complete }: Told): void {
    this.#online = online;
    this.#away = away;
    this.#complete = complete;
  }

  #forget(): void {
    if (!this.#known) return;
    this.#known = false;
    this.#everybody = false;
    this.#users.clear();
    this.#count({ online: 0, away: 0, complete: false, users: [] });
    this.#changed();
  }

  #changed(): void {
    this.#emitter.emit('change', undefined);
  }
}

const isThere = ({ status }: PresenceView): boolean => status === 'online' || status === 'away';

const sameUsers = (a: readonly UserId[], b: readonly UserId[]): boolean => a.length === b.length && a.every((userId, n) => userId === b[n]);
