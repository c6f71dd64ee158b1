/** What the moderation worker hides is hidden everywhere, soon, under load and over what breaks beneath it. */
import { openDatabase } from '@parley/postgres';
import { PostgresModerationStore } from '@parley/store-postgres';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { measureHiding, type HidingOptions } from '@parley/testkit/hiding';
import { afterTests, waitFor } from '@parley/testkit';
import { beforeAll, expect, it } from 'vitest';

const cleanup = afterTests();
const BAD = 'exterminate';
/** Percentiles: `npm run bench -- moderation`. */
const PROMISED_MS = 1_000;
/** The machine may be slow, and busy with other tests. */
const SLACK = 10;

let fleet: Fleet;

beforeAll(async () => {
  // A rule that only reports, and workers that hide what is reported: a rule that hides is the gateways' own.
  fleet = await startFleet({ gateways: 2, workers: 1, moderators: 2, moderator: () => ({ env: { HIDE_AT: '50', SIMILAR_POINTS: '0' } }), cleanup });
  const database = openDatabase({ url: fleet.postgres.url, poolSize: 2 });
  const store = new PostgresModerationStore(database);
  await store.saveRules(0, [{ kind: 'words', id: 'bad', action: 'report', reason: 'bad', sparesModerators: false, words: [BAD], anywhere: false }], null);
  await store.close();
  await database.close();
});

const talk = (options: Partial<HidingOptions>) => measureHiding({
  urls: fleet.gateways.map(({ url }) => url), signInUrl: fleet.url, rooms: 5, senders: 20, perSecond: 500, seconds: 10, badEvery: 50, deadlineMs: 60_000,
  goodBody: (n) => `nothing is wrong with message ${n}`, badBody: (n) => `${BAD} number ${n}`, ...options,
});

it('hides every bad message of 500 a second at every listener within a second, once, and no other', { timeout: 180_000 }, async () => {
  const hiding = await talk({});
  expect(hiding.sent).toBe(5_000);
  expect(hiding.latenciesMs).toHaveLength(2 * hiding.bad);
  expect(hiding.wrong).toBe(0);
  expect(hiding.percentile(50), 'half of them, ms').toBeLessThan(PROMISED_MS * SLACK / 2);
  expect(hiding.percentile(99), 'all but the slowest, ms').toBeLessThan(PROMISED_MS * SLACK);
});

it('goes on without Redis, without Postgres, over a NATS that starts again, and with one worker less', { timeout: 240_000 }, async () => {
  const breaking = async (): Promise<void> => {
    await fleet.redis.kill();
    await fleet.postgres.kill();
    await fleet.moderators[0]!.kill();
    await waitFor('it to be felt', async () => !(await fleet.workers[0]!.isReady()), { deadlineMs: 30_000 });
    await fleet.nats[0]!.kill();
    await Promise.all([fleet.redis.restart(), fleet.postgres.restart(), fleet.nats[0]!.restart()]);
  };
  const pids = [fleet.moderators[1]!.pid, ...fleet.gateways.map(({ pid }) => pid)];
  const hiding = await talk({ perSecond: 50, seconds: 8, badEvery: 10, senders: 4, meanwhile: breaking, deadlineMs: 90_000 });
  expect(hiding.bad).toBeGreaterThan(30);
  expect(hiding.wrong).toBe(0);
  await fleet.moderators[0]!.start();
  await fleet.ready();
  expect([fleet.moderators[1]!.pid, ...fleet.gateways.map(({ pid }) => pid)], 'nobody was started again').toEqual(pids);
});
