import { wireError } from '@parley/protocol';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { Sessions } from '../sessions/session.ts';
import { bufferedBytes, type Buffered } from './buffered.ts';
import { cutOff, type Connection } from './cut-off.ts';
import { endSession } from './end-session.ts';
import type { Io } from './io.ts';

/** What may wait to be sent to one socket. Above either it is cut off, and resumes when it comes back. */
const MAX_BUFFERED_PACKETS = 4_000;
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
const LOOK_EVERY_MS = 1_000;

/** Whether more waits for the socket than it is allowed. */
export const readsTooSlowly = (conn: Buffered): boolean => conn.writeBuffer.length > MAX_BUFFERED_PACKETS || bufferedBytes(conn) > MAX_BUFFERED_BYTES;

/** Looks after all sockets once a second: who does not read is cut off, and whose key was taken out is told so. */
export const startCaretaker = (io: Io, sessions: Pick<Sessions, 'stands'>, metrics: GatewayMetrics): (() => void) => {
  const { sockets } = io.of('/');
  const timer = setInterval(() => {
    for (const socket of sockets.values()) {
      if (!sessions.stands(socket.data.session)) endSession(socket, wireError('session_revoked'));
      if (readsTooSlowly(socket.conn as unknown as Buffered)) {
        metrics.slowReaders.inc();
        cutOff(socket.conn as unknown as Connection);
      }
    }
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
};
