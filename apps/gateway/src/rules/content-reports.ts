import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable, type NewReport, type Reports } from '@parley/domain';

/** Reports that wait for the store; of more, the oldest is lost. */
const WAITING = 1_000;
const RETRY_MS = 1_000;

type Waiting = { report: NewReport; tell: () => void };

export type ContentReportsOptions = {
  reports: Pick<Reports, 'report'>;
  /** One was not put into the queue: a defect, or too many wait. */
  onLost: (report: NewReport, error: unknown) => void;
};

/** Puts what rules report into the queue, beside the answer to the sender, and again until the store takes it. What waits is lost with the process. */
export class ContentReports {
  readonly #options: ContentReportsOptions;
  readonly #closed = new AbortController();
  readonly #waiting: Waiting[] = [];
  #working = false;

  constructor(options: ContentReportsOptions) {
    this.#options = options;
  }

  /** `tell`: whoever has the queue before them, if it is a new one. */
  add(report: NewReport, tell: () => void): void {
    this.#waiting.push({ report, tell });
    if (this.#waiting.length > WAITING) this.#options.onLost(this.#waiting.shift()!.report, null);
    if (!this.#working) void this.#work();
  }

  close(): void {
    this.#closed.abort();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let next = this.#waiting.shift(); next && !this.#closed.signal.aborted; next = this.#waiting.shift()) {
      try {
        const { isNew } = await this.#options.reports.report(next.report);
        if (isNew) next.tell();
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) {
          this.#options.onLost(next.report, error);
          continue;
        }
        this.#waiting.unshift(next);
        await sleep(RETRY_MS, undefined, { signal: this.#closed.signal }).catch(() => {});
      }
    }
    this.#working = false;
  }
}
