import type { ModerationStore } from '@parley/domain';
import type { Rules } from '@parley/protocol';
import type { Logger } from '@parley/runtime';
import type { RuleHit } from '../judge/score.ts';
import type { Said } from '../said.ts';
import type { RulesNow } from './moderator.ts';

/** What a set of rules says of one text. */
export type Compiled = (said: Said) => readonly RuleHit[];
export type RulesFollowerOptions = {
  store: Pick<ModerationStore, 'rules' | 'actsAfter' | 'watchActs'>;
  compile(rules: Rules): Compiled;
  everyMs: number;
  logger: Logger;
};

/** Acts on the server looked through for a change of the rules at a time. */
const ACTS = 1_000;

/** The server's rules, read at the start and again whenever an act says that they changed: told by a hint, or found by looking. */
export class RulesFollower implements RulesNow {
  readonly #options: RulesFollowerOptions;
  readonly #unwatch: () => void;
  readonly #timer: NodeJS.Timeout;
  #compiled: Compiled = () => [];
  #version: number | null = null;
  readonly #known = Promise.withResolvers<void>();
  #serial = 0;
  #looking: Promise<void> | null = null;
  #again = false;

  constructor(options: RulesFollowerOptions) {
    this.#options = options;
    this.#unwatch = options.store.watchActs(() => this.#look());
    this.#timer = setInterval(() => this.#look(), options.everyMs);
    this.#look();
  }

  /** Resolves once they were read. Whoever scored before would let through what they are to hide. */
  get known(): Promise<void> {
    return this.#known.promise;
  }

  /** `null`: not read yet. */
  get version(): number | null {
    return this.#version;
  }

  hitsOf(said: Said): readonly RuleHit[] {
    return this.#compiled(said);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#unwatch();
    await this.#looking;
  }

  /** One look at a time; a hint meanwhile means one more. */
  #look(): void {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#again = false;
    this.#looking = this.#follow().catch((error: unknown) => {
      // As they were is better than none.
      this.#options.logger.debug({ err: error }, 'the rules cannot be read at present');
    }).finally(() => {
      this.#looking = null;
      if (this.#again) this.#look();
    });
  }

  async #follow(): Promise<void> {
    const { store } = this.#options;
    if (this.#version === null) await this.#read();
    for (;;) {
      const acts = await store.actsAfter(this.#serial, ACTS);
      if (acts.some(({ act }) => act === 'rules.changed')) await this.#read();
      this.#serial = acts.at(-1)?.serial ?? this.#serial;
      if (acts.length < ACTS) return;
    }
  }

  async #read(): Promise<void> {
    const { store, compile, logger } = this.#options;
    const { version, rules } = await store.rules();
    this.#compiled = compile(rules);
    this.#version = version;
    this.#known.resolve();
    logger.info({ version, rules: rules.length }, 'rules');
  }
}
