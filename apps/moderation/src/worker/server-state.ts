import { compileRules, judge, RecentMessages, type CompiledRules, type Finding } from '@parley/content-rules';
import type { ModerationStore, ServerAct } from '@parley/domain';
import type { Rules, UserId } from '@parley/protocol';
import type { Logger } from '@parley/runtime';
import type { Said } from '../said.ts';

export type ServerStateOptions = {
  store: Pick<ModerationStore, 'rules' | 'actsAfter' | 'inForce' | 'watchActs'>;
  everyMs: number;
  logger: Logger;
};

/** Acts read at a time. */
const ACTS = 1_000;

/** With many thousand words it is some hundred milliseconds of work: others have a turn in between. */
const compile = async (rules: Rules): Promise<CompiledRules> => {
  const work = compileRules(rules);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await new Promise((resolve) => { setImmediate(resolve); });
  }
};

/** The server's rules and its admins, read at the start and followed: told of a change by a hint, or found by looking. */
export class ServerState {
  readonly #options: ServerStateOptions;
  readonly #unwatch: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #known = Promise.withResolvers<void>();
  readonly #recent = new RecentMessages();
  readonly #admins = new Set<UserId>();
  #rules: { version: number; compiled: CompiledRules } | null = null;
  #serial: number | null = null;
  #looking: Promise<void> | null = null;
  #again = false;

  constructor(options: ServerStateOptions) {
    this.#options = options;
    this.#unwatch = options.store.watchActs(() => this.#look());
    this.#timer = setInterval(() => this.#look(), options.everyMs);
    this.#look();
  }

  /** Resolves once they were read. Whoever scored before would let through what they are to hide. */
  get known(): Promise<void> {
    return this.#known.promise;
  }

  /** Of the rules; `null`: not read yet. */
  get version(): number | null {
    return this.#rules?.version ?? null;
  }

  isAdmin(userId: UserId): boolean {
    return this.#admins.has(userId);
  }

  /**
   * What the rules find, with what a user said at all gateways: a flood is one wherever it comes in. It is as of when it was
   * said, or what waited while this worker was away would look like one.
   */
  judge({ edited, body: text, userId: by, eventId: cmid, at }: Said): Finding[] {
    if (!this.#rules) return [];
    // Who is a newcomer is known where the message came in.
    return judge(this.#rules.compiled, this.#recent, { kind: edited ? 'edit' : 'message', text, by, cmid, accountSince: null, memberSince: null }, at);
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
    this.#serial ??= await this.#readInForce();
    if (!this.#rules) await this.#readRules();
    for (;;) {
      const acts = await store.actsAfter(this.#serial, ACTS);
      if (acts.some(({ act }) => act === 'rules.changed')) await this.#readRules();
      for (const act of acts) this.#take(act);
      this.#serial = acts.at(-1)?.serial ?? this.#serial;
      if (acts.length < ACTS) return;
    }
  }

  async #readInForce(): Promise<number> {
    let upTo: number | null = null;
    for (let after = 0; ;) {
      const page = await this.#options.store.inForce(after, ACTS);
      upTo ??= page.upTo;
      for (const act of page.acts) this.#take(act);
      if (!page.more) return upTo;
      after = page.acts.at(-1)?.serial ?? after;
    }
  }

  #take(act: ServerAct): void {
    if (act.act === 'user.made_admin') this.#admins.add(act.userId);
    if (act.act === 'user.unmade_admin') this.#admins.delete(act.userId);
  }

  async #readRules(): Promise<void> {
    const { version, rules } = await this.#options.store.rules();
    this.#rules = { version, compiled: await compile(rules) };
    this.#known.resolve();
    this.#options.logger.info({ version, rules: rules.length }, 'rules');
  }
}
