/** The launcher itself, with stand-ins for the apps it launches. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir, waitFor } from '@parley/testkit';
import { expect, test } from 'vitest';
import { launch, makeWorkspace } from './testing/launch.ts';

const SERVERS = ['nats-server', 'redis-server', 'postgres', 'haproxy'];
const APPS = ['apps/gateway/src/main.ts', 'apps/persistence/src/main.ts', 'apps/moderation/src/main.ts'];
const STOP_MS = 30_000;

test('everything runs in one process group, is told where the rest is, and leaves in order', async () => {
  const workspace = makeWorkspace(await tempDir());
  const cluster = await launch(workspace, ['--gateways', '3', '--persistence=1']);
  await cluster.ready();
  expect(Object.fromEntries([...SERVERS, ...APPS].map((part) => [part, cluster.processes(part).length]))).toEqual({
    'nats-server': 1, 'redis-server': 1, 'postgres': 1, /* its master and its worker */ 'haproxy': 2, 'apps/gateway/src/main.ts': 3, 'apps/persistence/src/main.ts': 1, 'apps/moderation/src/main.ts': 1,
  });
  const told = await cluster.told();
  expect(told).toMatchObject({ NODE_NAME: expect.stringMatching(/^gateway-[123]$/), NATS_URL: expect.stringMatching(/^nats:/), REDIS_URL: expect.stringMatching(/^redis:/), DATA_DIR: expect.stringMatching(/\/data$/), GUESTS: 'on' });
  expect(told.DATABASE_URL).toBeUndefined();
  const endpoints = join(workspace, 'data', 'endpoints.json');
  expect(JSON.parse(readFileSync(endpoints, 'utf8')), 'for npm run ops').toEqual({ natsUrl: told.NATS_URL, databaseUrl: expect.stringMatching(/^postgres:/) });
  expect(statSync(endpoints).mode & 0o777).toBe(0o600);

  process.kill(cluster.group, 'SIGTERM');
  expect(await cluster.exited).toBe(0);
  expect(cluster.processes()).toEqual([]);
  expect(existsSync(endpoints)).toBe(false);
  const left = [...cluster.printed().matchAll(/"left":"(\w+)-\d","logWasThere":(\w+)/g)].map(([, app, there]) => [app, there]);
  expect(left).toEqual([['gateway', 'true'], ['gateway', 'true'], ['gateway', 'true'], ['moderation', 'true'], ['persistence', 'true']]);
});

test('whatever is killed comes back where it was', async () => {
  const cluster = await launch(makeWorkspace(await tempDir()));
  await cluster.ready();
  const before = await cluster.told();
  for (const part of [...SERVERS, ...APPS]) {
    const victims = cluster.processes(part);
    process.kill(victims[0]?.pid ?? -1, 'SIGKILL');
    await waitFor(`another ${part}`, () => {
      const now = cluster.processes(part);
      return now.length === victims.length && now.every(({ pid }) => pid !== victims[0]?.pid);
    }, { deadlineMs: STOP_MS });
  }
  await waitFor('an answer', async () => (await cluster.told()).NATS_URL === before.NATS_URL, { deadlineMs: STOP_MS });
  expect((await cluster.told()).REDIS_URL).toBe(before.REDIS_URL);
});

test('when the launcher is killed -9 all leave, and the next one starts at once on the same data', async () => {
  const workspace = makeWorkspace(await tempDir());
  const first = await launch(workspace);
  await first.ready();
  process.kill(first.group, 'SIGKILL');
  const second = await launch(workspace);
  await second.ready();
  await waitFor('the first cluster to be gone', () => first.processes().length === 0, { deadlineMs: STOP_MS });
  expect((await second.told()).NODE_NAME).toMatch(/^gateway-/);
});

test('a second one on the same data is refused, and the first is not harmed', async () => {
  const workspace = makeWorkspace(await tempDir());
  const first = await launch(workspace);
  await first.ready();
  const second = await launch(workspace);
  expect(await second.exited).toBe(1);
  expect(second.printed()).toContain(`in use by another Parley (process ${first.group})`);
  expect(second.processes()).toEqual([]);
  expect((await first.told()).NODE_NAME).toMatch(/^gateway-/);
});

test('one Ctrl-C, which a terminal sends to all and npm passes on once more, stops all', async () => {
  const cluster = await launch(makeWorkspace(await tempDir()));
  await cluster.ready();
  process.kill(-cluster.group, 'SIGINT');
  process.kill(cluster.group, 'SIGINT');
  expect(await cluster.exited).toBe(0);
  expect(cluster.processes()).toEqual([]);
});
