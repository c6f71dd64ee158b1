import { StoreUnavailable, type Chance, type LogEntry, type MessageTarget, type RoomLog, type RoomRef, type RoomState, type Sanction, type Store, type Targets } from '@parley/domain';
import type { EventId, Role, RoomEvent, RoomId, UserId } from '@parley/protocol';
import { Beheld } from './beheld.ts';
import { readOn, seed } from './catch-up.ts';
import type { FoldedRoom } from './folded-room.ts';
import { LogForked, WindowFull, type AppenderMetrics } from './incidents.ts';
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

/** How one user stands in a room. `ban`: only of who is no member; it may have run out. */
export type Membership = { state: RoomState; role: Role | null; ban: Sanction | null };

const membershipOf = (state: RoomState, room: FoldedRoom, userId: UserId): Membership =>
  ({ state, role: room.role(userId) ?? null, ban: room.rows.member(userId)?.ban ?? null });

/** What is to be told of a broken log is told for so long while the store is away. */
const REPORT_EVERY_MS = 2_000;
const REPORT_TRIES = 300;

/** Users in one question for standings. */
const ASK_TOGETHER = 1_000;

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
  /** A question for standings that others may still join: all who want one in this turn of the event loop ask together. */
  #asking: { userIds: Set<UserId>; found: Promise<Targets> } | null = null;
  #tailBudget: TailBudget;
  /** Of the room that was let go of because its log did not go on. */
  #beheld: Beheld | null = null;
  #reporting = 0;

  constructor(roomId: RoomId, deps: AppenderDeps) {
    this.roomId = roomId;
    this.#deps = deps;
    this.#tailBudget = deps.tailBudget;
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

  /** Nobody comes here any more. What those who are still here load does not count as kept. */
  retire(): void {
    this.drop();
    this.#tailBudget = { bytes: 0 };
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

  /** The state of {@link fresh} with how one user stands there. Both of one moment: a row that was known may be forgotten in the next. */
  async membership(userId: UserId): Promise<Membership | null> {
    for (;;) {
      const room = await this.fresh();
      const { state, span } = room;
      if (!state) return null;
      if (room.role(userId) !== undefined || span.winStart === 0) return membershipOf(state, room, userId);
      const found = await this.#findStanding(userId);
      if (room !== this.#room || span !== room.span || !room.state) continue;
      room.rows.learn({ members: [userId], messages: [] }, found);
      return membershipOf(room.state, room, userId);
    }
  }

  /** Those of these messages that are deleted or hidden, by all that was in the log when this was called. */
  async gone(ids: readonly EventId[]): Promise<Set<EventId>> {
    for (;;) {
      const room = await this.fresh();
      const { span } = room;
      const isGone = (target: MessageTarget | null | undefined) => target === null || (target !== undefined && (target.deleted || target.hidden !== null));
      const unknown = span.winStart === 0 ? [] : room.rows.unknown({ members: [], messages: [...ids] }).messages;
      if (unknown.length > 0) {
        const found = await this.#deps.store.findTargets(this.roomId, { members: [], messages: unknown });
        if (room !== this.#room || span !== room.span) continue;
        room.rows.learn({ members: [], messages: unknown }, found);
      }
      return new Set(ids.filter((id) => isGone(room.rows.message(id))));
    }
  }

  /** After a storm of reconnects everyone's standing is wanted at once: the store is asked once for all. */
  #findStanding(userId: UserId): Promise<Targets> {
    if (!this.#asking || this.#asking.userIds.size >= ASK_TOGETHER) {
      const userIds = new Set<UserId>();
      const asking = {
        userIds,
        found: Promise.resolve().then(() => {
          if (this.#asking === asking) this.#asking = null;
          return this.#deps.store.findTargets(this.roomId, { members: [...userIds], messages: [] });
        }),
      };
      this.#asking = asking;
    }
    this.#asking.userIds.add(userId);
    return this.#asking.found;
  }

  async #catchUp(): Promise<FoldedRoom> {
    const { limits, metrics } = this.#deps;
    const heard = this.#headSeq;
    let room = this.#room;
    if (room && room.windowSize >= limits.windowHard) await this.#trim(room);
    try {
      if (room) {
        await this.#readOn(room);
        this.#beheld = null;
      } else {
        room = await this.#seed();
      }
    } catch (error) {
      if (!(error instanceof Discontinuity)) throw error;
      metrics.incident('reseeded', this.roomId);
      if (room) this.#beheld ??= new Beheld(room);
      room = await this.#seedAnew();
    }
    if (this.#headSeq === heard) this.#headSeq = 0;
    this.tidy(room);
    if (room.windowSize >= limits.windowHard) throw new WindowFull(`${room.windowSize} events of ${this.roomId} are not in the store yet`);
    return room;
  }

  /** While the store is away the room as it was known stays: the log's compare-and-set holds it to the truth, and a gap that was none closes by itself. */
  async #seedAnew(): Promise<FoldedRoom> {
    try {
      return await this.#seed();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) this.#replace(null);
      throw error;
    }
  }

  async #seed(): Promise<FoldedRoom> {
    const { log, store, limits } = this.#deps;
    try {
      const room = await seed(log, store, this.roomId, limits, this.#tailBudget);
      this.#replace(room);
      this.#tellLost(room);
      return room;
    } catch (error) {
      // Nothing more is appended to such a log, and so nobody else comes to look at it.
      if (error instanceof LogForked) this.#report([]);
      throw error;
    }
  }

  #tellLost(room: FoldedRoom): void {
    const lost = this.#beheld?.missingIn(room) ?? [];
    this.#beheld = null;
    if (lost.length === 0) return;
    this.#deps.metrics.incident('acked_lost', this.roomId);
    this.#report(lost);
  }

  /** Again and again until the store has it: one at a time, as whoever comes here next finds the same. */
  #report(lost: readonly RoomEvent[]): void {
    const { store, chance } = this.#deps;
    if (lost.length === 0 && this.#reporting > 0) return;
    this.#reporting += 1;
    const report = async (): Promise<void> => {
      for (let tries = 0; tries < REPORT_TRIES; tries += 1) {
        try {
          return await store.reportBroken(this.roomId, lost);
        } catch {
          await chance.sleep(REPORT_EVERY_MS);
        }
      }
    };
    void report().finally(() => { this.#reporting -= 1; });
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
