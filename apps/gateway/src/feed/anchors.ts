import type { Position } from '@parley/domain';

/** An entry of the log by its last `seq`. */
export type Anchor = { logId: string; epoch: number; seq: number; position: Position };

const MAX_ANCHORS = 64;

/**
 * Entries whose position is known, so that the log can be read from one of them. Only a help: with none, the archive
 * tells where to begin. At most 64; when full, every other one is let go, so that they stay spread over what is recent.
 */
export class Anchors {
  #anchors: Anchor[] = [];

  note(anchor: Anchor): void {
    const last = this.#anchors.at(-1);
    if (last && (last.logId !== anchor.logId || last.epoch > anchor.epoch)) this.#anchors = this.#anchors.filter((each) => each.logId === anchor.logId && each.epoch <= anchor.epoch);
    const at = this.#anchors.findLastIndex((each) => each.seq <= anchor.seq);
    if (this.#anchors[at]?.seq === anchor.seq) this.#anchors[at] = anchor;
    else this.#anchors.splice(at + 1, 0, anchor);
    if (this.#anchors.length > MAX_ANCHORS) this.#anchors = this.#anchors.filter((_, n) => n % 2 === 0);
  }

  /** The nearest entry at or before `seq`. */
  before(seq: number, logId: string): Anchor | undefined {
    return this.#anchors.findLast((each) => each.seq <= seq && each.logId === logId);
  }

  /** It was trimmed away, or the log is another: it and all before it are of no use. */
  forget(anchor: Anchor): void {
    this.#anchors = this.#anchors.filter((each) => each.logId === anchor.logId && each.seq > anchor.seq);
  }
}
