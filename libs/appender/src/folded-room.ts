import { cmidKey, evolve, NOBODY, type CmidRecord, type LogEntry, type RoomState, type Watermark } from '@parley/domain';
import type { Role, RoomId, UserId } from '@parley/protocol';
import type { AppenderLimits } from './limits.ts';
import { LogCursor } from './log-cursor.ts';
import { Rows } from './rows.ts';
import { Tail, type TailBudget } from './tail.ts';

/** Stands for one value of `winStart`: what was looked up in the store is good for as long as it is the same one. */
export type Span = { readonly winStart: number };

/**
 * A room as folded up to the cursor. Everything above `winStart` is here; what is at or below it is in the store.
 * All methods are synchronous, so that between two awaits there is one state.
 */
export class FoldedRoom {
  readonly cursor: LogCursor;
  readonly rows = new Rows();
  readonly tail: Tail;
  state: RoomState | null;
  span: Span;
  /** Another value for another state. */
  version = 0;
  /** What commands above `winStart` led to, by `cmidKey`, in the order of the log. */
  readonly #cmids = new Map<string, CmidRecord>();

  constructor(roomId: RoomId, logId: string, watermark: Watermark | null, limits: AppenderLimits, tailBudget: TailBudget) {
    this.cursor = new LogCursor(roomId, logId, watermark);
    this.state = watermark?.state ?? null;
    this.span = { winStart: watermark?.seq ?? 0 };
    this.tail = new Tail(limits.tailEvents, limits.tailBytes, tailBudget);
    if (this.state) this.#learnFrom(this.state);
  }

  /** Events above `winStart`. */
  get windowSize(): number {
    return this.cursor.seq - this.span.winStart;
  }

  cmid(key: string): CmidRecord | undefined {
    return this.#cmids.get(key);
  }

  /**
   * What the state tells of its members needs no look into the store. Nobody is sanctioned in a direct room, nor is an owner;
   * and what an owner said last matters to nobody before its next role, which forgets it.
   */
  #learnFrom({ roles, pair }: RoomState): void {
    for (const userId of pair ?? []) this.rows.learnMember(userId, { ...NOBODY, role: 'member' });
    for (const [userId, role] of Object.entries(roles)) this.rows.learnMember(userId as UserId, role === 'owner' ? { ...NOBODY, role } : { role });
  }

  /** `undefined`: not known without a look into the store. */
  role(userId: UserId): Role | null | undefined {
    return this.state?.roles[userId] ?? this.rows.member(userId)?.role;
  }

  /** Throws `Discontinuity`, and is then as before. */
  fold(entry: LogEntry): void {
    this.cursor.expect(entry);
    let { state } = this;
    for (const event of entry.events) state = evolve(state, event);
    this.state = state;
    this.cursor.advance(entry);
    this.version += 1;
    for (const event of entry.events) {
      this.rows.fold(event);
      this.tail.push(event);
      if (event.cmid === null) continue;
      const key = cmidKey(event.by, event.cmid);
      if (!this.#cmids.has(key)) this.#cmids.set(key, { epoch: event.epoch, seq: event.seq, id: event.id });
    }
  }

  /** Lets go of what the store has by now: everything up to `winStart`. */
  trim(winStart: number): void {
    if (winStart <= this.span.winStart || winStart > this.cursor.seq) return;
    this.span = { winStart };
    this.version += 1;
    for (const [key, record] of this.#cmids) {
      if (record.seq > winStart) break;
      this.#cmids.delete(key);
    }
  }
}
