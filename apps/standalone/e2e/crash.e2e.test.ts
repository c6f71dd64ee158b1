/** Standalone killed with -9 under load, ten times: Parley alone, and together with its database. */
import { startParley, type Parley } from '@parley/testkit/parley';
import { openTraffic } from '@parley/testkit/traffic';
import { afterTests } from '@parley/testkit';
import { beforeAll, expect, test } from 'vitest';

const cleanup = afterTests();

const CRASHES = 10;
const MESSAGES = 4_000;
const QUIET_MS = 120_000;

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ app: 'standalone', cleanup });
  cleanup(() => parley.stop());
});

const killWithDatabase = async (): Promise<void> => {
  const database = parley.processes('pgdata');
  expect(database.length, 'processes of the database').toBeGreaterThan(0);
  for (const pid of database) process.kill(pid, 'SIGKILL');
  await parley.kill();
};

test('after each of ten crashes every acked message is there, exactly once and in order', { timeout: 600_000 }, async () => {
  const traffic = await openTraffic({ urls: [parley.url], rooms: 3, writers: 6, listeners: 6 });
  try {
    traffic.start({ messages: MESSAGES });
    for (let crash = 1; crash <= CRASHES; crash += 1) {
      await traffic.untilAcked(Math.floor((MESSAGES * crash) / (CRASHES + 2)), 60_000);
      expect(traffic.acked, 'still under load').toBeLessThan(MESSAGES);
      await (crash % 2 === 0 ? killWithDatabase() : parley.kill());
      await parley.start();
    }
    const { violations, counts } = await traffic.finish(QUIET_MS);
    expect(violations).toEqual([]);
    expect(counts).toMatchObject({ sends: MESSAGES, acks: MESSAGES });
  } finally {
    await traffic.close();
  }
});
