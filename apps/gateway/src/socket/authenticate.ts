import { handshakeSchema, PROTOCOL_VERSION, ProtocolError, type WireError } from '@parley/protocol';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { ClientSocket } from './io.ts';
import { wireErrorOf } from './wire-error-of.ts';

/** What Socket.IO tells the client as `connect_error`: `data` is the error as everywhere on the wire. */
class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly data: WireError;

  constructor(data: WireError) {
    super(data.message);
    this.data = data;
  }
}

export type AuthenticateOptions = { sessions: Sessions; metrics: GatewayMetrics; /** Who got through the door just before it closed turns round. */ isLeaving: () => boolean };

/** Lets in who has a good token, and remembers whose it is. */
export const createAuthenticate = ({ sessions, metrics, isLeaving }: AuthenticateOptions) => {
  const admit = (socket: ClientSocket): void => {
    if (isLeaving()) throw new ProtocolError('shutting_down');
    const handshake = handshakeSchema.safeParse(socket.handshake.auth);
    if (!handshake.success) throw new ProtocolError('unauthenticated', 'auth.token is missing or malformed');
    const { token, protocol = PROTOCOL_VERSION } = handshake.data;
    if (protocol !== PROTOCOL_VERSION) throw new ProtocolError('bad_request', `this server speaks version ${PROTOCOL_VERSION} of the protocol`);
    socket.data.session = sessions.verify(token);
    // Not to be found in a dump of the socket.
    socket.handshake.auth = {};
  };
  return (socket: ClientSocket, next: (error?: Error) => void): void => {
    try {
      admit(socket);
      next();
    } catch (error) {
      const refused = wireErrorOf(error);
      metrics.connectionsRefused.inc({ code: refused.code });
      next(new ConnectError(refused));
    }
  };
};
