import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { newCmid, newUserId, realChance, roomIdOf, RoomLogError, shardOf, type LogConsumer, type LogEntry, type NewEntry, type Position, type RoomLog, type RoomLogErrorCode, type RoomRef, type Shard } from '@parley/domain';
import type { EventId, RoomEvent } from '@parley/protocol';

const author = newUserId();

/** A room that nobody has written to. */
export const freshRef = (shard?: Shard): RoomRef => {
  for (;;) {
    const roomId = roomIdOf(newUserId(), newCmid());
    if (shard === undefined || shardOf(roomId) === shard) return { roomId, epoch: 1 };
  }
};

export const message = (ref: RoomRef, seq: number, body = `message ${seq}`): RoomEvent => ({
  roomId: ref.roomId, epoch: ref.epoch, seq, id: realChance.eventId(), type: 'message.created', by: author, at: Date.now(),
  data: { name: 'Ada', body }, cmid: newCmid(),
});

/** An entry of `count` events after `seq`. */
export const entryAfter = (ref: RoomRef, seq: number, prevId: EventId | null, count = 1, body?: string): NewEntry => ({
  events: Array.from({ length: count }, (_, n) => message(ref, seq + n + 1, body)), prevId,
});

export type Tail = { position: Position; seq: number; lastId: EventId | null };
export const EMPTY: Tail = { position: 0, seq: 0, lastId: null };
export const tailOf = (entry: LogEntry): Tail => {
  const last = entry.events.at(-1);
  ok(last);
  return { position: entry.position, seq: last.seq, lastId: last.id };
};

/** Appends `count` entries of one event each, with one writer. */
export const fill = async (log: RoomLog, ref: RoomRef, count: number, from: Tail = EMPTY, body?: string): Promise<LogEntry[]> => {
  const entries: LogEntry[] = [];
  let tail = from;
  for (let n = 0; n < count; n += 1) {
    const entry = entryAfter(ref, tail.seq, tail.lastId, 1, body);
    const stored = { ...entry, position: await log.append(ref, entry, tail.position) };
    entries.push(stored);
    tail = tailOf(stored);
  }
  return entries;
};

/** Everything of a log, page by page as the port says: inclusively from the last entry. */
export const readAll = async (log: RoomLog, ref: RoomRef, pageSize = 500, from: Position = 0): Promise<LogEntry[]> => {
  const entries: LogEntry[] = [];
  for (let at = from; ;) {
    const page = await log.read(ref, at, pageSize);
    const last = entries.at(-1);
    const [first, ...rest] = page.entries;
    if (last) {
      ok(first, 'the entry that a page ended with is where the next begins');
      deepStrictEqual(first, last, 'a page begins inclusively with the entry asked for');
      entries.push(...rest);
    } else entries.push(...page.entries);
    if (page.atEnd) return entries;
    at = page.entries.at(-1)?.position ?? at;
  }
};

/** Dense, chained by `prevId`, with rising positions. */
export const assertWhole = (entries: readonly LogEntry[], after: Tail = EMPTY): void => {
  let { position, seq, lastId } = after;
  for (const entry of entries) {
    ok(entry.position > position, `position ${entry.position} rises above ${position}`);
    strictEqual(entry.prevId, lastId, `the entry at ${entry.position} names the event before it`);
    ok(entry.events.length > 0);
    for (const event of entry.events) {
      strictEqual(event.seq, seq + 1, 'seq is dense');
      seq = event.seq;
      lastId = event.id;
    }
    position = entry.position;
  }
};

export const bodyOf = (event: RoomEvent): string => (event.type === 'message.created' ? event.data.body : '');
export const bodiesOf = (entries: readonly LogEntry[]): string[] => entries.flatMap((entry) => entry.events.map(bodyOf));

export const codeOf = async (promise: Promise<unknown>): Promise<RoomLogErrorCode | 'none'> => {
  try {
    await promise;
    return 'none';
  } catch (error) {
    if (error instanceof RoomLogError) return error.code;
    throw error;
  }
};

export const expectCode = async (code: RoomLogErrorCode, promise: Promise<unknown>, of = ''): Promise<void> => {
  strictEqual(await codeOf(promise), code, of);
};

/** Lets timers have their turn: a log in memory answers without ever leaving the microtasks. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Waits for a condition that is looked at again every few milliseconds. */
export const until = async (what: string, condition: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** Repeats while the log is away. */
export const whenBack = async <T>(what: string, attempt: () => Promise<T>, timeoutMs = 30_000): Promise<T> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof RoomLogError) || error.code !== 'unavailable' || Date.now() > deadline) throw new Error(`not back: ${what}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
};

/** Settles what other cases have left in the shard, so that what is delivered next is the case's own. */
export const drain = async (consumer: LogConsumer): Promise<void> => {
  for (let left = true; left;) {
    const batch = await consumer.fetch(200, 100);
    await Promise.all(batch.map((delivery) => delivery.ack()));
    left = batch.length > 0;
  }
};

/** What is the outcome of every append of a {@link Writer}. */
export type Outcome = 'acked' | 'conflict' | 'unknown_outcome' | 'unavailable';

/**
 * The simplest right writer: reads what is there, decides that its event comes next, appends, and on anything but an
 * answer looks again whether the event is there. Its events are `<name>/<n>`.
 */
export class Writer {
  readonly acked: { seq: number; id: EventId; body: string }[] = [];
  readonly outcomes: Record<Outcome, number> = { acked: 0, conflict: 0, unknown_outcome: 0, unavailable: 0 };
  readonly #name: string;
  readonly #log: RoomLog;
  readonly #ref: RoomRef;
  #tail: Tail = EMPTY;
  #count = 0;

  constructor(name: string, log: RoomLog, ref: RoomRef) {
    this.#name = name;
    this.#log = log;
    this.#ref = ref;
  }

  async write(): Promise<void> {
    await breathe();
    this.#count += 1;
    const body = `${this.#name}/${this.#count}`;
    const id = realChance.eventId();
    for (;;) {
      const { position, seq, lastId } = this.#tail;
      const event: RoomEvent = { ...message(this.#ref, seq + 1, body), id };
      const entry: NewEntry = { events: [event], prevId: lastId };
      try {
        const stored = await this.#log.append(this.#ref, entry, position);
        this.#tail = { position: stored, seq: event.seq, lastId: id };
        this.outcomes.acked += 1;
        this.acked.push({ seq: event.seq, id, body });
        return;
      } catch (error) {
        if (!(error instanceof RoomLogError)) throw error;
        if (error.code !== 'conflict' && error.code !== 'unknown_outcome' && error.code !== 'unavailable') throw error;
        this.outcomes[error.code] += 1;
      }
      const found = await whenBack('reading', () => this.#catchUp(id));
      if (found === null) continue;
      // Stored after all: it counts as acked from here on.
      this.acked.push({ seq: found, id, body });
      return;
    }
  }

  /** The seq of the event if it is there. */
  async #catchUp(id: EventId): Promise<number | null> {
    const entries = await readAll(this.#log, this.#ref, 500, this.#tail.position);
    const last = entries.at(-1);
    if (last) this.#tail = tailOf(last);
    return entries.flatMap((entry) => entry.events).find((event) => event.id === id)?.seq ?? null;
  }
}

/** Everything acked is there once, where it was acked, and nothing else is. */
export const assertExactlyOnce = (entries: readonly LogEntry[], writers: readonly Writer[]): void => {
  const events = entries.flatMap((entry) => entry.events);
  const stored = new Map(events.map((event) => [event.id, event]));
  strictEqual(stored.size, events.length, 'no event is there twice');
  const bodies = events.map(bodyOf);
  strictEqual(new Set(bodies).size, bodies.length, 'nothing is said twice');
  for (const { seq, id, body } of writers.flatMap((writer) => writer.acked)) {
    const event = stored.get(id);
    ok(event, `${body}, acked at ${seq}, is there`);
    strictEqual(event.seq, seq, `${body} stands where it was acked`);
  }
};
