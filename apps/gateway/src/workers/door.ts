import { rmSync } from 'node:fs';
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { SOCKET_PATH } from '@parley/protocol';
import { mergeMetrics, type Metrics, type MetricsOfProcess } from '@parley/runtime';
import { forwardRequest, forwardUpgrade } from './forward.ts';
import { askNeighbours } from './neighbours.ts';
import { ownerOf, type Place } from './place.ts';

/** What workers ask each other, beside what they forward. */
const READY = '/worker/ready';
const METRICS = '/worker/metrics';

export type DoorOptions = {
  place: Place;
  /** The server clients reach, with everything that answers them. */
  http: Server;
  isReady: () => boolean;
  metrics: Metrics;
};

export type Door = { close(): Promise<void> };

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';

/** Takes over the listeners of `event`; what is returned calls them. */
const takeOver = (http: Server, event: 'request' | 'upgrade'): ((...args: unknown[]) => void) => {
  const listeners = http.listeners(event);
  http.removeAllListeners(event);
  return (...args) => {
    for (const listener of listeners) listener.call(http, ...args);
  };
};

/**
 * Makes one gateway of its workers. A connection comes to any of them, and the requests on it may be anyone's: a browser and a proxy
 * reuse connections. So each request about a session of another worker goes to that worker, through its door: a server of
 * the same on a Unix socket. `/metrics` is of all workers, and `/readyz` is well while one of them is.
 */
export const openDoor = async ({ place, http, isReady, metrics }: DoorOptions): Promise<Door> => {
  const agent = new Agent({ keepAlive: true });
  const answerHere = takeOver(http, 'request');
  const upgradeHere = takeOver(http, 'upgrade');

  /** The door of the worker a request is for; `null`: it is for this one, which also tells what nobody knows. */
  const elsewhere = (request: IncomingMessage): string | null => {
    const { url = '/' } = request;
    const owner = url.startsWith(SOCKET_PATH) ? ownerOf(url) : null;
    return owner === null || owner === place.number || owner < 1 || owner > place.of ? null : place.door(owner);
  };

  const sendMetrics = async (response: ServerResponse): Promise<void> => {
    const [own, others] = await Promise.all([metrics.registry.getMetricsAsJSON(), askNeighbours(agent, place, METRICS)]);
    const text = await mergeMetrics([own, ...others.map((each) => JSON.parse(each) as MetricsOfProcess)]);
    response.writeHead(200, { 'content-type': metrics.registry.contentType, 'cache-control': 'no-store' }).end(text);
  };
  const sendReady = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (isReady() || (await askNeighbours(agent, place, READY)).length === 0) answerHere(request, response);
    else response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end('{"ok":true}\n');
  };

  http.on('request', (request, response) => {
    const door = elsewhere(request);
    const path = pathOf(request);
    if (door !== null) {
      // No request is to follow on a connection to a worker that may be leaving.
      if (!isReady()) response.setHeader('connection', 'close');
      forwardRequest(agent, door, request, response);
    }
    else if (request.method === 'GET' && path === '/metrics') sendMetrics(response).catch(() => response.writeHead(500).end('metrics could not be collected\n'));
    else if (path === '/readyz') void sendReady(request, response);
    else answerHere(request, response);
  });
  http.on('upgrade', (request, socket, head) => {
    const door = elsewhere(request);
    if (door === null) upgradeHere(request, socket, head);
    else forwardUpgrade(door, request, socket, head);
  });

  const inner = createServer((request, response) => {
    if (request.url === READY) response.writeHead(isReady() ? 200 : 503).end();
    else if (request.url === METRICS) metrics.registry.getMetricsAsJSON().then((all) => response.end(JSON.stringify(all)), () => response.writeHead(500).end());
    else answerHere(request, response);
  });
  inner.on('upgrade', upgradeHere);
  const own = place.door(place.number);
  // Of the worker before this one, if it was killed.
  rmSync(own, { force: true });
  // `exclusive`: else a cluster's primary would listen, and hand connections to any worker.
  await new Promise<void>((resolve, reject) => void inner.once('error', reject).listen({ path: own, exclusive: true }, resolve));
  // The primary clears up after all, unless it was killed: then it is for those who are left.
  process.once('exit', () => rmSync(process.connected ? own : dirname(own), { recursive: true, force: true }));

  return {
    close: () => new Promise((resolve) => {
      agent.destroy();
      inner.close(() => resolve());
      inner.closeAllConnections();
    }),
  };
};
