import { setTimeout as sleep } from 'node:timers/promises';
import { compileRules, judge, RecentMessages, type CompiledRules, type Finding, type Said } from '@parley/content-rules';
import { StoreUnavailable, type RuleBook } from '@parley/domain';
import { ProtocolError, type RuleAction } from '@parley/protocol';
import type { Standing } from '../standing/standing.ts';
import { inSlices } from './in-slices.ts';

/** Between two tries to read the rules, and when a client may ask again before they were read. */
const RETRY_MS = 200;

export type RulesInForceOptions = {
  book: RuleBook;
  /** Tells when there is another version. */
  standing: Pick<Standing, 'known' | 'rulesVersion' | 'onChange'>;
  /** Told of each rule that something is against. */
  onFinding: (action: RuleAction) => void;
  onDefect: (error: unknown) => void;
};

/**
 * The rules that messages are held against here. Another version is read and compiled beside all else; until it is ready, and while it
 * cannot be read, those before it hold. Before any were read nothing can be said: see {@link known}.
 */
export class RulesInForce {
  readonly #options: RulesInForceOptions;
  readonly #recent = new RecentMessages();
  #compiled: CompiledRules | null = null;
  #version: number | null = null;
  #following: Promise<void> | null = null;
  readonly #closed = new AbortController();

  constructor(options: RulesInForceOptions) {
    this.#options = options;
    options.standing.onChange(() => void this.follow());
  }

  /** Whether the rules were read once. */
  get known(): boolean {
    return this.#compiled !== null;
  }

  /** Of the rules that hold here. */
  get version(): number {
    return this.#version ?? 0;
  }

  /** What the rules find. Throws `unavailable` before they were read. */
  judge(said: Said): Finding[] {
    if (!this.#compiled) throw new ProtocolError('unavailable', 'this gateway has not read the rules yet', { retryAfterMs: RETRY_MS });
    const findings = judge(this.#compiled, this.#recent, said, Date.now());
    for (const { action } of findings) this.#options.onFinding(action);
    return findings;
  }

  /** Resolves once the version that is known of holds here, or when closed. */
  follow(): Promise<void> {
    this.#following ??= this.#catchUp().finally(() => { this.#following = null; });
    return this.#following;
  }

  close(): void {
    this.#closed.abort();
  }

  async #catchUp(): Promise<void> {
    const { standing, book, onDefect } = this.#options;
    for (let wanted = standing.rulesVersion; standing.known && this.#version !== wanted && !this.#closed.signal.aborted; wanted = standing.rulesVersion) {
      try {
        const { version, rules } = wanted === 0 ? { version: 0, rules: [] } : await book.rules();
        if (version !== this.#version) {
          this.#compiled = await inSlices(compileRules(rules));
          this.#version = version;
        }
        // It may be newer than what was heard of.
        if (version >= wanted && standing.rulesVersion === wanted) return;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) onDefect(error);
      }
      await sleep(RETRY_MS, undefined, { signal: this.#closed.signal }).catch(() => {});
    }
  }
}
