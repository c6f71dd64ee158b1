import type { Presence, PresenceChange, PresenceRoom, Seen } from '@parley/domain';
import type { Activity, RoomId, UserId } from '@parley/protocol';
import { ulid } from 'ulid';
import { presenceKeys, type PresenceKeys } from './keys.ts';
import { Link } from './link.ts';
import { parseMessage, type ChangeMessage } from './message.ts';
import { Neighbours } from './neighbours.ts';
import { OwnUsers, type Write } from './own-users.ts';
import { Reaper } from './reaper.ts';
import { DEFAULT_PRESENCE_TIMES, type PresenceTimes } from './times.ts';
import { WatchedRoom } from './watched-room.ts';

export type RedisPresenceOptions = {
  url: string;
  /** Part of every key and channel, so that regions may share a Redis. */
  region: string;
  times?: Partial<PresenceTimes>;
  /** Redis is there from now on, or is not. */
  onLive?: (live: boolean) => void;
  /** A watched room had to be read again, because a message or more was missed. */
  onResync?: () => void;
};

/** Users written at once; the rest waits for the next time. */
const MAX_WRITTEN = 5_000;
/** Commands under way at once where all rooms are gone through. */
const AT_ONCE = 50;
/** Dead processes named by one renewal. */
const MAX_DEAD = 4;
/** The keys of what does not change are kept by touching them so many times before they would go. */
const TOUCHES = 4;

/** Presence shared through Redis. Starts without Redis too, and connects when it is there. */
export const connectRedisPresence = (options: RedisPresenceOptions): Presence => new RedisPresence(options);

class RedisPresence implements Presence {
  readonly #times: PresenceTimes;
  readonly #keys: PresenceKeys;
  readonly #link: Link;
  readonly #reaper: Reaper;
  readonly #own = new OwnUsers();
  readonly #neighbours: Neighbours;
  readonly #rooms = new Map<RoomId, WatchedRoom>();
  readonly #channels = new Map<string, WatchedRoom>();
  readonly #timers: NodeJS.Timeout[];
  readonly #onLive: (live: boolean) => void;
  readonly #onResync: () => void;
  #onSeen: (seen: readonly Seen[]) => void = () => undefined;
  /** What this process is called in Redis: another name whenever it lost its lease or its connection, so that nothing written before matters. */
  #name = ulid();
  #leased = false;
  /** Of the lease, milliseconds, monotone. */
  #renewedAt = 0;
  #live = false;
  /** Redis went away at, milliseconds, monotone. */
  #lostAt = performance.now();
  #renewing = false;
  #writing: Promise<void> | null = null;
  #verifying = false;
  #closed = false;

  constructor({ url, region, times, onLive = () => undefined, onResync = () => undefined }: RedisPresenceOptions) {
    this.#times = { ...DEFAULT_PRESENCE_TIMES, ...times };
    this.#keys = presenceKeys(region);
    this.#onLive = onLive;
    this.#onResync = onResync;
    this.#neighbours = new Neighbours({
      settleMs: this.#times.settle,
      onChange: (node, alive) => {
        for (const room of this.#rooms.values()) room.recount(node, alive ? undefined : Date.now() - this.#times.lease);
      },
    });
    this.#neighbours.callSelf(this.#name);
    this.#link = new Link({
      url, times: this.#times,
      onReady: () => this.#beginAnew(),
      onLost: () => this.#lose(),
      onSubscribed: () => void this.#readAll(),
      onUnsubscribed: () => this.#mistrust(),
      onMessage: (channel, text) => this.#onMessage(channel, text),
    });
    this.#reaper = new Reaper({
      redis: this.#link.commands, keys: this.#keys, claimMs: this.#times.claim, leaseMs: this.#times.lease, me: () => this.#name,
      onSeen: (seen) => this.#onSeen(seen),
    });
    this.#timers = [
      setInterval(() => void this.#renew(), this.#times.renewEvery),
      setInterval(() => void this.#write(), this.#times.writeEvery),
      setInterval(() => void this.#verify(), this.#times.verifyEvery),
      setInterval(() => void this.#touch(), this.#times.keep / TOUCHES),
    ];
    this.#link.open();
  }

  get live(): boolean {
    return this.#live && this.#link.subscribed;
  }

  set(roomId: RoomId, userId: UserId, activity: Activity): void {
    this.#own.set(roomId, userId, activity);
    this.#rooms.get(roomId)?.putOwn(userId, activity);
  }

  unset(roomId: RoomId, userId: UserId, lastSeenAt: number): void {
    this.#own.unset(roomId, userId, lastSeenAt);
    this.#rooms.get(roomId)?.putOwn(userId, null, lastSeenAt);
  }

  watch(roomId: RoomId, onChange: (change: PresenceChange | null) => void): PresenceRoom {
    if (this.#rooms.has(roomId)) throw new Error('the room is watched already');
    const { commands } = this.#link;
    const channel = this.#keys.channel(roomId);
    const room = new WatchedRoom({
      roomId, onChange,
      own: this.#own.of(roomId),
      counts: (node) => this.#neighbours.isAlive(node),
      isOwn: (node) => this.#neighbours.isSelf(node),
      settling: () => this.#neighbours.settling,
      trusted: () => this.live && !this.#neighbours.settling,
      reading: {
        versions: async () => new Map(Object.entries(await commands.hgetall(this.#keys.versions(roomId))).map(([node, version]) => [node, Number(version)])),
        records: async (node) => new Map(Object.entries(await commands.hgetall(this.#keys.records(roomId, node)))) as Map<UserId, Activity>,
      },
      onResync: this.#onResync,
      onClose: () => {
        this.#rooms.delete(roomId);
        this.#channels.delete(channel);
        this.#link.unsubscribe(channel);
      },
    });
    this.#rooms.set(roomId, room);
    this.#channels.set(channel, room);
    // Heard first and read then, so that nothing falls between. Where it cannot be now, it will be once Redis is there.
    this.#link.subscribe(channel).then(() => room.read()).catch(() => undefined);
    setTimeout(() => room.giveUp(), this.#times.firstReading).unref();
    return room;
  }

  onSeen(listener: (seen: readonly Seen[]) => void): void {
    this.#onSeen = listener;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#write();
    this.#closed = true;
    this.#link.close();
  }

  /** Under another name, with everything said anew. What was written under the old one counts until its lease ends. */
  #beginAnew(): void {
    this.#rename();
    void this.#renew();
  }

  #rename(): void {
    this.#name = ulid();
    this.#leased = false;
    this.#neighbours.callSelf(this.#name);
    this.#own.forgetWritten();
  }

  async #renew(): Promise<void> {
    if (this.#renewing || this.#closed || this.#link.commands.status !== 'ready') return this.#judge();
    this.#renewing = true;
    try {
      let [held, era, alive, dead] = await this.#askLease();
      if (held === 0) {
        this.#neighbours.settle();
        this.#rename();
        [held, era, alive, dead] = await this.#askLease();
      }
      this.#leased = held === 1;
      this.#renewedAt = performance.now();
      if (this.#neighbours.take(era, alive)) this.#readAllSoon();
      if (!this.#live) this.#find();
      void this.#write();
      void this.#reaper.reap(dead);
    } catch {
      // One late answer is no loss.
      if (performance.now() - this.#renewedAt > this.#times.lease / 2) this.#lose();
    } finally {
      this.#renewing = false;
      this.#judge();
    }
  }

  #askLease(): Promise<[number, string, string[], string[]]> {
    const { lease, keep } = this.#times;
    return this.#link.commands.renewPresence(this.#keys.live, this.#keys.era, this.#name, lease, ulid(), this.#leased ? '0' : '1', keep, MAX_DEAD);
  }

  #find(): void {
    this.#live = true;
    this.#onLive(true);
    this.#readAllSoon();
  }

  #lose(): void {
    if (!this.#live) return;
    this.#live = false;
    this.#lostAt = performance.now();
    // Whoever is not seen when Redis is back may only not have come back yet.
    this.#neighbours.settle();
    if (!this.#closed) this.#onLive(false);
    this.#mistrust();
  }

  #mistrust(): void {
    for (const room of this.#rooms.values()) {
      room.mistrust();
      room.tellComplete();
    }
  }

  /** What follows from how long Redis has been away, or has been back. */
  #judge(): void {
    const blind = !this.#live && performance.now() - this.#lostAt > this.#times.unknownAfter;
    if (!this.#live) this.#neighbours.settle();
    for (const room of this.#rooms.values()) {
      if (blind) room.setBlind();
      room.tellComplete();
    }
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeNext().finally(() => { this.#writing = null; });
    return this.#writing;
  }

  async #writeNext(): Promise<void> {
    if (!this.#leased || !this.#live || this.#closed) return;
    const name = this.#name;
    await Promise.all(this.#own.take(MAX_WRITTEN).map(async (write) => {
      try {
        await this.#writeOne(name, write);
      } catch {
        // By another name all is written anew as it is.
        if (name === this.#name) this.#own.putBack(write);
      }
    }));
  }

  async #writeOne(name: string, { roomId, version, before, changes, empties }: Write): Promise<void> {
    const { commands } = this.#link;
    const { keep } = this.#times;
    const message: ChangeMessage = { node: name, version, before, changes };
    const gone = changes.filter(([, status]) => status === null).map(([userId]) => userId);
    const there = changes.flatMap(([userId, status]) => (status === null ? [] : [userId, status]));
    const rooms = this.#keys.roomsOf(name);
    // Sent at once and in this order: whoever clears up after us finds the room.
    const sent: Promise<unknown>[] = before > 0 ? [] : [commands.sadd(rooms, roomId), commands.pexpire(rooms, keep)];
    sent.push(commands.writePresence(
      this.#keys.versions(roomId), this.#keys.records(roomId, name), this.#keys.channel(roomId), name, version, keep, JSON.stringify(message), gone.length, ...gone, ...there,
    ));
    if (empties) sent.push(commands.srem(rooms, roomId));
    await Promise.all(sent);
  }

  #onMessage(channel: string, text: string): void {
    const message = parseMessage(text);
    if (message) this.#channels.get(channel)?.take(message);
  }

  #readAllSoon(): void {
    setImmediate(() => void this.#readAll());
  }

  /** Every watched room, a few at a time. */
  async #readAll(): Promise<void> {
    if (!this.#live) return;
    await inParts([...this.#rooms.values()], (room) => room.read());
  }

  async #verify(): Promise<void> {
    this.#link.ping();
    if (this.#verifying) return;
    this.#verifying = true;
    await this.#readAll();
    this.#verifying = false;
  }

  async #touch(): Promise<void> {
    if (!this.#live) return;
    const { commands } = this.#link;
    const { keep } = this.#times;
    commands.pexpire(this.#keys.roomsOf(this.#name), keep).catch(() => undefined);
    await inParts(this.#own.written, (roomId) =>
      Promise.all([this.#keys.versions(roomId), this.#keys.records(roomId, this.#name)].map((key) => commands.pexpire(key, keep))));
  }
}

/** Whatever fails is tried again by whoever comes next. */
const inParts = async <T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> => {
  for (let n = 0; n < items.length; n += AT_ONCE) await Promise.allSettled(items.slice(n, n + AT_ONCE).map(work));
};
