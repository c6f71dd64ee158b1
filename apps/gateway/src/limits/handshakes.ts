import type { IncomingMessage, ServerResponse } from 'node:http';
import { wireError } from '@parley/protocol';
import type { RateLimiter } from '@parley/domain';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import { refuseHandshake } from '../leaving/refuse-handshake.ts';
import { cutOff, type Connection } from '../socket/cut-off.ts';
import { beginsConnection, type EngineRequest } from '../socket/handshake-request.ts';
import type { Io } from '../socket/io.ts';
import type { Addresses } from './addresses.ts';
import type { AdmissionSettings } from './admission-settings.ts';
import { boundPackets, type PacketConnection } from './bound-packets.ts';
import { signInOnce, type TalkingConnection } from './sign-in-once.ts';

export type HandshakesOptions = Pick<AdmissionSettings, 'handshakes' | 'signInMs' | 'addressSockets'> & {
  io: Io;
  addresses: Addresses;
  limiter: RateLimiter;
  metrics: GatewayMetrics;
};

export type Handshakes = {
  /** Connections that have not signed in. */
  readonly count: number;
  close(): void;
};

type NewConnection = TalkingConnection & PacketConnection & { request: IncomingMessage; once(event: 'close', then: () => void): void };

/** When who found the gateway full of strangers may come again, milliseconds: half the time these have to sign in. */
const FULL_RETRY_MS = 5_000;
/** When who has too many connections may try for another, milliseconds. */
const TOO_MANY_RETRY_MS = 10_000;
/** Shares of `signInMs` in which the overdue are looked for. */
const LOOKS = 10;

/** Who may begin a connection, decided before anything is made for it, and for how long one may stay without signing in. */
export const guardHandshakes = ({ io, addresses, limiter, metrics, handshakes, signInMs, addressSockets }: HandshakesOptions): Handshakes => {
  const { engine } = io;
  /** Since when, the oldest first. */
  const strangers = new Map<Connection, number>();
  const connected = new Map<string, number>();

  const countAddress = (connection: NewConnection): void => {
    const address = addresses.keyOf(connection.request);
    if (address === null) return;
    connected.set(address, (connected.get(address) ?? 0) + 1);
    connection.once('close', () => {
      const left = (connected.get(address) ?? 1) - 1;
      if (left > 0) connected.set(address, left);
      else connected.delete(address);
    });
  };
  engine.on('connection', (connection: NewConnection) => {
    strangers.set(connection, performance.now());
    connection.once('close', () => strangers.delete(connection));
    countAddress(connection);
    signInOnce(connection);
    boundPackets(connection, () => metrics.floods.inc());
  });
  io.on('connection', (socket) => {
    strangers.delete(socket.conn as unknown as Connection);
    // Who signs out and keeps the connection would be a stranger whom nobody counts.
    socket.once('disconnect', () => socket.conn.close());
  });

  const timer = setInterval(() => {
    const overdue = performance.now() - signInMs;
    for (const [connection, since] of strangers) {
      if (since > overdue) break;
      strangers.delete(connection);
      cutOff(connection);
    }
  }, signInMs / LOOKS);

  const admit = async (request: EngineRequest, response: ServerResponse, next: () => void): Promise<void> => {
    const refuse = (code: 'busy' | 'rate_limited', message: string, retryAfterMs: number): void => {
      metrics.connectionsRefused.inc({ code });
      refuseHandshake(request, response, wireError(code, message, retryAfterMs));
    };
    if (strangers.size >= handshakes) return refuse('busy', 'too many connections that have not signed in', FULL_RETRY_MS);
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

  engine.use((request: EngineRequest, response: ServerResponse, next: () => void) => {
    // What follows on a session that there is passes.
    if (beginsConnection(request)) void admit(request, response, next);
    else next();
  });

  return {
    get count() {
      return strangers.size;
    },
    close: () => clearInterval(timer),
  };
};
