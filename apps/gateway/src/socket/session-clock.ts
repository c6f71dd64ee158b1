import { wireError } from '@parley/protocol';
import type { Session } from '../sessions/session.ts';
import { Wheel } from '../sessions/wheel.ts';
import { endSession } from './end-session.ts';
import type { ClientSocket } from './io.ts';

const TICK_MS = 100;
/** A client is told this long before the end: an hour, of a short session a third of what is left. */
const NOTICE_MS = 3_600_000;
const NOTICE_SHARE = 3;

const noticeAt = ({ expiresAt }: Session, now: number): number => expiresAt - Math.min(NOTICE_MS, (expiresAt - now) / NOTICE_SHARE);

export type SessionClock = {
  /** From now on this socket is told before its session expires, and closed when it does. */
  follow(socket: ClientSocket): void;
  /** The socket goes on with another token. */
  goOn(socket: ClientSocket, session: Session): void;
  close(): void;
};

/** Tells sockets that their session will expire, and closes them when it has. */
export const createSessionClock = (): SessionClock => {
  const wheel: Wheel<ClientSocket> = new Wheel<ClientSocket>({
    tickMs: TICK_MS,
    onDue: (socket) => {
      const { expiresAt } = socket.data.session;
      if (expiresAt <= Date.now()) return endSession(socket, wireError('session_expired'));
      socket.emit('session:expiring', { expiresAt });
      wheel.set(socket, expiresAt);
    },
  });
  const plan = (socket: ClientSocket): void => wheel.set(socket, noticeAt(socket.data.session, Date.now()));
  return {
    follow: (socket) => {
      plan(socket);
      socket.once('disconnect', () => wheel.delete(socket));
    },
    goOn: (socket, session) => {
      // It may have gone while its new token was looked at.
      if (!socket.connected) return;
      socket.data.session = session;
      plan(socket);
    },
    close: () => wheel.close(),
  };
};
