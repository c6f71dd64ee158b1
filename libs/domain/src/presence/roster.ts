import type { Activity, PresenceStatus, UserId } from '@parley/protocol';
import { mergeActivities, type PresenceChange } from '../ports/presence.ts';

export type RosterOptions = {
  /** The process whose records are certain. */
  own: string;
  /** Whether what another process recorded counts: whether it is alive. */
  counts: (node: string) => boolean;
  onChange: (change: PresenceChange) => void;
};

/** Who is there in one room: the records of all processes, merged. A change costs by the processes, not by the users. */
export class Roster {
  readonly #own: string;
  readonly #counts: (node: string) => boolean;
  readonly #onChange: (change: PresenceChange) => void;
  readonly #records = new Map<string, Map<UserId, Activity>>();
  readonly #merged = new Map<UserId, PresenceStatus>();
  #blind = false;
  #online = 0;
  #away = 0;

  constructor({ own, counts, onChange }: RosterOptions) {
    this.#own = own;
    this.#counts = counts;
    this.#onChange = onChange;
  }

  get online(): number {
    return this.#online;
  }

  get away(): number {
    return this.#away;
  }

  /** Processes that have records here. */
  get nodes(): string[] {
    return [...this.#records.keys()];
  }

  /** `undefined`: nobody says that the user is there. */
  statusOf(userId: UserId): PresenceStatus | undefined {
    return this.#merged.get(userId);
  }

  users(): Iterable<[UserId, PresenceStatus]> {
    return this.#merged.entries();
  }

  put(node: string, userId: UserId, activity: Activity | null, lastSeenAt?: number): void {
    let users = this.#records.get(node);
    if (activity === null) {
      users?.delete(userId);
      if (users?.size === 0) this.#records.delete(node);
    } else {
      if (!users) this.#records.set(node, (users = new Map()));
      users.set(userId, activity);
    }
    this.#merge(userId, lastSeenAt);
  }

  /** These are all that the process has here. */
  replace(node: string, records: ReadonlyMap<UserId, Activity>): void {
    const before = this.#records.get(node);
    if (records.size > 0) this.#records.set(node, new Map(records));
    else this.#records.delete(node);
    for (const userId of before?.keys() ?? []) if (!records.has(userId)) this.#merge(userId);
    for (const userId of records.keys()) this.#merge(userId);
  }

  /** Whether the process counts has changed. `lastSeenAt`: of those who are gone by that. */
  recount(node: string, lastSeenAt?: number): void {
    for (const userId of this.#records.get(node)?.keys() ?? []) this.#merge(userId, lastSeenAt);
  }

  /** Nothing can be said of users of other processes, or again. */
  setBlind(blind: boolean): void {
    if (this.#blind === blind) return;
    this.#blind = blind;
    for (const [node, users] of this.#records) if (node !== this.#own) for (const userId of users.keys()) this.#merge(userId);
  }

  #statusNow(userId: UserId): PresenceStatus | undefined {
    const own = this.#records.get(this.#own)?.get(userId);
    const others: Activity[] = [];
    for (const [node, users] of this.#records) {
      const activity = node !== this.#own && this.#counts(node) ? users.get(userId) : undefined;
      if (activity) others.push(activity);
    }
    if (this.#blind) return own ?? (others.length > 0 ? 'unknown' : undefined);
    return mergeActivities(own ? [own, ...others] : others) ?? undefined;
  }

  #merge(userId: UserId, lastSeenAt?: number): void {
    const [before, now] = [this.#merged.get(userId), this.#statusNow(userId)];
    if (before === now) return;
    if (now) this.#merged.set(userId, now);
    else this.#merged.delete(userId);
    this.#online += Number(now === 'online') - Number(before === 'online');
    this.#away += Number(now === 'away') - Number(before === 'away');
    this.#onChange(now ? { userId, status: now } : { userId, status: 'offline', lastSeenAt });
  }
}
