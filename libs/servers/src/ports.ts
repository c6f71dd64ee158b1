import { createServer } from 'node:net';

/** Below Linux' default `ip_local_port_range` (32768-60999), and above what well-known services use. */
const RANGE = { from: 12_000, to: 32_000 };
const TRIES = 200;

/** Whether a server could listen there now. */
export const isFree = (port: number, host = '127.0.0.1'): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });

const handedOut = new Set<number>();

/**
 * A port that nobody listens on, never given twice by one process.
 *
 * Not one of the kernel's choice (`listen(0)`): those are ephemeral, and while a server on such a port is down for a
 * restart, any outgoing connection may take it; a client that reconnects over loopback even connects to itself.
 */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = RANGE.from + Math.floor(Math.random() * (RANGE.to - RANGE.from));
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`no free port between ${RANGE.from} and ${RANGE.to} after ${TRIES} tries`);
};
