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

/** What is stored of a {@link RoomProgress}: everything up to `cursor` is settled, and of what was delivered above it all but `unsettled`. */
export type Note = { cursor: Position; delivered: Position; unsettled: [position: Position, attempts: number][] };

/** Of one note. Entries beyond are noted as not delivered: after a crash their attempts count from 1 again. */
const NOTED_ENTRIES = 500;

/**
 * Where a consumer stands in one log. Entries settle in any order; the cursor moves over those settled from the front on,
 * so what is behind it is done and what is not comes again after a crash.
 */
export class RoomProgress {
  readonly ref: RoomRef;
  /** The last entry known to be in the log. */
  head: Position;
  /** The last entry taken from the log. `null`: go on from the stored note. */
  loaded: Position | null = null;
  /** As far as everything is settled. */
  cursor: Position = 0;
  /** Of an earlier process: what it had delivered above the cursor, and how often what it did not settle. */
  recalled: { delivered: Position; attempts: ReadonlyMap<Position, number> } = { delivered: 0, attempts: new Map() };
  /** From the cursor on, in order; settled ones only behind one that is not. */
  readonly handed: Handed[] = [];
  /** How often it changed, and how much of that is stored. */
  version = 0;
  storedVersion = 0;

  constructor(ref: RoomRef, head: Position) {
    this.ref = ref;
    this.head = head;
  }

  get behind(): boolean {
    return this.loaded === null || this.loaded < this.head;
  }

  /** Nothing of it is needed that is not in the database. */
  get done(): boolean {
    return !this.behind && this.storedVersion === this.version && this.handed.length === 0;
  }

  /** Moves the cursor over what is settled. */
  advance(): void {
    let settled = 0;
    while (this.handed[settled]?.content === null) settled += 1;
    if (settled === 0) return;
    this.cursor = this.handed[settled - 1]!.position;
    this.handed.splice(0, settled);
  }

  note(): Note {
    const noted = this.handed.slice(0, NOTED_ENTRIES);
    return {
      cursor: this.cursor,
      delivered: noted.at(-1)?.position ?? this.cursor,
      unsettled: noted.filter(({ content }) => content !== null).map(({ position, attempt }) => [position, attempt]),
    };
  }
}
