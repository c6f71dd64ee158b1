import type { EventId, RoomEvent } from '@parley/protocol';
import type { Stretch } from '../archived.ts';
import type { ArchiveRow } from './archive-rows.ts';
import type { Findings } from './findings.ts';

/** What comes of one page of rows. */
export type Walked = {
  /** Of the surviving history up to the watermark, ascending. */
  events: RoomEvent[];
  /** Rows that are no part of it: each has to be listed as lost. */
  branches: ArchiveRow[];
  /** Rows past the watermark, in the epoch's own order. */
  beyond: ArchiveRow[];
};

const spanOf = ({ first_seq: first, last_seq: last }: ArchiveRow): string => (first === last ? `${first}` : `${first}-${last}`);

/** Follows the surviving history through all that the archive holds: dense from 1, each entry naming the event before it. Pure. */
export class ArchiveWalk {
  readonly #stretches: readonly Stretch[];
  readonly #findings: Findings;
  #stretch = 0;
  #seq = 0;
  #lastId: EventId | null = null;
  /** Stand where the next entry has to, and name another predecessor: branches if the right one comes yet. */
  #suspects: ArchiveRow[] = [];

  constructor(stretches: readonly Stretch[], findings: Findings) {
    this.#stretches = stretches;
    this.#findings = findings;
  }

  /** Of the last event that was followed. */
  get seq(): number {
    return this.#seq;
  }

  get lastId(): EventId | null {
    return this.#lastId;
  }

  /** Rows in the order of epoch, last seq and position. */
  take(rows: readonly ArchiveRow[]): Walked {
    const walked: Walked = { events: [], branches: [], beyond: [] };
    for (const row of rows) this.#take(row, walked);
    return walked;
  }

  /** After the last row. */
  end(): Walked {
    const walked: Walked = { events: [], branches: [], beyond: [] };
    this.#finishStretches(Number.POSITIVE_INFINITY, walked);
    return walked;
  }

  #take(row: ArchiveRow, walked: Walked): void {
    this.#finishStretches(row.epoch, walked);
    const stretch = this.#stretches[this.#stretch];
    if (!stretch) return void walked.beyond.push(row);
    if (stretch.epoch !== row.epoch) return void walked.branches.push(row);
    if (row.first_seq > stretch.to) {
      this.#reach(stretch.to + 1, stretch, walked);
      const isLastEpoch = this.#stretch === this.#stretches.length - 1;
      return void (isLastEpoch ? walked.beyond : walked.branches).push(row);
    }
    this.#reach(row.first_seq, stretch, walked);
    if (row.first_seq <= this.#seq) return void walked.branches.push(row);
    if (row.prev_id === this.#lastId || this.#lastId === BROKEN) return this.#follow(row, walked);
    this.#suspects.push(row);
  }

  /** The history goes on at `seq` or later: what stood in between had to come before. */
  #reach(seq: number, stretch: Stretch, walked: Walked): void {
    if (seq <= this.#seq + 1) return;
    this.#decide(walked);
    if (seq <= this.#seq + 1) return;
    this.#findings.add('archive_gap', `events ${this.#seq + 1} to ${seq - 1} are missing`, { epoch: stretch.epoch, seq: this.#seq + 1 });
    this.#seq = seq - 1;
    this.#lastId = BROKEN;
  }

  /** No right one came: the first of those that stand there is taken for it. */
  #decide(walked: Walked): void {
    const [first] = this.#suspects;
    if (!first) return;
    this.#findings.add('archive_chain', `entry ${spanOf(first)} follows ${first.prev_id ?? 'nothing'}, and the event before it is ${this.#lastId ?? 'none'}`, { epoch: first.epoch, seq: first.first_seq });
    this.#suspects = this.#suspects.slice(1);
    this.#follow(first, walked);
  }

  #follow(row: ArchiveRow, walked: Walked): void {
    if (row.events.length !== row.last_seq - row.first_seq + 1) {
      this.#findings.add('archive_invalid', `entry ${spanOf(row)} holds ${row.events.length} events`, { epoch: row.epoch, seq: row.first_seq });
    }
    for (const [n, event] of row.events.entries()) {
      if (event.seq !== row.first_seq + n || event.epoch !== row.epoch) {
        this.#findings.add('archive_invalid', `event ${event.epoch}/${event.seq} stands at ${row.epoch}/${row.first_seq + n}`, { epoch: row.epoch, seq: row.first_seq + n });
      }
      walked.events.push(event);
    }
    this.#seq = row.last_seq;
    this.#lastId = row.events.at(-1)?.id ?? BROKEN;
    const rest = this.#suspects;
    this.#suspects = [];
    for (const suspect of rest) {
      if (suspect.first_seq <= this.#seq) walked.branches.push(suspect);
      else this.#suspects.push(suspect);
    }
  }

  #finishStretches(epoch: number, walked: Walked): void {
    for (let stretch = this.#stretches[this.#stretch]; stretch && stretch.epoch < epoch; stretch = this.#stretches[this.#stretch]) {
      this.#reach(stretch.to + 1, stretch, walked);
      this.#decide(walked);
      walked.branches.push(...this.#suspects);
      this.#suspects = [];
      this.#stretch += 1;
    }
  }
}

/** The predecessor is missing, so nothing can name it. */
const BROKEN = 'unknown' as EventId;
