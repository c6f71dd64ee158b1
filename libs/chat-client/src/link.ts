import { io, type Socket } from 'socket.io-client';
import { PROTOCOL_VERSION, SERVER_EVENTS, SOCKET_PATH, type CommandInput, type CommandName, type CommandResponse, type ServerEventName } from '@parley/protocol';
import { asChatError, endsSession, errorFromWire, localError, type ChatError } from './errors.ts';
import type { Timings } from './options.ts';
import { Scope } from './scope.ts';

export type LinkOptions = {
  url: string;
  token: string;
  transports: readonly ('websocket' | 'polling')[];
  timings: Timings;
  /** The server has accepted it. */
  onConnected: () => void;
  /** It is over: lost, never made, or refused by the server. Not called after `drop` or `retire`. */
  onEnded: (error: ChatError) => void;
  onHint: (name: ServerEventName, payload: unknown) => void;
};

/** Requests under way at once; one more is refused as `busy`. Bounds what can pile up in the socket. */
const MAX_REQUESTS = 256;

/**
 * One Socket.IO socket, from its opening to its end. It is thrown away with everything it might have buffered: Socket.IO's
 * reconnection would send that again on its own account.
 */
export class Link {
  /** From its making to its end, or to the moment another takes its place. */
  readonly scope = new Scope();
  readonly #options: LinkOptions;
  readonly #socket: Socket;
  readonly #requests = new Set<(error: ChatError) => void>();
  #connected = false;
  #ended = false;
  #retiring: NodeJS.Timeout | number | null = null;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { url, transports, timings, token } = options;
    const socket = io(url, {
      path: SOCKET_PATH,
      transports: [...transports],
      tryAllTransports: true,
      forceNew: true,
      reconnection: false,
      autoConnect: false,
      timeout: timings.connectMs,
      // Outside a browser too, a proxy's cookie brings the requests of long polling to the gateway that knows them.
      withCredentials: true,
      auth: { token, protocol: PROTOCOL_VERSION },
    });
    this.#socket = socket;
    const cancelTimeout = this.scope.after(timings.connectMs, () => this.#end(localError('timeout', 'no connection in time')));
    socket.on('connect', () => {
      cancelTimeout();
      this.#connected = true;
      options.onConnected();
    });
    socket.on('connect_error', (error: Error & { data?: unknown }) => {
      // Only the server's own refusal carries `data`; all else is the network.
      this.#end(error.data === undefined ? localError('offline', error.message, error) : errorFromWire(error.data));
    });
    socket.on('disconnect', (reason) => this.#end(localError('offline', reason)));
    for (const name of Object.keys(SERVER_EVENTS) as ServerEventName[]) socket.on(name, (payload: unknown) => options.onHint(name, payload));
  }

  get connected(): boolean {
    return this.#connected && !this.#ended;
  }

  /** Apart from the constructor, so that whoever made it knows it by then. */
  open(): void {
    this.#socket.connect();
  }

  /** Rejects with a {@link ChatError}: the server's, `offline` (also when the connection is lost meanwhile) or `timeout`. */
  request<N extends CommandName>(name: N, payload: CommandInput<N>, timeoutMs: number): Promise<CommandResponse<N>> {
    // Never emitted while not connected: Socket.IO would keep it and send it at a time of its own choosing.
    if (!this.connected) return Promise.reject(localError('offline'));
    if (this.#requests.size >= MAX_REQUESTS) return Promise.reject(localError('busy', 'too many requests under way'));
    return new Promise<CommandResponse<N>>((resolve, reject) => {
      const settle = (): boolean => {
        clearTimeout(timer);
        const first = this.#requests.delete(fail);
        if (this.#retiring !== null && this.#requests.size === 0) this.#close(localError('offline'));
        return first;
      };
      const fail = (error: ChatError): void => {
        if (settle()) reject(error);
      };
      const timer = setTimeout(() => fail(localError('timeout')), timeoutMs);
      this.#requests.add(fail);
      this.#socket.emit(name, payload, (answer: unknown) => {
        if (!settle()) return;
        if (isAnswer(answer) && answer.ok) return resolve(answer as unknown as CommandResponse<N>);
        const error = isAnswer(answer) ? errorFromWire(answer.error) : localError('malformed');
        reject(error);
        if (endsSession(error)) this.#end(error);
      });
    });
  }

  /** Another has taken its place: what was asked is still answered, for a while, and then it is closed. */
  retire(): void {
    this.scope.end();
    if (this.#requests.size === 0) return this.drop(localError('offline'));
    this.#retiring = setTimeout(() => this.drop(localError('timeout')), this.#options.timings.answerMs);
  }

  /** At once; what is under way fails with `offline`, because of `error`. */
  drop(error: ChatError): void {
    this.#close(localError('offline', undefined, error));
  }

  #end(error: ChatError): void {
    if (this.#ended) return;
    const wasReplaced = this.#retiring !== null;
    this.drop(error);
    if (!wasReplaced) this.#options.onEnded(error);
  }

  #close(error: ChatError): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#retiring ?? undefined);
    this.scope.end();
    this.#socket.off();
    this.#socket.disconnect();
    for (const fail of this.#requests) fail(asChatError(error));
  }
}

const isAnswer = (answer: unknown): answer is { ok: boolean; error?: unknown } =>
  typeof answer === 'object' && answer !== null && typeof (answer as { ok?: unknown }).ok === 'boolean';
