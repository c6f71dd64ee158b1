import type { IncomingMessage, ServerResponse } from 'node:http';
import { wireError } from '@parley/protocol';
import type { RateLimiter } from '@parley/domain';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import { refuseHandshake } from '../leaving/refuse-handshake.ts';
import type { Io } from '../socket/io.ts';
import type { Addresses } from './addresses.ts';

export type HandshakesOptions = {
  io: Io;
  addresses: Addresses;
  limiter: RateLimiter;
  metrics: GatewayMetrics;
  /** Connections that have not signed in; beyond it a new one is refused. */
  handshakes: number;
  /** Open connections of one address; beyond it a new one is refused. */
  addressSockets: number;
};

type Handshake = IncomingMessage & { _query: { sid?: string } };

/** When who found the gateway full of strangers may come again, milliseconds. Half the time these have to sign in. */
const FULL_RETRY_MS = 5_000;
/** When who has too many connections may try for another, milliseconds. */
const TOO_MANY_RETRY_MS = 10_000;

/** Who may begin a connection: decided before anything is made for it. What follows on a session that there is passes. */
export const guardHandshakes = ({ io, addresses, limiter, metrics, handshakes, addressSockets }: HandshakesOptions): void => {
  const { engine } = io;
  const { sockets } = io.of('/');
  const connected = new Map<string, number>();

  engine.on('connection', (connection: { request: IncomingMessage; once(event: 'close', then: () => void): void }) => {
    const address = addresses.keyOf(connection.request);
    if (address === null) return;
    connected.set(address, (connected.get(address) ?? 0) + 1);
    connection.once('close', () => {
      const left = (connected.get(address) ?? 1) - 1;
      if (left > 0) connected.set(address, left);
      else connected.delete(address);
    });
  });

  const admit = async (request: Handshake, response: ServerResponse, next: () => void): Promise<void> => {
    const refuse = (code: 'busy' | 'rate_limited', message: string, retryAfterMs: number): void => {
      metrics.connectionsRefused.inc({ code });
      refuseHandshake(request, response, wireError(code, message, retryAfterMs));
    };
    if (engine.clientsCount - sockets.size >= handshakes) return refuse('busy', 'too many connections that have not signed in', FULL_RETRY_MS);
    const address = addresses.keyOf(request);
    if (address === null) return next();
    if ((connected.get(address) ?? 0) >= addressSockets) {
      metrics.rateLimited.inc({ limit: 'address_sockets' });
      return refuse('rate_limited', 'too many connections from this address', TOO_MANY_RETRY_MS);
    }
    // A bare connection has nobody who listens to its errors while this waits.
    const gone = (): void => void request.socket.destroy();
    request.socket.once('error', gone);
    const decision = await limiter.take([{ limit: 'address_connections', key: address }]);
    request.socket.off('error', gone);
    if (decision.ok) next();
    else refuse('rate_limited', 'too many new connections from this address', decision.retryAfterMs);
  };

  engine.use((request: Handshake, response: ServerResponse, next: () => void) => {
    if (request._query.sid === undefined) void admit(request, response, next);
    else next();
  });
};
