import type { Chance, LogEntry, RoomLog, RoomRef, RoomState, Store } from '@parley/domain';
import type { Role, RoomEvent, RoomId, UserId } from '@parley/protocol';
import { readOn, seed } from './catch-up.ts';
import type { FoldedRoom } from './folded-room.ts';
import { WindowFull, type AppenderMetrics } from './incidents.ts';
import type { AppenderLimits } from './limits.ts';
import { Discontinuity } from './log-cursor.ts';
import type { TailBudget } from './tail.ts';

export type AppenderDeps = {
  log: RoomLog;
  store: Store;
  chance: Chance;
  limits: AppenderLimits;
  metrics: AppenderMetrics;
  tailBudget: TailBudget;
  /** After the senders were answered: what was appended here. */
  onAppended: (entry: LogEntry, ref: RoomRef) => void;
  /** What was found in the log: appended by others, or by this process with an outcome that had been unknown. */
  onMoved: (events: readonly RoomEvent[], ref: RoomRef) => void;
  /** A bug: thrown by a listener, or by the rules. Nothing else reaches it. */
  onDefect: (error: unknown, roomId: RoomId) => void;
};

/** Keeps one room folded: seeds it, reads on when asked to, and lets go of what the store has by now. */
export class RoomFollower {
  readonly roomId: RoomId;
  readonly #deps: AppenderDeps;
  #room: FoldedRoom | null = null;
  #reading: Promise<FoldedRoom> | null = null;
  #readingNext: Promise<FoldedRoom> | null = null;
  #trimming: Promise<void> | null = null;
  #trimAgainAt = 0;
  /** Highest `seq` heard of. */
  #headSeq = 0;

  constructor(roomId: RoomId, deps: AppenderDeps) {
    this.roomId = roomId;
    this.#deps = deps;
  }

  /** As last folded, which may be behind the log. */
  get room(): FoldedRoom | null {
    return this.#room;
  }

  /** Nothing is folded, or it is known not to be all. */
  get isBehind(): boolean {
    const room = this.#room;
    if (!room || this.#deps.log.id !== room.cursor.logId) return true;
    return this.#headSeq > room.cursor.seq || room.windowSize >= this.#deps.limits.windowHard;
  }

  get idle(): boolean {
    return !this.#reading && !this.#readingNext && !this.#trimming;
  }

  async settled(): Promise<void> {
    await Promise.allSettled([this.#reading, this.#readingNext, this.#trimming]);
  }

  /** Forgets the room: it is seeded anew when it is needed again. */
  drop(): void {
    this.#replace(null);
  }

  noteHead(seq: number): void {
    this.#headSeq = Math.max(this.#headSeq, seq);
  }

  /** The room with all that was in the log when this was called. The reads of all who ask meanwhile are one. */
  fresh(): Promise<FoldedRoom> {
    if (!this.#reading) {
      this.#reading = this.#catchUp().finally(() => { this.#reading = null; });
      return this.#reading;
    }
    // The read under way may have begun before an append that the caller has to see.
    const again = () => {
      this.#readingNext = null;
      return this.fresh();
    };
    this.#readingNext ??= this.#reading.then(again, again);
    return this.#readingNext;
  }

  /** The state of {@link fresh} with the role of one user. Both of one moment: a row that was known may be forgotten in the next. */
  async membership(userId: UserId): Promise<{ state: RoomState; role: Role | null } | null> {
    for (;;) {
      const room = await this.fresh();
      const { state, span } = room;
      if (!state) return null;
      const role = room.role(userId);
      if (role !== undefined || span.winStart === 0) return { state, role: role ?? null };
      const keys = { members: [userId], messages: [] };
      const found = await this.#deps.store.findTargets(this.roomId, keys);
      if (room !== this.#room || span !== room.span || !room.state) continue;
      room.rows.learn(keys, found);
      return { state: room.state, role: room.role(userId) ?? null };
    }
  }

  async #catchUp(): Promise<FoldedRoom> {
    const { log, store, limits, metrics, tailBudget } = this.#deps;
    const heard = this.#headSeq;
    let room = this.#room;
    if (room && room.windowSize >= limits.windowHard) await this.#trim(room);
    try {
      if (room) {
        await this.#readOn(room);
      } else {
        room = await seed(log, store, this.roomId, limits, tailBudget);
        this.#replace(room);
      }
    } catch (error) {
      if (!(error instanceof Discontinuity)) throw error;
      metrics.incident('reseeded', this.roomId);
      this.#replace(null);
      room = await seed(log, store, this.roomId, limits, tailBudget);
      this.#replace(room);
    }
    if (this.#headSeq === heard) this.#headSeq = 0;
    this.tidy(room);
    if (room.windowSize >= limits.windowHard) throw new WindowFull(`${room.windowSize} events of ${this.roomId} are not in the store yet`);
    return room;
  }

  async #readOn(room: FoldedRoom): Promise<void> {
    const { log, limits } = this.#deps;
    await readOn(log, room.cursor, limits.readEntries, {
      full: () => room.windowSize >= limits.windowHard,
      fold: (entry) => {
        room.fold(entry);
        tell(this.#deps, this.roomId, () => this.#deps.onMoved(entry.events, { roomId: this.roomId, epoch: room.cursor.epoch }));
      },
    });
  }

  /** Keeps what is remembered within its bounds. */
  tidy(room: FoldedRoom): void {
    const { limits } = this.#deps;
    room.rows.prune(room.span.winStart, limits.rows);
    if (room.windowSize <= limits.windowSoft || room.cursor.seq < this.#trimAgainAt || this.#trimming) return;
    this.#trimming = this.#trim(room).catch(() => undefined).finally(() => { this.#trimming = null; });
  }

  /** Moves `winStart` up to the store's watermark. */
  async #trim(room: FoldedRoom): Promise<void> {
    const { store, limits } = this.#deps;
    this.#trimAgainAt = room.cursor.seq + Math.ceil(limits.windowSoft / 4);
    const watermark = await store.seed(this.roomId);
    if (!watermark || room !== this.#room) return;
    const id = room.tail.idAt(watermark.seq);
    if (id !== undefined && id !== watermark.lastId) {
      this.#replace(null);
      return;
    }
    room.trim(Math.min(watermark.seq, room.cursor.seq));
  }

  #replace(room: FoldedRoom | null): void {
    this.#room?.tail.clear();
    this.#room = room;
  }
}

/** Calls a listener, whose errors are its own. */
export const tell = ({ onDefect }: AppenderDeps, roomId: RoomId, call: () => void): void => {
  try {
    call();
  } catch (error) {
    onDefect(error, roomId);
  }
};
