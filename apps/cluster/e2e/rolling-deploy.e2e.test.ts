/** Every gateway is replaced in turn while people talk. HAProxy reloaded and a gateway drained: `haproxy-reload` of the fault suite. */
import { setTimeout as sleep } from 'node:timers/promises';
import { signIn } from '@parley/chat-client';
import { joinCrowd } from '@parley/testkit/crowd';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { openTraffic } from '@parley/testkit/traffic';
import { afterTests } from '@parley/testkit';
import { beforeAll, expect, test } from 'vitest';

const cleanup = afterTests();

/** So low that a few hundred clients can be seen to come one after the other. */
const RATE = 50;
const SHUTDOWN_MS = 25_000;
/** As long as both gateways take to leave and to come back. */
const SAYING_MS = 18_000;
const LOOK_EVERY_MS = 50;
const COMING_MS = 30;
/** Deadlines, not measures. */
const QUIET_MS = 120_000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ env: { LEAVE_RATE: `${RATE}`, SHUTDOWN_TIMEOUT: `${SHUTDOWN_MS / 1_000}` }, cleanup });
});

/** How many came to a gateway, and when. */
const watchArrivals = (gateway: Fleet['gateways'][number]) => {
  const seen: { at: number; sockets: number }[] = [];
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      seen.push({ at: performance.now(), sockets: await gateway.metric('sockets') });
      await sleep(LOOK_EVERY_MS);
    }
  })();
  return {
    /** The most within any second. */
    stop: async (): Promise<number> => {
      over.abort();
      await watching;
      return Math.max(0, ...seen.map(({ at, sockets: before }) => Math.max(...seen.filter((each) => each.at >= at && each.at <= at + 1_000).map((each) => each.sockets)) - before));
    },
  };
};

/** SIGTERM, and a new one in its place; how many clients it had, and how they came to the other. */
const replace = async (index: number) => {
  const gateway = fleet.gateways[index]!;
  const had = await gateway.metric('sockets');
  const arrivals = watchArrivals(fleet.gateways[1 - index]!);
  const began = performance.now();
  process.kill(gateway.pid, 'SIGTERM');
  const exit = await gateway.exited;
  const tookMs = performance.now() - began;
  const mostInOneSecond = await arrivals.stop();
  await gateway.start();
  await fleet.ready();
  return { had, exit, tookMs, mostInOneSecond };
};

/** {@link replace}, as it is to go. */
const replaceInOrder = async (index: number): Promise<void> => {
  const { had, exit, tookMs, mostInOneSecond } = await replace(index);
  expect(had, 'clients of the gateway').toBeGreaterThan(50);
  expect(exit).toEqual({ code: 0, signal: null });
  expect(tookMs).toBeLessThan(SHUTDOWN_MS);
  // Twice the rate: on a busy machine a batch may be late, and meet the next.
  expect(mostInOneSecond).toBeLessThanOrEqual(Math.min(had - 1, 2 * RATE));
};

/** People who come all the while, one after the other, and leave again: how many were let in. None may be refused. */
const newcomersDuring = async (happening: () => Promise<void>): Promise<number> => {
  const { token } = await signIn({ url: fleet.url, name: 'Newcomer' });
  const over = new AbortController();
  let letIn = 0;
  const coming = (async () => {
    for (; !over.signal.aborted; letIn += 1) {
      (await joinCrowd(fleet.url, token)).close();
      await sleep(COMING_MS);
    }
  })();
  try {
    await Promise.race([happening(), coming]);
  } finally {
    over.abort();
  }
  await coming;
  return letIn;
};

test('SIGTERM of every gateway in turn: no send fails, nobody is stormed, and hardly anybody notices', { timeout: 300_000 }, async () => {
  const loads = [
    { messages: 4_500, traffic: await openTraffic({ urls: [fleet.url], rooms: 10, writers: 145, listeners: 15 }) },
    { messages: 1_000, traffic: await openTraffic({ urls: [fleet.url], rooms: 3, writers: 36, listeners: 4, transports: ['polling'] }) },
  ];
  try {
    for (const { traffic, messages } of loads) traffic.start({ messages, perSecond: messages / (SAYING_MS / 1_000) });
    for (const { traffic } of loads) await traffic.untilAcked(50, QUIET_MS);
    const letIn = await newcomersDuring(async () => {
      for (const index of fleet.gateways.keys()) await replaceInOrder(index);
    });
    expect(letIn).toBeGreaterThan(50);
    for (const { traffic, messages } of loads) {
      const { violations, counts } = await traffic.finish(QUIET_MS);
      expect(violations).toEqual([]);
      expect(counts).toMatchObject({ acks: counts.sends, unresolved: 0 });
      expect(counts.sends).toBeGreaterThan(messages / 10);
    }
    // None where there is time to move. On a machine too busy for that within seconds some are cut off, and come back; without moving it is some 300.
    expect(loads.reduce((sum, { traffic }) => sum + traffic.interruptions, 0)).toBeLessThan(150);
  } finally {
    for (const { traffic } of loads) await traffic.close();
  }
});
