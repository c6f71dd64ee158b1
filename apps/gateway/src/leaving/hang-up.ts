import type { Server as HttpServer } from 'node:http';
import type { Io } from '../socket/io.ts';

/** How long a client has to answer the closing of its connection. */
const HANG_UP_MS = 1_000;
/** How long an answer under way may take: also a long poll that is passed on to another worker, whose client has yet to move. */
const LAST_ANSWERS_MS = 4_000;

type Transport = { transport: { socket?: { terminate?: () => void } } };

/** Shuts the door and closes all connections, as a lost network does: after a disconnect that the server asks for, a client stays away. */
export const hangUp = async (io: Io, http: HttpServer): Promise<void> => {
  http.close();
  const { clients } = io.engine as unknown as { clients: Record<string, Transport> };
  const transports = Object.values(clients).map(({ transport }) => transport);
  io.engine.close();
  const timers = [
    setTimeout(() => { for (const { socket } of transports) socket?.terminate?.(); }, HANG_UP_MS),
    setTimeout(() => http.closeAllConnections(), LAST_ANSWERS_MS),
  ];
  await io.close();
  for (const timer of timers) clearTimeout(timer);
};
