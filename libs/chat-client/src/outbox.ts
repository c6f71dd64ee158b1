import { monotonicFactory } from 'ulid';
import { COMMANDS, type After, type Cmid, type CommandInput, type EventId, type RoomId, type UserId } from '@parley/protocol';
import { Backoff } from './backoff.ts';
import { asChatError, ChatError, localError } from './errors.ts';
import type { Timings } from './options.ts';
import { OUTBOX_COMMANDS, type OutboxCommand, type OutboxItem, type OutboxPayload, type OutboxStorage } from './outbox-storage.ts';
import type { Scope } from './scope.ts';

export type OutboxAnswer = { epoch: number; seq: number; id: EventId };

/**
 * One command and where it stands. `queued`: waits for its turn or for a connection. `sending`: a try is under way, or
 * between two. `sent`: the log has it. `failed`: refused for good, kept until it is retried or discarded.
 * `discarded`: told once, when the user lets it go.
 */
export type OutboxEntry = { readonly item: OutboxItem } & (
  | { readonly state: 'queued'; /** Why it waits, where the server said so: slow mode. */ readonly error?: ChatError }
  | { readonly state: 'sending' | 'discarded' }
  | { readonly state: 'sent'; /** `null` if its event was seen rather than its ack. */ readonly answer: OutboxAnswer | null }
  | { readonly state: 'failed'; readonly error: ChatError }
);

export type OutboxOptions = {
  storage: OutboxStorage;
  userId: UserId;
  limit: number;
  timings: Timings;
  random: () => number;
  send: (command: OutboxCommand, request: CommandInput<OutboxCommand>) => Promise<OutboxAnswer>;
  onChange: (entry: OutboxEntry) => void;
  onFault: (error: ChatError) => void;
};

type Slot = { entry: OutboxEntry; attempts: number; stored: Promise<boolean>; settled: Promise<void>; settle: () => void };
type Lane = { slots: Map<Cmid, Slot>; draining: boolean };

/** Settled cmids remembered, so that a read of the storage which raced their removal does not bring them back. */
const MAX_REMEMBERED = 1_000;

/**
 * What was said and is not yet known to be in the log. Per room one command is under way at a time, in the order of
 * sending. An item leaves after its ack, or once its own event was seen; it is durable before it is first sent.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #lanes = new Map<RoomId, Lane>();
  readonly #settled = new Set<Cmid>();
  readonly #newCmid: () => Cmid;
  #scope: Scope | null = null;
  /** The storage was read once: what it held comes before what is said now. */
  #loaded = false;
  #size = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const ulid = monotonicFactory();
    this.#newCmid = () => ulid() as Cmid;
  }

  /** Unresolved items, failed ones included. */
  get size(): number {
    return this.#size;
  }

  /** Of one room, in the order of sending. */
  entries(roomId: RoomId): OutboxEntry[] {
    return [...(this.#lanes.get(roomId)?.slots.values() ?? [])].map((slot) => slot.entry);
  }

  /** Takes in what the storage holds: what an earlier run or another tab left. */
  async load(): Promise<void> {
    let items: OutboxItem[];
    try {
      items = await this.#options.storage.load();
    } catch (error) {
      this.#options.onFault(localError('storage_failed', 'the outbox could not be read', error));
      items = [];
    }
    const mine = items.filter((item) => item.by === this.#options.userId && OUTBOX_COMMANDS.includes(item.command) && !this.#settled.has(item.cmid));
    const rooms = new Set<RoomId>();
    for (const item of mine.sort((a, b) => (a.cmid < b.cmid ? -1 : 1))) {
      const { slots } = this.#lane(item.roomId);
      if (slots.has(item.cmid)) continue;
      const { failure } = item;
      // It may have been sent before, so its next try is not its first.
      const entry: OutboxEntry = failure ? { item, state: 'failed', error: new ChatError(failure.code, failure.message, { retryable: false, sanction: failure.sanction }) } : { item, state: 'queued' };
      slots.set(item.cmid, this.#slot(entry, 1, Promise.resolve(true)));
      rooms.add(item.roomId);
      this.#options.onChange(entry);
    }
    for (const roomId of rooms) {
      const lane = this.#lane(roomId);
      lane.slots = new Map([...lane.slots].sort(([a], [b]) => (a < b ? -1 : 1)));
    }
    this.#loaded = true;
    this.#drainAll();
  }

  /** Throws `outbox_full`, `too_large` or `bad_request`: then nothing was taken. */
  add<N extends OutboxCommand>(roomId: RoomId, command: N, payload: OutboxPayload<N>, after: After | null): Cmid {
    if (this.#size >= this.#options.limit) throw localError('outbox_full');
    const cmid = this.#newCmid();
    const checked = COMMANDS[command].request.safeParse({ ...payload, roomId, cmid });
    if (!checked.success) {
      const [issue] = checked.error.issues;
      const tooLarge = issue?.code === 'custom' && issue.params?.['tooLarge'] === true;
      throw localError(tooLarge ? 'too_large' : 'bad_request', issue && `${issue.path.join('.')}: ${issue.message}`);
    }
    const item = { cmid, by: this.#options.userId, roomId, command, payload, after, createdAt: Date.now() } as OutboxItem;
    const stored = this.#options.storage.put(item).then(
      () => true,
      (error: unknown) => {
        this.#fail(item.roomId, cmid, localError('storage_failed', undefined, error));
        return false;
      },
    );
    const entry: OutboxEntry = { item, state: 'queued' };
    this.#lane(roomId).slots.set(cmid, this.#slot(entry, 0, stored));
    this.#options.onChange(entry);
    this.#drainAll(roomId);
    return cmid;
  }

  /** The own event of a command was seen in the log: there is its outcome, ack or not. */
  seen(roomId: RoomId, cmid: Cmid): void {
    this.#resolve(roomId, cmid, null);
  }

  /** Says a failed one again, as a new command at the end. Undefined if it is not there or has not failed. */
  retry(roomId: RoomId, cmid: Cmid, after: After | null): Cmid | undefined {
    const slot = this.#lanes.get(roomId)?.slots.get(cmid);
    if (slot?.entry.state !== 'failed') return undefined;
    this.discard(roomId, cmid);
    return this.add(roomId, slot.entry.item.command, slot.entry.item.payload, after);
  }

  /** Forgets one that failed or was certainly never sent. False for any other: it may be in the log. */
  discard(roomId: RoomId, cmid: Cmid): boolean {
    const slot = this.#lanes.get(roomId)?.slots.get(cmid);
    if (!slot || !(slot.entry.state === 'failed' || (slot.entry.state === 'queued' && slot.attempts === 0))) return false;
    this.#remove(roomId, slot);
    slot.settle();
    this.#options.onChange({ item: slot.entry.item, state: 'discarded' });
    return true;
  }

  /** A connection is there: what waits is sent, within its scope. */
  connected(scope: Scope): void {
    this.#scope = scope;
    void this.load();
  }

  disconnected(): void {
    this.#scope = null;
  }

  #lane(roomId: RoomId): Lane {
    let lane = this.#lanes.get(roomId);
    if (!lane) this.#lanes.set(roomId, (lane = { slots: new Map(), draining: false }));
    return lane;
  }

  #slot(entry: OutboxEntry, attempts: number, stored: Promise<boolean>): Slot {
    this.#size += 1;
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
    return { entry, attempts, stored, settled, settle };
  }

  #drainAll(only?: RoomId): void {
    const scope = this.#scope;
    if (!scope || !this.#loaded) return;
    for (const [roomId, lane] of only ? [[only, this.#lane(only)] as const] : this.#lanes) void this.#drain(roomId, lane, scope);
  }

  async #drain(roomId: RoomId, lane: Lane, scope: Scope): Promise<void> {
    if (lane.draining) return;
    lane.draining = true;
    const { timings, random } = this.#options;
    const backoff = new Backoff(timings.retryMinMs, timings.retryMaxMs, random);
    while (!scope.ended) {
      const slot = [...lane.slots.values()].find(({ entry }) => entry.state === 'queued' || entry.state === 'sending');
      if (!slot) break;
      if (!(await slot.stored) || scope.ended || !lane.slots.has(slot.entry.item.cmid)) continue;
      const error = await this.#try(roomId, slot);
      if (!error || scope.ended) {
        backoff.reset();
      } else if (!error.retryable) {
        this.#fail(roomId, slot.entry.item.cmid, error);
      } else {
        if (error.code === 'slow_mode') this.#waits(slot, error);
        await Promise.race([scope.sleep(backoff.next(error.retryAfterMs)), slot.settled]);
      }
    }
    lane.draining = false;
    if (lane.slots.size === 0 && this.#lanes.get(roomId) === lane) this.#lanes.delete(roomId);
    // A connection may have come back while the last answer of the old one was waited for.
    else if (this.#scope && this.#scope !== scope) void this.#drain(roomId, lane, this.#scope);
  }

  /** One try. `null`: the item is settled. */
  async #try(roomId: RoomId, slot: Slot): Promise<ChatError | null> {
    const { cmid, command, payload, after } = slot.entry.item;
    slot.attempts += 1;
    if (slot.entry.state === 'queued') this.#set(slot, { item: slot.entry.item, state: 'sending' });
    const request = { ...payload, roomId, cmid, attempt: slot.attempts, ...(after ? { after } : {}) } as CommandInput<OutboxCommand>;
    try {
      const answer = await Promise.race([this.#options.send(command, request), slot.settled]);
      if (answer) this.#resolve(roomId, cmid, answer);
      return null;
    } catch (error) {
      return slot.entry.state === 'sent' ? null : asChatError(error);
    }
  }

  /** The room takes no message yet. This one is certainly not in the log, so it may be discarded while it waits. */
  #waits(slot: Slot, error: ChatError): void {
    slot.attempts = 0;
    this.#set(slot, { item: slot.entry.item, state: 'queued', error });
  }

  #resolve(roomId: RoomId, cmid: Cmid, answer: OutboxAnswer | null): void {
    const slot = this.#lanes.get(roomId)?.slots.get(cmid);
    if (!slot) return;
    this.#remove(roomId, slot);
    this.#set(slot, { item: slot.entry.item, state: 'sent', answer });
    slot.settle();
  }

  #fail(roomId: RoomId, cmid: Cmid, error: ChatError): void {
    const slot = this.#lanes.get(roomId)?.slots.get(cmid);
    if (!slot || slot.entry.state === 'failed') return;
    const item: OutboxItem = { ...slot.entry.item, failure: { code: error.code, message: error.message, ...(error.sanction ? { sanction: error.sanction } : {}) } };
    this.#set(slot, { item, state: 'failed', error });
    this.#options.storage.put(item).catch((cause: unknown) => this.#options.onFault(localError('storage_failed', undefined, cause)));
  }

  #remove(roomId: RoomId, slot: Slot): void {
    const { cmid } = slot.entry.item;
    if (!this.#lane(roomId).slots.delete(cmid)) return;
    this.#size -= 1;
    this.#settled.add(cmid);
    if (this.#settled.size > MAX_REMEMBERED) this.#settled.delete(this.#settled.values().next().value as Cmid);
    // After the put: a removal that overtook it would leave the item behind.
    void slot.stored.then(() => this.#options.storage.remove(cmid)).catch((cause: unknown) => this.#options.onFault(localError('storage_failed', undefined, cause)));
  }

  #set(slot: Slot, entry: OutboxEntry): void {
    slot.entry = entry;
    this.#options.onChange(entry);
  }
}
