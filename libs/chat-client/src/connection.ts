import { io, type Socket } from 'socket.io-client';
import { PROTOCOL_VERSION, SERVER_EVENTS, SOCKET_PATH, type CommandInput, type CommandName, type CommandResponse, type ServerEventName } from '@parley/protocol';
import { Backoff } from './backoff.ts';
import { asChatError, endsSession, errorFromWire, localError, type ChatError } from './errors.ts';
import type { Timings } from './options.ts';
import { Scope } from './scope.ts';

/** `refused`: the server does not accept this session (or client); it is not tried again by itself. */
export type ConnectionStatus = 'connecting' | 'online' | 'offline' | 'refused';

export type ConnectionOptions = {
  url: string;
  token: () => string;
  transports: readonly ('websocket' | 'polling')[];
  timings: Timings;
  random: () => number;
  onStatus: (status: ConnectionStatus, error: ChatError | null) => void;
  onHint: (name: ServerEventName, payload: unknown) => void;
};

/** Requests under way at once on one connection; one more is refused as `busy`. Bounds what can pile up in the socket. */
const MAX_REQUESTS = 256;

/**
 * One connection at a time, and another after it when it is lost. Each attempt has a Socket.IO socket of its own, which
 * is thrown away with everything it might have buffered: Socket.IO's reconnection would send that again on its own account.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #backoff: Backoff;
  readonly #requests = new Set<(error: ChatError) => void>();
  #status: ConnectionStatus = 'offline';
  #wanted = false;
  #socket: Socket | null = null;
  /** Of the connection while it is online. */
  #scope: Scope | null = null;
  #cancelTimer = (): void => {};

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

  get scope(): Scope | null {
    return this.#scope;
  }

  /** Connects now, also if a pause is under way or the session had been refused. */
  start(): void {
    if (this.#wanted && this.#socket) return;
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
    const socket = this.#socket;
    // Never emitted while not connected: Socket.IO would keep it and send it at a time of its own choosing.
    if (!socket || !this.#scope) return Promise.reject(localError('offline'));
    if (this.#requests.size >= MAX_REQUESTS) return Promise.reject(localError('busy', 'too many requests under way'));
    return new Promise<CommandResponse<N>>((resolve, reject) => {
      const settle = (): boolean => {
        clearTimeout(timer);
        return this.#requests.delete(fail);
      };
      const fail = (error: ChatError): void => {
        if (settle()) reject(error);
      };
      const timer = setTimeout(() => fail(localError('timeout')), timeoutMs);
      this.#requests.add(fail);
      socket.emit(name, payload, (answer: unknown) => {
        if (!settle()) return;
        if (isAnswer(answer) && answer.ok) return resolve(answer as unknown as CommandResponse<N>);
        const error = isAnswer(answer) ? errorFromWire(answer.error) : localError('malformed');
        reject(error);
        if (endsSession(error)) this.#refuse(error);
      });
    });
  }

  #open(): void {
    this.#cancelTimer();
    const { url, transports, timings, token } = this.#options;
    const socket = io(url, {
      path: SOCKET_PATH,
      transports: [...transports],
      tryAllTransports: true,
      forceNew: true,
      reconnection: false,
      autoConnect: false,
      timeout: timings.connectMs,
      auth: { token: token(), protocol: PROTOCOL_VERSION },
    });
    this.#socket = socket;
    this.#setStatus('connecting', null);
    this.#setTimer(timings.connectMs, () => this.#lost(localError('timeout', 'no connection in time')));

    socket.on('connect', () => this.#connected());
    socket.on('connect_error', (error: Error & { data?: unknown }) => {
      // Only the server's own refusal carries `data`; all else is the network.
      const refusal = error.data === undefined ? null : errorFromWire(error.data);
      if (refusal && !refusal.retryable) this.#refuse(refusal);
      else this.#lost(refusal ?? localError('offline', error.message, error));
    });
    socket.on('disconnect', (reason) => this.#lost(localError('offline', reason)));
    for (const name of Object.keys(SERVER_EVENTS) as ServerEventName[]) {
      socket.on(name, (payload: unknown) => {
        if (this.#socket !== socket) return;
        if (name === 'session:reconnect') this.#lost(localError('shutting_down'), afterMsOf(payload));
        else this.#options.onHint(name, payload);
      });
    }
    socket.connect();
  }

  #connected(): void {
    this.#cancelTimer();
    this.#scope = new Scope();
    this.#scope.after(this.#options.timings.stableMs, () => this.#backoff.reset());
    this.#setStatus('online', null);
  }

  #lost(error: ChatError, retryAfterMs = error.retryAfterMs): void {
    this.#drop('offline', error);
    if (this.#wanted) this.#setTimer(this.#backoff.next(retryAfterMs), () => this.#open());
  }

  #refuse(error: ChatError): void {
    this.#wanted = false;
    this.#drop('refused', error);
  }

  #drop(status: 'offline' | 'refused', error: ChatError): void {
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = null;
    const scope = this.#scope;
    this.#scope = null;
    scope?.end();
    if (socket) {
      socket.off();
      socket.disconnect();
    }
    for (const fail of this.#requests) fail(localError('offline', undefined, error));
    this.#setStatus(status, asChatError(error));
  }

  #setStatus(status: ConnectionStatus, error: ChatError | null): void {
    if (this.#status === status) return;
    this.#status = status;
    this.#options.onStatus(status, error);
  }

  #setTimer(ms: number, then: () => void): void {
    const timer = setTimeout(then, ms);
    this.#cancelTimer = () => clearTimeout(timer);
  }
}

const isAnswer = (answer: unknown): answer is { ok: boolean; error?: unknown } =>
  typeof answer === 'object' && answer !== null && typeof (answer as { ok?: unknown }).ok === 'boolean';

const afterMsOf = (payload: unknown): number => {
  const afterMs = typeof payload === 'object' && payload !== null ? (payload as { afterMs?: unknown }).afterMs : 0;
  return typeof afterMs === 'number' && afterMs > 0 ? afterMs : 0;
};
