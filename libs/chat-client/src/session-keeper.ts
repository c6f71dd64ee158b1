import type { CommandResponse } from '@parley/protocol';
import { Backoff } from './backoff.ts';
import { asChatError } from './errors.ts';
import type { Session, Timings } from './options.ts';
import type { Scope } from './scope.ts';

export type SessionKeeperOptions = {
  session: Session;
  timings: Timings;
  random: () => number;
  refresh: () => Promise<CommandResponse<'session:refresh'>>;
  /** Any request: one of a session that is over is refused, and that ends the connection. */
  ask: () => Promise<unknown>;
  /** It goes on with a fresh token: keep it. */
  onRenewed: (session: Session) => void;
};

/** A longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** The server still takes a session that is over by this clock: how soon to ask again. */
const RECHECK_MS = 10_000;
/** Of the time that is left when the server says that a token expires, a refresh waits up to this share by chance. */
const SPREAD_SHARE = 0.2;

/** The token of a connection: fetches a fresh one when the server says that it expires, and notices where it has. */
export class SessionKeeper {
  readonly #options: SessionKeeperOptions;
  #session: Session;
  #scope: Scope | null = null;
  #refreshing: Scope | null = null;
  #cancelWatch = (): void => {};

  constructor(options: SessionKeeperOptions) {
    this.#options = options;
    this.#session = options.session;
  }

  get session(): Session {
    return this.#session;
  }

  /** Another token of the same session, from elsewhere: another tab, or a new sign-in. */
  replace(session: Session): void {
    this.#session = session;
    this.#watch();
  }

  connected(scope: Scope): void {
    this.#scope = scope;
    this.#watch();
  }

  /** The server has said so; `expiresAt` is its time. Not all clients come at the same moment. */
  expiring(expiresAt: number): void {
    const scope = this.#scope;
    if (!scope || scope.ended || this.#refreshing === scope) return;
    this.#refreshing = scope;
    const leftMs = Math.max(0, expiresAt - Date.now());
    scope.after(this.#options.random() * Math.max(Math.min(this.#options.timings.spreadMs, leftMs), leftMs * SPREAD_SHARE), () => void this.#refresh(scope));
  }

  async #refresh(scope: Scope): Promise<void> {
    const { timings, random, refresh, onRenewed } = this.#options;
    const backoff = new Backoff(timings.retryMinMs, timings.retryMaxMs, random);
    while (!scope.ended) {
      try {
        const { token, expiresAt } = await refresh();
        this.#session = { ...this.#session, token, expiresAt };
        onRenewed(this.#session);
        break;
      } catch (thrown) {
        const error = asChatError(thrown);
        if (!error.retryable || !(await scope.sleep(backoff.next(error.retryAfterMs)))) break;
      }
    }
    if (this.#refreshing === scope) this.#refreshing = null;
    this.#watch();
  }

  /** Should the server's word be lost, a socket of a session that ended hears nothing more: ask when it is due. The server's clock decides. */
  #watch(notBefore = 0): void {
    this.#cancelWatch();
    const scope = this.#scope;
    const dueAt = Math.max(this.#session.expiresAt ?? Infinity, notBefore);
    if (!scope || scope.ended || dueAt === Infinity) return;
    const waitMs = Math.min(Math.max(dueAt - Date.now(), 0), LONGEST_TIMER_MS);
    this.#cancelWatch = scope.after(waitMs, () => {
      this.#options.ask().catch(() => {}).finally(() => this.#watch(Date.now() + RECHECK_MS));
    });
  }
}
