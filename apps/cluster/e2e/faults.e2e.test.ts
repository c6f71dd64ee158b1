/** 10,000 messages from 20 writers over two gateways into 5 rooms, heard by 50 listeners, while things are broken. */
import { readFileSync } from 'node:fs';
import { startParley, type Parley } from '@parley/testkit/parley';
import { openTraffic } from '@parley/testkit/traffic';
import { afterTests } from '@parley/testkit';
import { beforeAll, expect, test } from 'vitest';

const cleanup = afterTests();

const MESSAGES = 10_000;
const LISTENERS = 50;
const ROOMS = 5;
/** Deadlines, not measures: far above what it takes, so that a slow machine does not fail the test. */
const ACK_MS = 120_000;
const QUIET_MS = 180_000;

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ app: 'cluster', cleanup });
  cleanup(() => parley.stop());
});

/** Sockets on each gateway, as their metrics have it. */
const socketsPerGateway = (): Promise<number[]> => {
  // Each stands there twice: as one that is ready, and as one that at least lives.
  const ports = [...new Set([...readFileSync(`${parley.dataDir}/gateways.cfg`, 'utf8').matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => port))];
  return Promise.all(ports.map(async (port) => {
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/^\w*sockets\S* (\d+)$/m.exec(metrics)?.[1]);
  }));
};

const theOneProcess = (part: string): number => {
  const pids = parley.processes(part);
  expect(pids.length, `processes of ${part}`).toBeGreaterThan(0);
  return pids[0]!;
};

const FAULTS: [name: string, inTheMiddle: () => void][] = [
  ['nothing is broken', () => {}],
  ['a gateway is killed in the middle', () => process.kill(theOneProcess('apps/gateway/src/main.ts'), 'SIGKILL')],
  ['Redis is killed in the middle and comes back empty', () => process.kill(theOneProcess('redis-server'), 'SIGKILL')],
  ['NATS is killed in the middle and comes back', () => process.kill(theOneProcess('nats-server'), 'SIGKILL')],
];

test.each(FAULTS)('every listener has every acked message exactly once, in the order of the log, when %s', { timeout: 480_000 }, async (_name, breakIt) => {
  const traffic = await openTraffic({ urls: [parley.url], rooms: ROOMS, writers: 20, listeners: LISTENERS });
  try {
    const sockets = await socketsPerGateway();
    expect(sockets).toHaveLength(2);
    for (const count of sockets) expect(count, 'sockets of a gateway').toBeGreaterThan(LISTENERS / 5);
    traffic.start({ messages: MESSAGES });
    await traffic.untilAcked(MESSAGES * 0.3, ACK_MS);
    breakIt();
    const { violations, counts } = await traffic.finish(QUIET_MS);
    expect(violations).toEqual([]);
    expect(counts).toMatchObject({ sends: MESSAGES, acks: MESSAGES, listeners: LISTENERS });
    // Each listener applied every message, and what created the rooms and brought their members.
    expect(counts.applied).toBe(counts.logged * LISTENERS);
    expect(counts.logged).toBeGreaterThan(MESSAGES);
  } finally {
    await traffic.close();
  }
});
