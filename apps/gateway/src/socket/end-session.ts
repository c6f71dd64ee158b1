import type { WireError } from '@parley/protocol';
import { cutOff, type Connection } from './cut-off.ts';
import type { ClientSocket } from './io.ts';

/** How long a socket may take to read why it was closed. */
const LAST_WORDS_MS = 1_000;

/** Closes a socket for good: it hears nothing more but why, and is gone a second later if it does not read even that. */
export const endSession = (socket: ClientSocket, error: WireError): void => {
  const connection = socket.conn as unknown as Connection;
  socket.emit('session:ended', { error });
  // It is in no room any more from here on.
  socket.disconnect(true);
  const timer = setTimeout(() => cutOff(connection), LAST_WORDS_MS);
  socket.conn.once('close', () => clearTimeout(timer));
};
