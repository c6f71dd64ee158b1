import { Server } from 'node:net';
import type { Metrics } from '@parley/runtime';
import type { Gateway } from '../gateway.ts';
import { openDoor } from './door.ts';
import { RETIRE, type Place } from './place.ts';

/** A worker that is not ready after this long takes connections all the same: it serves the web client, and says what is missing. */
const READY_MS = 3_000;
const LOOK_EVERY_MS = 20;

export type JoinOptions = { place: Place; gateway: Gateway; metrics: Metrics };

/** Makes a gateway one of several workers, before it listens: resolves once it should. What is returned ends that, after the gateway. */
export const joinWorkers = async ({ place, gateway, metrics }: JoinOptions): Promise<() => Promise<void>> => {
  const isReady = (): boolean => Object.keys(gateway.failing()).length === 0;
  metrics.measured('worker_starts', 'How many processes this worker has been, one after the other.', () => place.start);
  const door = await openDoor({ place, http: gateway.http, isReady, metrics });
  process.on('message', (message) => {
    if (message !== RETIRE) return;
    // Connections go to the others from now on. HTTP's own `close` would also cut those that are idle, just as they may be used again.
    Server.prototype.close.call(gateway.http);
    process.kill(process.pid, 'SIGTERM');
  });
  const deadline = performance.now() + READY_MS;
  while (!isReady() && performance.now() < deadline) await new Promise((resolve) => { setTimeout(resolve, LOOK_EVERY_MS); });
  return () => door.close();
};
