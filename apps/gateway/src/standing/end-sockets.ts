import { endSession } from '../socket/end-session.ts';
import type { ClientSocket, Io } from '../socket/io.ts';
import type { Changed } from './acts-follower.ts';
import type { Standing } from './standing.ts';

/** Ends every socket whose session may no longer go on, as soon as this gateway hears of it. */
export const endSocketsBy = (io: Io, standing: Standing): void => {
  const { adapter, sockets } = io.of('/');
  const end = (socket: ClientSocket | undefined): void => {
    const reason = socket && standing.refusalOf(socket.data.session);
    if (reason) endSession(socket, reason.toWire());
  };
  const endAll = (changed: Changed): void => {
    if (changed === 'all') return sockets.forEach(end);
    for (const userId of changed) for (const id of adapter.rooms.get(userId) ?? []) end(sockets.get(id));
  };
  // The answer to whoever ended its own session is sent from a promise: an immediate comes after it.
  standing.onChange((changed) => void setImmediate(endAll, changed));
};
