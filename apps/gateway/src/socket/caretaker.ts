import type { GatewayMetrics } from '../gateway-metrics.ts';
import { bufferedBytes, type Buffered } from './buffered.ts';
import { cutOff, type Connection } from './cut-off.ts';
import type { Io } from './io.ts';

/** What may wait to be sent to one socket. Above either it is cut off, and resumes when it comes back. */
const MAX_BUFFERED_PACKETS = 4_000;
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
const LOOK_EVERY_MS = 1_000;

/** Whether more waits for the socket than it is allowed. */
export const readsTooSlowly = (conn: Buffered): boolean => conn.writeBuffer.length > MAX_BUFFERED_PACKETS || bufferedBytes(conn) > MAX_BUFFERED_BYTES;

/** Looks after all sockets once a second: who does not read is cut off. */
export const startCaretaker = (io: Io, metrics: GatewayMetrics): (() => void) => {
  const { sockets } = io.of('/');
  const timer = setInterval(() => {
    for (const socket of sockets.values()) {
      if (readsTooSlowly(socket.conn as unknown as Buffered)) {
        metrics.slowReaders.inc();
        cutOff(socket.conn as unknown as Connection);
      }
    }
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
};
