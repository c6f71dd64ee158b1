import { handshakeSchema, PROTOCOL_VERSION, ProtocolError, type WireError } from '@parley/protocol';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { Admission } from '../limits/admission.ts';
import type { Session, Sessions } from '../sessions/session.ts';
import type { FailureOf } from './failures.ts';
import type { Standing } from '../standing/standing.ts';
import type { UserSockets } from '../standing/user-sockets.ts';
import type { ClientSocket } from './io.ts';

/** What Socket.IO tells the client as `connect_error`: `data` is the error as everywhere on the wire. */
class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly data: WireError;

  constructor(data: WireError) {
    super(data.message);
    this.data = data;
  }
}

export type AuthenticateOptions = { sessions: Sessions; /** Whoever signs in for the first time has a row after it. */ welcome: (session: Session) => Promise<void>; admission: Admission; standing: Standing; userSockets: UserSockets; metrics: GatewayMetrics; failureOf: FailureOf; /** Who got through the door just before it closed is let in, and asked to move. */ isClosing: () => boolean };

/** Lets in who has a good token, when it is their turn, and remembers whose it is. Who is refused is hung up on. */
export const createAuthenticate = ({ sessions, welcome, admission, standing, userSockets, metrics, failureOf, isClosing }: AuthenticateOptions) => {
  const admit = async (socket: ClientSocket): Promise<void> => {
    if (isClosing()) throw new ProtocolError('shutting_down');
    const handshake = handshakeSchema.safeParse(socket.handshake.auth);
    if (!handshake.success) throw new ProtocolError('unauthenticated', 'auth.token is missing or malformed');
    const { token, protocol = PROTOCOL_VERSION } = handshake.data;
    if (protocol !== PROTOCOL_VERSION) throw new ProtocolError('bad_request', `this server speaks version ${PROTOCOL_VERSION} of the protocol`);
    socket.data.session = await sessions.verify(token);
    // Not to be found in a dump of the socket.
    socket.handshake.auth = {};
    // Only who comes in the first moments waits.
    if (!standing.known) await standing.catchUp();
    standing.require(socket.data.session);
    socket.conn.once('close', userSockets.take(socket.data.session.user.id));
    await admission.turn(() => socket.conn.readyState !== 'open');
    await welcome(socket.data.session);
    // Since it came.
    standing.require(socket.data.session);
  };
  /** What is wrong, if anything is. */
  const refusalOf = async (socket: ClientSocket): Promise<ConnectError | undefined> => {
    try {
      await admit(socket);
      return undefined;
    } catch (error) {
      const refused = failureOf(error, 'connecting');
      metrics.connectionsRefused.inc({ code: refused.code });
      // Once it was told: what it might try next on this connection would cost as much again.
      setImmediate(() => socket.conn.close());
      return new ConnectError(refused);
    }
  };
  const decide = async (socket: ClientSocket, next: (error?: Error) => void): Promise<void> => next(await refusalOf(socket));
  return (socket: ClientSocket, next: (error?: Error) => void): void => void decide(socket, next);
};
