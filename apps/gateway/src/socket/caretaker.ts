import type { GatewayMetrics } from '../gateway-metrics.ts';
import { bufferedBytes, type Buffered } from './buffered.ts';
import { cutOff, type Connection } from './cut-off.ts';
import type { ClientSocket, Io } from './io.ts';

/** What may wait to be sent to one socket. Above either it is cut off, and resumes when it comes back. */
const MAX_BUFFERED_PACKETS = 4_000;
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
const LOOK_EVERY_MS = 1_000;
/** An expired socket is told so on each command for this long; then it is closed. */
const EXPIRED_GRACE_MS = 60_000;

/** Whether more waits for the socket than it is allowed. */
export const readsTooSlowly = (conn: Buffered): boolean => conn.writeBuffer.length > MAX_BUFFERED_PACKETS || bufferedBytes(conn) > MAX_BUFFERED_BYTES;

const endSession = (socket: ClientSocket, now: number): void => {
  const { session } = socket.data;
  if (session.expiresAt + EXPIRED_GRACE_MS <= now) return cutOff(socket.conn as unknown as Connection);
  for (const room of socket.rooms) if (room !== socket.id) void socket.leave(room);
};

/** Looks after all sockets once a second: who does not read is cut off, whose session ended hears nothing more. */
export const startCaretaker = (io: Io, metrics: GatewayMetrics): (() => void) => {
  const { sockets } = io.of('/');
  const timer = setInterval(() => {
    const now = Date.now();
    for (const socket of sockets.values()) {
      if (socket.data.session.expiresAt <= now) endSession(socket, now);
      if (readsTooSlowly(socket.conn as unknown as Buffered)) {
        metrics.slowReaders.inc();
        cutOff(socket.conn as unknown as Connection);
      }
    }
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
};
