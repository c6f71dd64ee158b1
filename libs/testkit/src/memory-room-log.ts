import type { RoomEvent, RoomId } from '@parley/protocol';
import {
  RoomLogError, shardOf,
  type ConsumerOptions, type Delivery, type Head, type LogConsumer, type LogEntry, type LogPage, type NewEntry, type Position, type RoomLog, type RoomRef, type Shard,
  type Undecodable, type Unwatch,
} from '@parley/domain';

export type MemoryLogOptions = {
  id?: string;
  /** Above this the log is `full`. Default: never. */
  maxBytes?: number;
  /** A larger entry is `too_large`. Default 1 MiB. */
  maxEntryBytes?: number;
  /** Milliseconds; only a consumer's redelivery asks. Default: stands still unless `sleep` is given. */
  now?: () => number;
  /** How a fetch waits. Default: not at all, it answers at once with what is there. */
  sleep?: (ms: number) => Promise<void>;
};

type Stored = { ref: RoomRef; position: Position; raw: string };
type Unsettled = { attempt: number; dueAt: number };
type ConsumerState = { delivered: Position; unsettled: Map<Position, Unsettled> };
type Watcher = { roomId: RoomId; listener: (head: Head) => void };

const keyOf = ({ roomId, epoch }: RoomRef): string => `${roomId}/${epoch}`;

/**
 * The server behind memory logs: each `open()` is a connection to it. Everything happens at the call, in the order of calls;
 * no timers and no chance of its own, so a simulation that orders the calls orders everything.
 */
export class MemoryLogStore {
  readonly id: string;
  readonly options: MemoryLogOptions;
  /** In order of position, which is one sequence for all rooms, as in a JetStream stream. */
  readonly all: Stored[] = [];
  readonly rooms = new Map<string, Stored[]>();
  readonly consumers = new Map<string, ConsumerState>();
  readonly connections = new Set<MemoryRoomLog>();
  up = true;
  #position = 0;
  #bytes = 0;
  #arrival = Promise.withResolvers<void>();

  constructor(options: MemoryLogOptions = {}) {
    this.options = options;
    this.id = options.id ?? 'memory:1';
  }

  open(): RoomLog {
    if (!this.up) throw new RoomLogError('unavailable', 'the log is down');
    const log = new MemoryRoomLog(this);
    this.connections.add(log);
    return log;
  }

  /** Nothing is answered from here on; what was stored stays. */
  kill(): void {
    this.up = false;
    for (const each of this.connections) each.lost();
  }

  restart(): void {
    this.up = true;
    for (const each of this.connections) each.back();
  }

  /** Stores something that is no entry at the end of a log. */
  corrupt(ref: RoomRef): void {
    this.put(ref, 'not an entry');
  }

  put(ref: RoomRef, raw: string): Position {
    if (raw.length > (this.options.maxEntryBytes ?? 1024 * 1024)) throw new RoomLogError('too_large', 'the entry is too large');
    if (this.#bytes + raw.length > (this.options.maxBytes ?? Number.POSITIVE_INFINITY)) throw new RoomLogError('full', 'the log is full');
    const stored = { ref: { ...ref }, position: (this.#position += 1), raw };
    this.#bytes += raw.length;
    this.all.push(stored);
    const key = keyOf(ref);
    const room = this.rooms.get(key);
    if (room) room.push(stored);
    else this.rooms.set(key, [stored]);
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers<void>();
    return stored.position;
  }

  remove(gone: ReadonlySet<Stored>): void {
    for (const each of gone) this.#bytes -= each.raw.length;
    const kept = this.all.filter((each) => !gone.has(each));
    this.all.splice(0, this.all.length, ...kept);
  }

  /** The first entry of a shard that a consumer, but `but`, has not settled. */
  unsettled(shard: Shard, but: string | undefined): Position {
    const waiting = [...this.consumers].filter(([key]) => key.endsWith(`-${shard}`) && key !== `${but}-${shard}`).flatMap(([, { delivered, unsettled }]) =>
      [...unsettled.keys(), this.all.find(({ ref, position }) => position > delivered && shardOf(ref.roomId) === shard)?.position ?? Number.POSITIVE_INFINITY]);
    return Math.min(...waiting, Number.POSITIVE_INFINITY);
  }

  /** Resolves at the next append. */
  get arrival(): Promise<void> {
    return this.#arrival.promise;
  }
}

const decode = ({ raw, position, ref }: Stored): LogEntry => {
  try {
    return { ...(JSON.parse(raw) as NewEntry), position };
  } catch (cause) {
    throw new RoomLogError('corrupt_entry', `entry ${position} of ${keyOf(ref)} cannot be decoded`, { cause });
  }
};

class MemoryRoomLog implements RoomLog {
  readonly #store: MemoryLogStore;
  readonly #watchers = new Set<Watcher>();
  readonly #liveListeners = new Set<(live: boolean) => void>();
  #closed = false;

  constructor(store: MemoryLogStore) {
    this.#store = store;
  }

  get id(): string {
    return this.#store.id;
  }

  get headsLive(): boolean {
    return this.#store.up && !this.#closed;
  }

  async append(ref: RoomRef, entry: NewEntry, expected: Position): Promise<Position> {
    this.#assertUp();
    const first = entry.events[0];
    const last = entry.events.at(-1);
    if (!first || !last) throw new RangeError('an entry has at least one event');
    const at = this.#store.rooms.get(keyOf(ref))?.at(-1)?.position ?? 0;
    if (at !== expected) throw new RoomLogError('conflict', `the last entry is at ${at}, not ${expected}`);
    const position = this.#store.put(ref, JSON.stringify({ events: entry.events, prevId: entry.prevId }));
    for (const each of this.#store.connections) each.tell({ ...ref, firstSeq: first.seq, seq: last.seq, position });
    return position;
  }

  async read(ref: RoomRef, from: Position, limit = 500): Promise<LogPage> {
    this.#assertUp();
    const room = this.#store.rooms.get(keyOf(ref)) ?? [];
    const rest = room.filter((each) => each.position >= from);
    return { entries: rest.slice(0, limit).map(decode), atEnd: rest.length <= limit };
  }

  async purge(ref: RoomRef, below: Position, consumer?: string): Promise<Position> {
    this.#assertUp();
    const room = this.#store.rooms.get(keyOf(ref)) ?? [];
    if (!room.some((each) => each.position === below)) return below;
    const upTo = Math.min(below, this.#store.unsettled(shardOf(ref.roomId), consumer));
    const at = room.findIndex((each) => each.position >= upTo);
    if (at > 0) this.#store.remove(new Set(room.splice(0, at)));
    return upTo;
  }

  async watchHeads(roomId: RoomId, listener: (head: Head) => void): Promise<Unwatch> {
    this.#assertUp();
    const watcher = { roomId, listener };
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  onHeadsLive(listener: (live: boolean) => void): Unwatch {
    this.#liveListeners.add(listener);
    return () => void this.#liveListeners.delete(listener);
  }

  async consumer(options: ConsumerOptions): Promise<LogConsumer> {
    this.#assertUp();
    const key = `${options.name}-${options.shard}`;
    const state = this.#store.consumers.get(key) ?? { delivered: 0, unsettled: new Map() };
    this.#store.consumers.set(key, state);
    return new MemoryConsumer(this.#store, state, options, () => this.#assertUp());
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.lost();
    this.#closed = true;
    this.#store.connections.delete(this);
    this.#watchers.clear();
  }

  tell(head: Head): void {
    for (const { roomId, listener } of this.#watchers) if (roomId === head.roomId) queueMicrotask(() => listener(head));
  }

  lost(): void {
    for (const listener of this.#liveListeners) listener(false);
  }

  back(): void {
    for (const listener of this.#liveListeners) listener(true);
  }

  #assertUp(): void {
    if (this.#closed || !this.#store.up) throw new RoomLogError('unavailable', 'not connected');
  }
}

class MemoryConsumer implements LogConsumer {
  readonly #store: MemoryLogStore;
  readonly #state: ConsumerState;
  readonly #options: ConsumerOptions;
  readonly #assertUp: () => void;

  constructor(store: MemoryLogStore, state: ConsumerState, options: ConsumerOptions, assertUp: () => void) {
    this.#store = store;
    this.#state = state;
    this.#options = options;
    this.#assertUp = assertUp;
  }

  async fetch(max: number, waitMs: number): Promise<(Delivery | Undecodable)[]> {
    const { sleep } = this.#store.options;
    const until = this.#now() + waitMs;
    for (;;) {
      this.#assertUp();
      const found = this.#take(max);
      const left = until - this.#now();
      if (found.length > 0 || !sleep || left <= 0) return found;
      // A redelivery may fall due within the wait, so look again at least ten times in it.
      await Promise.race([this.#store.arrival, sleep(Math.min(left, Math.max(1, waitMs / 10)))]);
    }
  }

  async close(): Promise<void> {}

  #now(): number {
    return this.#store.options.now?.() ?? 0;
  }

  #take(max: number): (Delivery | Undecodable)[] {
    const { unsettled } = this.#state;
    const now = this.#now();
    const dueAt = now + (this.#options.ackWaitMs ?? 30_000);
    const found: (Delivery | Undecodable)[] = [];
    const deliver = (stored: Stored, attempt: number): void => {
      unsettled.set(stored.position, { attempt, dueAt });
      found.push(this.#deliveryOf(stored, attempt));
    };
    for (const [position, { attempt, dueAt: due }] of [...unsettled].sort(([a], [b]) => a - b)) {
      if (found.length === max) return found;
      const stored = this.#store.all.find((each) => each.position === position);
      if (!stored) unsettled.delete(position);
      else if (due <= now) deliver(stored, attempt + 1);
    }
    for (const stored of this.#store.all) {
      if (found.length === max || unsettled.size >= (this.#options.maxUnsettled ?? 2_000)) return found;
      if (stored.position <= this.#state.delivered || shardOf(stored.ref.roomId) !== this.#options.shard) continue;
      this.#state.delivered = stored.position;
      deliver(stored, 1);
    }
    return found;
  }

  #deliveryOf(stored: Stored, attempt: number): Delivery | Undecodable {
    const { position, ref } = stored;
    const ack = async (): Promise<void> => {
      this.#assertUp();
      this.#state.unsettled.delete(position);
    };
    const retry = async (delayMs: number): Promise<void> => {
      this.#assertUp();
      if (this.#state.unsettled.has(position)) this.#state.unsettled.set(position, { attempt, dueAt: this.#now() + delayMs });
    };
    try {
      return { entry: decode(stored), ref: { ...ref }, attempt, ack, retry };
    } catch (error) {
      return { entry: null, raw: stored.raw, position, subject: keyOf(ref), attempt, reason: (error as Error).message, ack };
    }
  }
}

/** For tests that only look at what is stored. */
export const eventsOf = (store: MemoryLogStore, ref: RoomRef): RoomEvent[] => (store.rooms.get(keyOf(ref)) ?? []).flatMap((each) => [...decode(each).events]);
