import type { PresenceChange, PresenceRoom } from '@parley/domain';
import type { PresenceView, ServerEvent, UserId } from '@parley/protocol';

export type PresenceFrame = Omit<ServerEvent<'presence:changed'>, 'roomId'>;
/** One frame, to all of these sockets alike. */
export type Telling = { to: readonly string[]; frame: PresenceFrame };

type Watcher = { readonly window: ReadonlySet<UserId>; /** Was told of everybody so far. */ everybody: boolean };

export const viewOf = ({ userId, status, lastSeenAt }: PresenceChange): PresenceView => (lastSeenAt === undefined ? { userId, status } : { userId, status, lastSeenAt });

/** Who watches a room here, and what they have not been told. */
export class WatchedRoom {
  readonly #bigAbove: number;
  readonly #watchers = new Map<string, Watcher>();
  /** Who has named a user. */
  readonly #namedBy = new Map<UserId, Set<string>>();
  readonly #changes = new Map<UserId, PresenceChange>();
  #changed = false;
  presence!: PresenceRoom;

  constructor(bigAbove: number) {
    this.#bigAbove = bigAbove;
  }

  get isEmpty(): boolean {
    return this.#watchers.size === 0;
  }

  get isBig(): boolean {
    return this.presence.online + this.presence.away > this.#bigAbove;
  }

  /** From now on with this window. Until it was answered, it is told of all that changes. */
  add(socketId: string, window: readonly UserId[]): Watcher {
    this.remove(socketId);
    const watcher: Watcher = { window: new Set(window), everybody: true };
    this.#watchers.set(socketId, watcher);
    for (const userId of window) {
      let sockets = this.#namedBy.get(userId);
      if (!sockets) this.#namedBy.set(userId, (sockets = new Set()));
      sockets.add(socketId);
    }
    return watcher;
  }

  remove(socketId: string): void {
    for (const userId of this.#watchers.get(socketId)?.window ?? []) {
      const sockets = this.#namedBy.get(userId);
      sockets?.delete(socketId);
      if (sockets?.size === 0) this.#namedBy.delete(userId);
    }
    this.#watchers.delete(socketId);
  }

  /** `null`: only the counts, or whether they are complete. */
  note(change: PresenceChange | null): void {
    this.#changed = true;
    if (change) this.#changes.set(change.userId, change);
  }

  /** What is to be told since the last time: to those who are told of everybody the same, to the others their windows. */
  takeTellings(): { changes: number; tellings: Telling[] } {
    if (!this.#changed) return { changes: 0, tellings: [] };
    const { online, away, complete } = this.presence;
    const counts = { online, away, complete };
    const [all, others] = [[] as string[], [] as string[]];
    for (const [socketId, watcher] of this.#watchers) {
      if (this.isBig) watcher.everybody = false;
      (watcher.everybody ? all : others).push(socketId);
    }
    const changes = [...this.#changes.values()];
    this.#changed = false;
    this.#changes.clear();
    const tellings: Telling[] = [];
    if (all.length > 0) tellings.push({ to: all, frame: { ...counts, users: changes.map(viewOf) } });
    if (others.length > 0) tellings.push(...this.#windows(counts, others, changes));
    return { changes: changes.length, tellings };
  }

  #windows(counts: Omit<PresenceFrame, 'users'>, sockets: readonly string[], changes: readonly PresenceChange[]): Telling[] {
    const named = new Map<string, PresenceView[]>();
    for (const change of changes) {
      for (const socketId of this.#namedBy.get(change.userId) ?? []) {
        const views = named.get(socketId);
        if (views) views.push(viewOf(change));
        else named.set(socketId, [viewOf(change)]);
      }
    }
    const tellings: Telling[] = [];
    const rest = sockets.filter((socketId) => {
      const users = named.get(socketId);
      if (users) tellings.push({ to: [socketId], frame: { ...counts, users } });
      return !users;
    });
    if (rest.length > 0) tellings.push({ to: rest, frame: { ...counts, users: [] } });
    return tellings;
  }
}
