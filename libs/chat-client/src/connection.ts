import type { CommandInput, CommandName, CommandResponse, ServerEventName } from '@parley/protocol';
import { Backoff } from './backoff.ts';
import { errorFromWire, localError, type ChatError } from './errors.ts';
import { Link } from './link.ts';
import type { Timings } from './options.ts';
import type { Scope } from './scope.ts';

/** `refused`: the server does not accept this session (or client); it is not tried again by itself. */
export type ConnectionStatus = 'connecting' | 'online' | 'offline' | 'refused';

export type ConnectionOptions = {
  url: string;
  token: () => string;
  transports: readonly ('websocket' | 'polling')[];
  timings: Timings;
  random: () => number;
  /** `online` once more without `offline` between: it has moved to another gateway, and `scope` is another. */
  onStatus: (status: ConnectionStatus, error: ChatError | null) => void;
  onHint: (name: Exclude<ServerEventName, 'session:reconnect' | 'session:ended'>, payload: unknown) => void;
};

/** A connection that is there as long as it is wanted: made anew when it is lost, and moved when its gateway leaves, the new one first. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #backoff: Backoff;
  #status: ConnectionStatus = 'offline';
  #wanted = false;
  #link: Link | null = null;
  /** Is to take the place of `#link`, which still serves. */
  #next: Link | null = null;
  /** Whose place was taken, for as long as answers are missing. */
  #retired: Link | null = null;
  /** When the gateway has asked to be left, by `performance.now()`. */
  #moveAt = 0;
  #cancelMove = (): void => {};
  #cancelRetry = (): void => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.timings.reconnectMinMs, options.timings.reconnectMaxMs, options.random);
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** Whether it tries to be online. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** Of the connection while it is online. */
  get scope(): Scope | null {
    return this.#link?.connected ? this.#link.scope : null;
  }

  /** Connects now, also if a pause is under way or the session had been refused. */
  start(): void {
    if (this.#wanted && this.#link) return;
    this.#wanted = true;
    this.#open();
  }

  stop(): void {
    this.#wanted = false;
    this.#backoff.reset();
    this.#drop('offline', localError('closed'));
  }

  /** Rejects with a {@link ChatError}: the server's, `offline` (also when the connection is lost meanwhile) or `timeout`. */
  request<N extends CommandName>(name: N, payload: CommandInput<N>, timeoutMs = this.#options.timings.answerMs): Promise<CommandResponse<N>> {
    return this.#link?.request(name, payload, timeoutMs) ?? Promise.reject(localError('offline'));
  }

  #open(): void {
    this.#cancelRetry();
    this.#link = this.#newLink();
    this.#setStatus('connecting', null);
    this.#link.open();
  }

  #newLink(): Link {
    const { url, transports, timings, token, onHint } = this.#options;
    const link: Link = new Link({
      url, transports, timings, token: token(),
      onConnected: () => this.#connected(link),
      onEnded: (error) => this.#ended(link, error),
      onHint: (name, payload) => {
        // For good, whichever socket is told so.
        if (name === 'session:ended') return this.#refuse(errorFromWire((payload as { error?: unknown } | null)?.error));
        if (this.#link !== link) return;
        if (name === 'session:reconnect') this.#moveIn(afterMsOf(payload));
        else onHint(name, payload);
      },
    });
    return link;
  }

  #connected(link: Link): void {
    if (link === this.#next) {
      this.#retired?.drop(localError('closed'));
      this.#retired = this.#link;
      this.#link = link;
      this.#next = null;
      this.#retired?.retire();
    }
    link.scope.after(this.#options.timings.stableMs, () => this.#backoff.reset());
    this.#status = 'online';
    this.#options.onStatus('online', null);
  }

  #ended(link: Link, error: ChatError): void {
    if (!error.retryable) return this.#refuse(error);
    if (link === this.#next) return this.#moveIn(this.#backoff.next(error.retryAfterMs));
    const next = this.#next;
    this.#next = null;
    const notBeforeMs = Math.max(0, this.#moveAt - performance.now());
    this.#drop('offline', error);
    if (next) {
      this.#link = next;
      this.#setStatus('connecting', null);
    } else if (this.#wanted) {
      this.#cancelRetry = timer(Math.max(notBeforeMs, this.#backoff.next(error.retryAfterMs)), () => this.#open());
    }
  }

  #moveIn(ms: number): void {
    this.#cancelMove();
    this.#next?.drop(localError('closed'));
    this.#next = null;
    this.#moveAt = performance.now() + ms;
    this.#cancelMove = timer(ms, () => {
      this.#next = this.#newLink();
      this.#next.open();
    });
  }

  #refuse(error: ChatError): void {
    this.#wanted = false;
    this.#drop('refused', error);
  }

  #drop(status: 'offline' | 'refused', error: ChatError): void {
    this.#cancelRetry();
    this.#cancelMove();
    this.#moveAt = 0;
    const links = [this.#link, this.#next, this.#retired];
    this.#link = null;
    this.#next = null;
    this.#retired = null;
    for (const link of links) link?.drop(error);
    this.#setStatus(status, error);
  }

  #setStatus(status: ConnectionStatus, error: ChatError | null): void {
    if (this.#status === status) return;
    this.#status = status;
    this.#options.onStatus(status, error);
  }
}

const timer = (ms: number, then: () => void): (() => void) => {
  const handle = setTimeout(then, ms);
  return () => clearTimeout(handle);
};

const afterMsOf = (payload: unknown): number => {
  const afterMs = typeof payload === 'object' && payload !== null ? (payload as { afterMs?: unknown }).afterMs : 0;
  return typeof afterMs === 'number' && afterMs > 0 ? afterMs : 0;
};
