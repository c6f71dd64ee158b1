import type { LogEntry, Position, RoomRef } from '@parley/domain';

/** One entry on its way through a consumer. */
export type Handed = {
  position: Position;
  /** `null` once settled. */
  content: { entry: LogEntry } | { reason: string; raw: string } | null;
  bytes: number;
  attempt: number;
  /** When it comes again, in milliseconds since 1970. */
  dueAt: number;
};

/**
 * Where a consumer stands in one log. Entries settle in any order; the cursor moves over those settled from the front on,
 * so what is behind it is done and what is not comes again after a crash.
 */
export class RoomProgress {
  readonly ref: RoomRef;
  /** The last entry known to be in the log. */
  head: Position;
  /** The last entry taken from the log. `null`: go on from the stored cursor. */
  loaded: Position | null = null;
  /** As far as everything is settled. `null`: as stored. */
  cursor: Position | null = null;
  /** Whether `cursor` is as stored. */
  written = true;
  /** In order; settled ones only behind one that is not. */
  readonly handed: Handed[] = [];

  constructor(ref: RoomRef, head: Position) {
    this.ref = ref;
    this.head = head;
  }

  get behind(): boolean {
    return this.loaded === null || this.loaded < this.head;
  }

  /** Nothing of it is needed that is not in the database. */
  get done(): boolean {
    return !this.behind && this.written && this.handed.length === 0;
  }

  /** Answers whether the cursor moved. */
  settle(handed: Handed): boolean {
    handed.content = null;
    let settled = 0;
    while (this.handed[settled]?.content === null) settled += 1;
    if (settled === 0) return false;
    this.cursor = this.handed[settled - 1]!.position;
    this.written = false;
    this.handed.splice(0, settled);
    return true;
  }
}
