import { Roster, type PresenceChange, type PresenceRoom } from '@parley/domain';
import type { Activity, PresenceStatus, RoomId, UserId } from '@parley/protocol';
import type { ChangeMessage } from './message.ts';

/** The node of this process' own users: they count whatever its name in Redis is. */
const SELF = 'self';
/** Messages kept while the room is read; above, it is read once more. */
const MAX_EARLY = 1_000;

export type RoomReading = {
  versions(): Promise<Map<string, number>>;
  records(node: string): Promise<Map<UserId, Activity>>;
};

export type WatchedRoomOptions = {
  roomId: RoomId;
  own: ReadonlyMap<UserId, Activity>;
  reading: RoomReading;
  /** Whether a process is alive, and not this one. */
  counts: (node: string) => boolean;
  /** Whether this process was ever called so. */
  isOwn: (node: string) => boolean;
  /** Whether Redis can be trusted to tell of everybody, once a room was read. */
  trusted: () => boolean;
  /** Whether what Redis does not have (yet) is still taken for true. */
  settling: () => boolean;
  onChange: (change: PresenceChange | null) => void;
  onResync: () => void;
  onClose: () => void;
};

/** What is known of one room: read from Redis, then kept up by messages; read again where one is missing. */
export class WatchedRoom implements PresenceRoom {
  readonly roomId: RoomId;
  readonly ready: Promise<void>;
  readonly #options: WatchedRoomOptions;
  readonly #roster: Roster;
  readonly #versions = new Map<string, number>();
  /** What came while the room was read. */
  #early: ChangeMessage[] = [];
  #reading: Promise<void> | null = null;
  #again = false;
  #fresh = false;
  /** How often it was mistrusted: what was read before the last time does not count. */
  #mistrusted = 0;
  #toldComplete = false;
  #markReady!: () => void;
  #closed = false;

  constructor(options: WatchedRoomOptions) {
    this.roomId = options.roomId;
    this.#options = options;
    let told = false;
    this.#roster = new Roster({ own: SELF, counts: options.counts, onChange: (change) => { if (told) options.onChange(change); } });
    this.#roster.replace(SELF, options.own);
    told = true;
    this.ready = new Promise((resolve) => { this.#markReady = resolve; });
  }

  get online(): number {
    return this.#roster.online;
  }

  get away(): number {
    return this.#roster.away;
  }

  get complete(): boolean {
    return this.#fresh && this.#options.trusted();
  }

  statusOf(userId: UserId): PresenceStatus {
    return this.#roster.statusOf(userId) ?? 'offline';
  }

  users(): Iterable<[UserId, PresenceStatus]> {
    return this.#roster.users();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#markReady();
    this.#options.onClose();
  }

  putOwn(userId: UserId, activity: Activity | null, lastSeenAt?: number): void {
    this.#roster.put(SELF, userId, activity, lastSeenAt);
  }

  recount(node: string, lastSeenAt?: number): void {
    this.#roster.recount(node, lastSeenAt);
  }

  setBlind(): void {
    this.#roster.setBlind(true);
  }

  /** It is waited for no longer. */
  giveUp(): void {
    this.#markReady();
  }

  /** Messages may have been lost: it has to be read. */
  mistrust(): void {
    this.#fresh = false;
    this.#mistrusted += 1;
  }

  /** Tells if whether all is known has changed. */
  tellComplete(): void {
    if (this.complete === this.#toldComplete) return;
    this.#toldComplete = this.complete;
    this.#options.onChange(null);
  }

  take(message: ChangeMessage): void {
    if (this.#options.isOwn(message.node)) return;
    if (!this.#reading) return this.#apply(message);
    if (this.#early.length < MAX_EARLY) this.#early.push(message);
    else this.#again = true;
  }

  /** Reads what differs from what is known. Rejects where Redis cannot be asked. */
  async read(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return this.#reading;
    }
    let begun = this.#mistrusted;
    this.#reading = this.#readAll(() => { begun = this.#mistrusted; });
    try {
      await this.#reading;
    } finally {
      this.#reading = null;
      const early = this.#early;
      this.#early = [];
      for (const message of early) this.#apply(message);
    }
    this.#fresh = this.#mistrusted === begun;
    this.#roster.setBlind(false);
    this.#markReady();
    this.tellComplete();
  }

  async #readAll(onBegin: () => void): Promise<void> {
    do {
      this.#again = false;
      onBegin();
      await this.#readOnce();
    } while (this.#again && !this.#closed);
  }

  async #readOnce(): Promise<void> {
    const versions = await this.#options.reading.versions();
    for (const node of this.#versions.keys()) {
      if (versions.has(node) || this.#options.settling()) continue;
      this.#versions.delete(node);
      this.#roster.replace(node, new Map());
    }
    const stale = [...versions].filter(([node, version]) => !this.#options.isOwn(node) && this.#versions.get(node) !== version);
    // The records are read after the version: what they are ahead of it comes again, and changes nothing.
    await Promise.all(stale.map(async ([node, version]) => {
      const records = await this.#options.reading.records(node);
      this.#versions.set(node, version);
      this.#roster.replace(node, records);
    }));
  }

  #apply({ node, version, before, changes }: ChangeMessage): void {
    const known = this.#versions.get(node) ?? 0;
    if (version <= known || this.#closed) return;
    if (before !== 0 && before !== known) {
      this.#options.onResync();
      this.read().catch(() => undefined);
      return;
    }
    this.#versions.set(node, version);
    if (before === 0) this.#roster.replace(node, new Map(changes.flatMap(([userId, status]) => (status ? [[userId, status] as const] : []))));
    else for (const [userId, status, lastSeenAt] of changes) this.#roster.put(node, userId, status, lastSeenAt);
  }
}
