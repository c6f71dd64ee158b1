import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server as HttpServer, type ServerResponse } from 'node:http';
import { Server, type Namespace, type Socket } from 'socket.io';
import { WebSocketServer } from 'ws';
import { LIMITS, SOCKET_PATH, type ClientToServerEvents, type ServerToClientEvents } from '@parley/protocol';
import type { Session } from '../sessions/sessions.ts';
import type { AdapterFactory } from '../fan-out/fan-out.ts';

export type SocketData = { session: Session };
type NoEvents = Record<string, never>;
export type Io = Server<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>;
export type ClientSocket = Socket<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>;

/** Longer than clients and proxies keep an idle connection, so that none is closed just as they use it again. */
const KEEP_ALIVE_MS = 75_000;
/** To send a request's headers, and all of it. The largest is a long poll's POST of `frameBytes`. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const SLOW_CHECK_MS = 5_000;
/** A response nobody reads, or a connection on which nothing moves, is given up after so long: longer than a long poll is held. */
const STILL_MS = 60_000;

/** As many as Engine.IO takes. */
const SESSION_ID_BYTES = 15;

export type IoOptions = {
  /** What every answer is made of. */
  Response: typeof ServerResponse;
  /** Begins the id of each of Engine.IO's sessions. */
  sessionPrefix?: string | undefined;
};

export const createIo = (handler: RequestListener, adapter: AdapterFactory, { Response, sessionPrefix = '' }: IoOptions): { http: HttpServer; io: Io } => {
  const http = createServer({ ServerResponse: Response, keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: SLOW_CHECK_MS }, handler);
  http.setTimeout(STILL_MS);
  const io: Io = new Server(http, {
    path: SOCKET_PATH,
    transports: ['websocket', 'polling'],
    wsEngine: WebSocketServer,
    maxHttpBufferSize: LIMITS.frameBytes,
    perMessageDeflate: false,
    serveClient: false,
    // Socket.IO calls it with `new`, which an arrow function cannot be.
    adapter: function adapterOf(namespace: Namespace) { return adapter(namespace); },
    // A connection that comes back resumes by seq (`room:join`, `room:sync`), from any gateway.
  });
  io.engine.generateId = () => `${sessionPrefix}${randomBytes(SESSION_ID_BYTES).toString('base64url')}`;
  return { http, io };
};
