/** A selection of the fault suite, with durations a tenth of those on demand. All of it: `npm run faults`. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PLAIN } from '../src/fleet-plans.ts';
import { keepFleet } from '../src/keep-fleet.ts';
import { pairOf, whyNot } from '../src/pairs.ts';
import { SCENARIOS } from '../src/registry.ts';
import { runScenario } from '../src/run-scenario.ts';
import { scenario, type Scenario } from '../src/scenario.ts';

const SEED = 1;
const SCALE = 0.1;
const TEST_MS = 180_000;
const SELECTED = ['gateway-kill', 'redis-down', 'redis-flushall', 'nats-kill', 'postgres-kill-amid-batch', 'worker-kill-amid-batch', 'cmid-repeated', 'haproxy-reload', 'malformed'];
const PAIR = ['gateway-kill', 'postgres-down'] as const;

const named = (name: string): Scenario => {
  const found = SCENARIOS.find((each) => each.name === name);
  if (!found) throw new Error(`no scenario ${name}`);
  return found;
};

const outDir = mkdtempSync(join(tmpdir(), 'parley-faults-e2e-'));
const fleets = keepFleet();
afterAll(async () => {
  await fleets.drop();
  rmSync(outDir, { recursive: true, force: true });
});
const run = (each: Scenario) => runScenario(each, { seed: SEED, scale: SCALE, outDir, fleets });
const HELD = { result: 'held', why: null, lost: 0, doubled: 0, reordered: 0, violations: [] };

it.each(SELECTED)('loses, doubles and reorders nothing: %s', async (name) => {
  const outcome = await run(named(name));
  expect(outcome).toMatchObject(HELD);
  expect(outcome.acked).toBe(outcome.sent);
  expect(outcome.delivered).toBeGreaterThan(outcome.acked);
}, TEST_MS);

it(`loses, doubles and reorders nothing under two faults at once: ${PAIR.join(', ')}`, async () => {
  const [a, b] = [named(PAIR[0]), named(PAIR[1])];
  expect(whyNot(a, b)).toBeNull();
  expect(await run(pairOf([a, b]))).toMatchObject(HELD);
}, TEST_MS);

it('reads back more rooms than a client may ask about at once', async () => {
  const rooms = 300;
  const outcome = await run(scenario({
    name: 'many-rooms',
    title: 'nothing, in many rooms',
    bound: { ms: 10_000, of: 'nothing' },
    traffic: { rooms, writers: 10, roomsPerWriter: 30, listeners: 10, roomsPerListener: 30, perSecond: 300 },
    run: async ({ traffic }) => traffic.untilAcked(2 * rooms, 30_000),
  }));
  expect(outcome).toMatchObject(HELD);
  expect(outcome.delivered).toBeGreaterThan(2 * rooms);
}, TEST_MS);

it('says so when a bound is not held, and leaves a cluster behind that nobody uses again', async () => {
  const before = await fleets.get(PLAIN);
  const outcome = await run(scenario({
    name: 'never-healed',
    title: 'every gateway is killed, and nobody starts them again',
    bound: { ms: 500, of: 'nothing' },
    fault: {
      touches: ['gateways'],
      holdMs: 0,
      flows: true,
      async inject({ fleet }) {
        await Promise.all(fleet.gateways.map((gateway) => gateway.kill()));
        return () => Promise.resolve();
      },
    },
  }));
  expect(outcome).toMatchObject({ result: 'failed', why: expect.stringContaining('messages do not flow') as string });
  expect(readFileSync(join(outDir, 'never-healed', 'logs', 'gateway-1.log'), 'utf8')).toContain('gateway-1');
  expect(before.redis.isRunning).toBe(false);
}, TEST_MS);
