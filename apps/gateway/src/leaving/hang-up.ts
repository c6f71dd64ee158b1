import type { Server as HttpServer } from 'node:http';
import type { Io } from '../socket/io.ts';

/** How long a client has to answer the closing of its connection. */
const HANG_UP_MS = 1_000;

type Transport = { transport: { socket?: { terminate?: () => void } } };

/** Shuts the door and closes all connections, as a lost network does: after a disconnect that the server asks for, a client stays away. */
export const hangUp = async (io: Io, http: HttpServer): Promise<void> => {
  http.close();
  const { clients } = io.engine as unknown as { clients: Record<string, Transport> };
  const transports = Object.values(clients).map(({ transport }) => transport);
  io.engine.close();
  const timer = setTimeout(() => {
    for (const { socket } of transports) socket?.terminate?.();
    http.closeAllConnections();
  }, HANG_UP_MS);
  await io.close();
  clearTimeout(timer);
};
