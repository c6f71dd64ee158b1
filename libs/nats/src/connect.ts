import { readFileSync } from 'node:fs';
import { connect, credsAuthenticator, errors, type Msg, type MsgHdrs, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { NatsRequestError } from './errors.ts';

export type NatsAuth = { user: string; pass: string } | { token: string } | { credsFile: string };

export type NatsOptions = {
  /**
   * `host:port` or `nats://host:port`, several by commas; any member of a cluster finds the others. `user:password@` or
   * `token@` before the host of the first is used for all, unless `auth` is given.
   */
  servers: string | readonly string[];
  /** Shown in the server's list of connections. */
  name: string;
  auth?: NatsAuth;
  /** A PEM file; its presence turns TLS on. */
  tlsCaFile?: string;
  /** One attempt to reach a server, and the first connection to each of them. Default 3 000. */
  connectTimeoutMs?: number;
  /** Between attempts to come back, with as much jitter as half of it; without end. Default 500. */
  reconnectDelayMs?: number;
  /** A server that does not answer is given up after three of these. Default 1 500. */
  pingIntervalMs?: number;
};

export type NatsStatus =
  | { type: 'connected'; server: string }
  | { type: 'disconnected'; server: string }
  /** Said by the server or found out by the client; the connection goes on, or `disconnected` follows. */
  | { type: 'error'; error: Error }
  /** By `close()`. */
  | { type: 'closed' };

export type NatsRequest = { timeoutMs: number; headers?: MsgHdrs; /** An inbox of its own, subscribed for this request. */ freshInbox?: boolean };

/** A connection that comes back by itself. */
export type Nats = {
  /** For subscriptions and plain publishes. Requests go through `request`. */
  readonly nc: NatsConnection;
  readonly connected: boolean;
  /** The listener must not throw. Answers a function that ends it. */
  onStatus(listener: (status: NatsStatus) => void): () => void;
  /**
   * One request, sent at most once. Throws {@link NatsRequestError}: at once while not connected (the client library
   * would keep the request, and send it later), and as soon as the connection is lost.
   */
  request(subject: string, payload: Uint8Array | string, options: NatsRequest): Promise<Msg>;
  /** Resolves once the server has processed everything sent before. Throws {@link NatsRequestError}. */
  flush(timeoutMs: number): Promise<void>;
  /** Leaves the server it is connected to for the next that is known, if there is one: requests under way fail, subscriptions stay. */
  moveOn(): Promise<void>;
  close(): Promise<void>;
};

const credentials = (auth: NatsAuth | undefined): NodeConnectionOptions => {
  if (!auth) return {};
  return 'credsFile' in auth ? { authenticator: credsAuthenticator(readFileSync(auth.credsFile)) } : auth;
};

/** The client library takes no credentials from a URL. */
const addressOf = (server: string): { hostPort: string; auth: NatsAuth | undefined } => {
  const text = server.trim();
  const url = new URL(/^[a-z]+:\/\//.test(text) ? text : `nats://${text}`);
  const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const scheme = url.protocol === 'nats:' ? '' : `${url.protocol}//`;
  return { hostPort: `${scheme}${url.host}`, auth: user === '' ? undefined : pass === '' ? { token: user } : { user, pass } };
};

/** Connects once, or throws; a connection that stood once comes back without end. */
export const connectNats = async (options: NatsOptions): Promise<Nats> => {
  const { reconnectDelayMs = 500 } = options;
  const addresses = (typeof options.servers === 'string' ? [options.servers] : options.servers).flatMap((each) => each.split(',')).map(addressOf);
  const nc = await connect({
    ...credentials(options.auth ?? addresses[0]?.auth),
    ...(options.tlsCaFile === undefined ? {} : { tls: { caFile: options.tlsCaFile } }),
    servers: addresses.map(({ hostPort }) => hostPort),
    name: options.name,
    timeout: options.connectTimeoutMs ?? 3_000,
    pingInterval: options.pingIntervalMs ?? 1_500,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: () => reconnectDelayMs + Math.floor((Math.random() * reconnectDelayMs) / 2),
    // Credentials that are refused now may be accepted once the server is configured again.
    ignoreAuthErrorAbort: true,
    // The library makes an Error for every request otherwise.
    noAsyncTraces: true,
  });
  return new NatsLink(nc, addresses.length);
};

const failureOf = (subject: string, error: unknown): NatsRequestError => {
  const cause = error instanceof errors.RequestError ? error.cause : error;
  if (cause instanceof errors.TimeoutError) return new NatsRequestError('timeout', `no answer from ${subject} in time`, { cause: error });
  if (cause instanceof errors.NoRespondersError) return new NatsRequestError('no_responders', `nobody answers at ${subject}`, { cause: error });
  if (cause instanceof errors.PermissionViolationError) return new NatsRequestError('refused', `not permitted: ${subject}`, { cause: error });
  // The one argument of ours that the library checks against the server's limit.
  if (cause instanceof errors.InvalidArgumentError) return new NatsRequestError('too_large', `too large for ${subject}`, { cause: error });
  if (cause instanceof errors.ClosedConnectionError || cause instanceof errors.DrainingConnectionError) {
    return new NatsRequestError('not_sent', 'the connection is closed', { cause: error });
  }
  return new NatsRequestError('disconnected', `lost the answer of ${subject}`, { cause: error });
};

class NatsLink implements Nats {
  readonly nc: NatsConnection;
  connected = true;
  readonly #configured: number;
  readonly #listeners = new Set<(status: NatsStatus) => void>();
  /** Requests without an answer: the library would let them wait for their timeout when the connection is lost. */
  readonly #waiting = new Set<(error: NatsRequestError) => void>();

  constructor(nc: NatsConnection, configured: number) {
    this.nc = nc;
    this.#configured = configured;
    void this.#follow();
  }

  onStatus(listener: (status: NatsStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async request(subject: string, payload: Uint8Array | string, { timeoutMs, headers, freshInbox = false }: NatsRequest): Promise<Msg> {
    this.#assertConnected();
    const options = { timeout: timeoutMs, noMux: freshInbox, ...(headers ? { headers } : {}) };
    return this.#untilLost(subject, () => this.nc.request(subject, payload, options));
  }

  async flush(timeoutMs: number): Promise<void> {
    this.#assertConnected();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new errors.TimeoutError()), timeoutMs);
    });
    await this.#untilLost('flush', () => Promise.race([this.nc.flush(), late])).finally(() => clearTimeout(timer));
  }

  async moveOn(): Promise<void> {
    // A server that is cut off knows of no other any more.
    const known = Math.max(this.#configured, this.nc.info?.connect_urls?.length ?? 0);
    if (!this.connected || known <= 1) return;
    const from = this.nc.getServer();
    const arrived = this.onStatus((status) => {
      if (status.type !== 'connected') return;
      arrived();
      // The library begins with the one it was on, the first time it has lost it.
      if (status.server === from) this.nc.reconnect().catch(() => {});
    });
    await this.nc.reconnect();
  }

  async close(): Promise<void> {
    this.#lost(new NatsRequestError('disconnected', 'the connection was closed'));
    if (!this.nc.isClosed()) await this.nc.close();
  }

  #assertConnected(): void {
    if (!this.connected) throw new NatsRequestError('not_sent', 'not connected to NATS');
  }

  #untilLost<T>(subject: string, send: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const settle = <A>(how: (value: A) => void) => (value: A): void => {
        this.#waiting.delete(reject);
        how(value);
      };
      // `publish` throws where `request` rejects.
      let answer: Promise<T>;
      try {
        answer = send();
      } catch (error) {
        answer = Promise.reject(error);
      }
      answer.then(settle(resolve), settle((error: unknown) => reject(failureOf(subject, error))));
    });
  }

  #lost(error: NatsRequestError): void {
    this.connected = false;
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  #tell(status: NatsStatus): void {
    for (const listener of this.#listeners) listener(status);
  }

  async #follow(): Promise<void> {
    for await (const status of this.nc.status()) {
      if (status.type === 'disconnect' || status.type === 'staleConnection') {
        if (!this.connected) continue;
        this.#lost(new NatsRequestError('disconnected', 'lost the connection to NATS'));
        this.#tell({ type: 'disconnected', server: this.nc.getServer() });
      } else if (status.type === 'reconnect') {
        this.connected = true;
        this.#tell({ type: 'connected', server: status.server });
      } else if (status.type === 'error') {
        this.#tell({ type: 'error', error: status.error });
      }
    }
    this.#lost(new NatsRequestError('disconnected', 'the connection was closed'));
    this.#tell({ type: 'closed' });
  }
}
