import { Client, Pool, type ClientConfig } from 'pg';
import { ConnectionLost, endsSession } from './errors.ts';

export type GuardedClientConfig = ClientConfig & {
  /** A statement not answered by then costs the connection: a server that hangs does not keep its own timeouts. 0: never. */
  answerTimeoutMs?: number;
};

/** `pg`'s methods answer by promise, or by a callback in last place. */
type Call = (...args: unknown[]) => unknown;

class Guarded extends Client {
  readonly #answerTimeoutMs: number;
  #gone = false;

  constructor(config: GuardedClientConfig = {}) {
    super(config);
    this.#answerTimeoutMs = config.answerTimeoutMs ?? 0;
    const gone = () => { this.#gone = true; };
    this.on('error', gone);
    this.on('end', gone);
  }

  get gone(): boolean {
    return this.#gone;
  }

  // `never` fits all of pg's overloads at once; what is returned is what pg's own returns, and callers see pg's own types.
  override connect(...args: unknown[]): never {
    return this.#guard(super.connect.bind(this), args, () => true);
  }

  override query(...args: unknown[]): never {
    return this.#guard(super.query.bind(this), args, () => this.#gone, this.#answerTimeoutMs);
  }

  override end(...args: unknown[]): never {
    this.#gone = true;
    return (super.end.bind(this) as Call)(...args) as never;
  }

  #guard(call: Call, args: unknown[], isLost: () => boolean, timeoutMs = 0): never {
    let timedOut = false;
    // Ending a client with a statement under way destroys its socket, and so fails the statement.
    const timer = timeoutMs > 0 ? setTimeout(() => { timedOut = true; this.end(); }, timeoutMs) : undefined;
    const told = (error: unknown): unknown => {
      if (endsSession(error)) this.#gone = true;
      if (timedOut) return new ConnectionLost(`no answer within ${timeoutMs} ms`, { cause: error });
      return bare(error) && isLost() ? new ConnectionLost('the connection to Postgres was lost', { cause: error }) : error;
    };
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      const wrapped = (error: unknown, ...rest: unknown[]) => {
        clearTimeout(timer);
        Reflect.apply(callback, undefined, [error ? told(error) : error, ...rest]);
      };
      return call(...args.slice(0, -1), wrapped) as never;
    }
    const result = call(...args);
    if (!(result instanceof Promise)) {
      clearTimeout(timer);
      return result as never;
    }
    return result.then(
      (value: unknown) => { clearTimeout(timer); return value; },
      (error: unknown) => { clearTimeout(timer); throw told(error); },
    ) as never;
  }
}

/**
 * A connection that never takes the process with it: `pg` emits `error` on a client that is checked out of its pool, where
 * nobody listens. Failures that `pg` reports as bare errors become {@link ConnectionLost}.
 */
export type GuardedClient = Client & {
  /** Whether the connection has ended or is ending. */
  readonly gone: boolean;
};
export const GuardedClient = Guarded as unknown as new (config?: GuardedClientConfig) => GuardedClient;

/** `pg` gives no code to its own errors about connections. */
const bare = (error: unknown): boolean => error instanceof Error && error.constructor === Error && !('code' in error);

const notConnected = (error: unknown): unknown => (bare(error) ? new ConnectionLost('no connection to Postgres', { cause: error }) : error);

/** Also the pool's own errors, of waiting too long for a connection, are {@link ConnectionLost}. */
export class GuardedPool extends Pool {
  override connect(...args: unknown[]): never {
    const call = super.connect.bind(this) as Call;
    const callback = args[0];
    if (typeof callback === 'function') {
      const wrapped = (error: unknown, ...rest: unknown[]) => Reflect.apply(callback, undefined, [error ? notConnected(error) : error, ...rest]);
      return call(wrapped) as never;
    }
    return (call() as Promise<unknown>).catch((error: unknown) => { throw notConnected(error); }) as never;
  }
}
