import type { Server as HttpServer } from 'node:http';
import type { Io } from './io.ts';

/** Over this long the clients of a leaving gateway come back to others, unless told otherwise. */
const DEFAULT_SPREAD_MS = 3_000;

/** How long a client has to answer the closing of its WebSocket. */
const HANG_UP_MS = 1_000;

type Transport = { transport: { socket?: { terminate?: () => void } } };

/** Closes all connections, as a lost network does: after a disconnect that the server asks for, a client stays away. */
export const hangUp = async (io: Io): Promise<void> => {
  const { clients } = io.engine as unknown as { clients: Record<string, Transport> };
  const transports = Object.values(clients).map(({ transport }) => transport);
  io.engine.close();
  const timer = setTimeout(() => {
    for (const { socket } of transports) socket?.terminate?.();
  }, HANG_UP_MS);
  await io.close();
  clearTimeout(timer);
};

/** Takes no new connections, and tells each socket when to connect again: spread out, so that the others are not stormed. */
export const sayGoodbye = async (io: Io, http: HttpServer, spreadMs = DEFAULT_SPREAD_MS): Promise<void> => {
  http.close();
  for (const socket of io.of('/').sockets.values()) socket.emit('session:reconnect', { afterMs: Math.floor(Math.random() * spreadMs) });
  // One turn of the loop, so that it is written before the connections close.
  await new Promise<void>((resolve) => { setImmediate(resolve); });
};
