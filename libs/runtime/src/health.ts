import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

/** Ready, or why not. Asked on every request: answer from what is known, do not go and ask. */
export type ReadinessCheck = () => boolean | string;

export type Health = {
  /** Adds a check, or takes another's place. */
  check(name: string, check: ReadinessCheck): void;
  /** The names of the checks that fail, with why. */
  failing(): Record<string, string>;
  /** Answers `/healthz`, `/readyz` and `/metrics`; false if it is for someone else. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
};

const send = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'content-length': Buffer.byteLength(body) }).end(body);
};

/** `/healthz`: the process turns over. `/readyz`: it can do its work now; what it lacks is named. */
export const createHealth = (metrics: Metrics): Health => {
  const checks = new Map<string, ReadinessCheck>();
  const failing = (): Record<string, string> => {
    const found: Record<string, string> = {};
    for (const [name, check] of checks) {
      const state = check();
      if (state !== true) found[name] = state || 'not ready';
    }
    return found;
  };
  const handle = (request: IncomingMessage, response: ServerResponse): boolean => {
    const path = request.url?.split('?', 1)[0];
    if (path !== '/healthz' && path !== '/readyz' && path !== '/metrics') return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      send(response, 405, 'text/plain', 'GET only\n');
    } else if (path === '/healthz') {
      send(response, 200, 'application/json', '{"ok":true}\n');
    } else if (path === '/readyz') {
      const lacks = failing();
      const ok = Object.keys(lacks).length === 0;
      send(response, ok ? 200 : 503, 'application/json', `${JSON.stringify(ok ? { ok } : { ok, failing: lacks })}\n`);
    } else {
      metrics.registry.metrics().then(
        (text) => send(response, 200, metrics.registry.contentType, text),
        () => send(response, 500, 'text/plain', 'metrics could not be collected\n'),
      );
    }
    return true;
  };
  return { check: (name, check) => void checks.set(name, check), failing, handle };
};

export type HealthServer = { port: number; close(): Promise<void> };

/**
 * Connections that wait to be accepted; the system may allow fewer (net.core.somaxconn, 4096 on Linux). With node's 511 a crowd that comes at once fills it, and a proxy's
 * health check, kept waiting behind it for a second at a time, takes a busy process for a dead one.
 */
const BACKLOG = 4_096;

export const listenOn = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

/** A server of its own for a worker that has no other. */
export const serveHealth = async (health: Health, options: { port: number; host: string }): Promise<HealthServer> => {
  const server = createServer((request, response) => {
    if (!health.handle(request, response)) send(response, 404, 'text/plain', 'not found\n');
  });
  const port = await listenOn(server, options.port, options.host);
  return {
    port,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
};
