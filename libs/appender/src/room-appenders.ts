import { RoomLogError, StoreUnavailable, cmidKey, realChance, type Chance, type Head, type LogEntry, type RoomCommand, type RoomLog, type RoomRef, type RoomState, type Store, type Watermark } from '@parley/domain';
import { ProtocolError, wireError, type EventId, type RoomEvent, type RoomId, type UserId } from '@parley/protocol';
import { readOn } from './catch-up.ts';
import { LogForked, WindowFull, noMetrics, type AppenderMetrics } from './incidents.ts';
import { DEFAULT_APPENDER_LIMITS, type AppenderLimits } from './limits.ts';
import { Discontinuity, LogCursor } from './log-cursor.ts';
import { RoomAppender } from './room-appender.ts';
import type { AppenderDeps, Membership, RoomFollower } from './room-follower.ts';
import type { TailBudget } from './tail.ts';
import type { Settle } from './waiting.ts';

export type RoomAppendersOptions = {
  log: RoomLog;
  store: Store;
  chance?: Chance;
  limits?: Partial<AppenderLimits>;
  metrics?: AppenderMetrics;
  /**
   * What was appended here, called synchronously after its senders were answered: for the fan-out. In order per room,
   * but not all there is: an append whose outcome was unknown is told by `onMoved` when it is found in the log.
   */
  onAppended?: (entry: LogEntry, ref: RoomRef) => void;
  /**
   * Events found in the log beyond what was known of a loaded room: other gateways' as a rule. Ascending per room; what
   * a seed read is not told, and an own append may be told by both when a read overtakes its ack.
   */
  onMoved?: (events: readonly RoomEvent[], ref: RoomRef) => void;
  /** A bug was met: a listener threw, or the rules did. The commands concerned were answered `internal`. */
  onDefect?: (error: unknown, roomId: RoomId) => void;
};

export type RoomNow = { state: RoomState };

/** A row of the watermark's snapshot: what a page of history is as of. */
export type Beyond = Omit<Watermark, 'state'>;

/**
 * The rooms this process writes to and reads from, by the rules of one log: each loaded when it is first asked for,
 * the one longest unused let go. Its reads throw `ProtocolError` (`unavailable`, `busy`, `shutting_down`), all retryable.
 */
export class RoomAppenders {
  readonly #deps: AppenderDeps;
  /** In the order of use, the longest unused first. */
  readonly #rooms = new Map<RoomId, RoomAppender>();
  #waiting = 0;
  /** Of all tails together; they keep it themselves. */
  readonly #tail: TailBudget = { bytes: 0 };
  #closed = false;

  constructor({ log, store, chance = realChance, limits, metrics = noMetrics, onAppended, onMoved, onDefect }: RoomAppendersOptions) {
    this.#deps = {
      log, store, chance, metrics, tailBudget: this.#tail,
      limits: { ...DEFAULT_APPENDER_LIMITS, ...limits },
      onAppended: onAppended ?? (() => undefined),
      onMoved: onMoved ?? (() => undefined),
      onDefect: onDefect ?? ((error) => { queueMicrotask(() => { throw error; }); }),
    };
  }

  /** Rooms loaded at present. */
  get size(): number {
    return this.#rooms.size;
  }

  /** Commands waiting at present, over all rooms. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Settled exactly once: with the command's place in the log, with the rules' rejection, or with a retryable error
   * (`busy`, `unavailable`, `internal`, `shutting_down`) after which its outcome is unknown until it is sent again with the same cmid.
   * Called synchronously from where the outcome became known, before `onAppended`; refusals even before `submit` returns.
   */
  submit(command: RoomCommand, settle: Settle): void {
    const { limits, metrics, chance } = this.#deps;
    if (this.#closed) return settle({ ok: false, error: wireError('shutting_down') });
    const room = this.#waiting < limits.totalQueue ? this.#room(command.roomId) : null;
    if (!room || room.waiting >= limits.roomQueue) {
      metrics.incident('refused_busy', command.roomId);
      return settle({ ok: false, error: wireError('busy') });
    }
    this.#waiting += 1;
    room.push({
      command,
      key: cmidKey(command.by?.id ?? null, command.cmid),
      deadline: chance.now() + limits.settleWithinMs,
      passes: 0,
      since: null,
      found: null,
      settle: (result) => {
        this.#waiting -= 1;
        settle(result);
      },
    });
  }

  /** The room with all that was appended before the call; `null`: there is no such room. */
  async read(roomId: RoomId): Promise<RoomNow | null> {
    const { state } = await this.#ask(roomId, (room) => room.fresh());
    return state && { state };
  }

  /** {@link read}, and how one user stands there. */
  membership(roomId: RoomId, userId: UserId): Promise<Membership | null> {
    return this.#ask(roomId, (room) => room.membership(userId));
  }

  /** Those of these messages that are deleted or hidden by now, or are none: their bodies are not to be given out any more. */
  gone(roomId: RoomId, messageIds: readonly EventId[]): Promise<Set<EventId>> {
    return this.#ask(roomId, (room) => room.gone(messageIds));
  }

  /**
   * The events after a watermark up to the end of the log as of the call, dense and in order: to fold over a page that
   * was read together with that watermark (`null`: the store had nothing). `null`: the watermark has moved on meanwhile
   * and the log no longer reaches back to it; read the page anew.
   */
  async beyond(roomId: RoomId, watermark: Beyond | null): Promise<RoomEvent[] | null> {
    const { log, limits } = this.#deps;
    const room = await this.#ask(roomId, (each) => each.fresh());
    const held = room.tail.after(watermark?.seq ?? 0, room.cursor.seq);
    if (held) return held;
    return this.#ask(roomId, async () => {
      const cursor = new LogCursor(roomId, log.id, watermark);
      const events: RoomEvent[] = [];
      try {
        await readOn(log, cursor, limits.readEntries, {
          full: () => events.length >= limits.windowHard,
          fold: (entry) => {
            cursor.advance(entry);
            events.push(...entry.events);
          },
        });
      } catch (error) {
        if (error instanceof Discontinuity) return null;
        throw error;
      }
      // Short of what is known: the log is not the one that the watermark belongs to.
      if (cursor.seq < room.cursor.seq) return null;
      if (events.length >= limits.windowHard) throw new WindowFull(`${events.length} events of ${roomId} are not in the store yet`);
      return events;
    });
  }

  /** What is in memory of the events after `seq`, without asking the log; `null` if that is not all up to the last one known. */
  recent(roomId: RoomId, seq: number): { epoch: number; seq: number; events: RoomEvent[] } | null {
    const room = this.#rooms.get(roomId)?.follower.room;
    if (!room?.state) return null;
    const events = room.tail.after(seq, room.cursor.seq);
    return events && { epoch: room.state.epoch, seq: room.cursor.seq, events };
  }

  /** The last event known of a loaded room. */
  known(roomId: RoomId): { epoch: number; seq: number } | null {
    const state = this.#rooms.get(roomId)?.follower.room?.state;
    return state ? { epoch: state.epoch, seq: state.seq } : null;
  }

  /** A head seen: if it is above what is known of a loaded room, its next append is preceded by a read. */
  noteHead(head: Pick<Head, 'roomId' | 'seq'>): void {
    this.#rooms.get(head.roomId)?.follower.noteHead(head.seq);
  }

  async #ask<T>(roomId: RoomId, question: (room: RoomFollower) => Promise<T>): Promise<T> {
    if (this.#closed) throw new ProtocolError('shutting_down');
    const room = this.#room(roomId);
    if (!room) throw new ProtocolError('busy');
    try {
      return await question(room.follower);
    } catch (error) {
      throw this.#explain(error, roomId);
    }
  }

  /** Errors of the ports become the wire's, with the cause kept; anything else is a bug and stays what it is. */
  #explain(error: unknown, roomId: RoomId): unknown {
    const incident =
      error instanceof StoreUnavailable ? 'store_unavailable'
      : error instanceof RoomLogError ? 'read_failed'
      : error instanceof LogForked ? 'forked'
      : error instanceof WindowFull ? 'window_full'
      : null;
    if (!incident) return error;
    this.#deps.metrics.incident(incident, roomId);
    return new ProtocolError('unavailable', undefined, { cause: error });
  }

  /** The room's appender, now the one last used; `null` if no more can be loaded because all are at work. */
  #room(roomId: RoomId): RoomAppender | null {
    const known = this.#rooms.get(roomId);
    this.#rooms.delete(roomId);
    this.#makeSpace();
    if (!known && this.#rooms.size >= this.#deps.limits.rooms) return null;
    const room = known ?? new RoomAppender(roomId, this.#deps);
    this.#rooms.set(roomId, room);
    return room;
  }

  /** Lets go of idle rooms, the longest unused first, while there are too many or their tails weigh too much. */
  #makeSpace(): void {
    const { limits } = this.#deps;
    if (this.#rooms.size < limits.rooms && this.#tail.bytes <= limits.tailTotalBytes) return;
    for (const [roomId, room] of this.#rooms) {
      if (this.#rooms.size < limits.rooms && this.#tail.bytes <= limits.tailTotalBytes) return;
      if (!room.idle) continue;
      room.follower.retire();
      this.#rooms.delete(roomId);
    }
  }

  /** Takes nothing more, and resolves once all that waits is settled. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#rooms.values()].map((room) => room.settled()));
  }
}
