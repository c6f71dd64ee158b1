import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterTests, freePort, tempDir, waitFor, withNats, withPostgres, withRedis } from '@parley/testkit';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createBuilder, has, ownFiles, ROOT, stages, type Built } from './testing/build.ts';
import { startImage, whyNotConfined, type Started } from './testing/confined.ts';

/** Of each image, as its entry point. Those that a cluster has come first. */
const APPS = stages.filter(({ from }) => from === 'base').map(({ name }) => name);
/** On a busy machine; a start takes a second or two. */
const READY_MS = 60_000;
const BUILD_MS = 900_000;

let build: ReturnType<typeof createBuilder>;
let logs: string;
let env: Record<string, string>;

const afterAll = afterTests();
beforeAll(async () => {
  const cleanup = afterAll;
  build = createBuilder(await tempDir(cleanup));
  logs = await tempDir(cleanup);
  const [postgres, nats, redis] = await Promise.all([withPostgres({ cleanup }), withNats({ cleanup }), withRedis({ cleanup })]);
  const SESSION_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  // All at once; what fails is said by the tests of its image.
  await Promise.allSettled(APPS.map(build));
  env = { DATABASE_URL: postgres.url, NATS_URL: nats.url, REDIS_URL: redis.url, SESSION_KEY, HOST: '127.0.0.1' };
}, BUILD_MS);

const start = (image: Built, name: string, options: { env?: Record<string, string>; argv?: string[]; args?: string[] } = {}): Started => {
  const started = startImage(image, { name, logFile: join(logs, `${name}.log`), ...options, env: { ...env, ...options.env } });
  onTestFinished(() => started.kill());
  return started;
};

/** Starts the app of an image on a free port, and waits until it is ready. */
const serve = async (app: string, more: Record<string, string> = {}) => {
  const image = await build(app);
  const port = await freePort();
  const started = start(image, app, { env: { PORT: `${port}`, NODE_NAME: app, ...more } });
  const url = `http://127.0.0.1:${port}`;
  const ready = async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok === true;
  await waitFor(`${app} to be ready or to end`, async () => started.exit !== undefined || (await ready()), { deadlineMs: READY_MS });
  expect(started.exit, started.logTail()).toBeUndefined();
  return { started, url };
};

/** Runs to its end. */
const finish = async (image: Built, name: string, options: { env?: Record<string, string>; argv?: string[]; args?: string[] }) => {
  const started = start(image, name, options);
  return { exit: await started.exited, log: started.logTail() };
};

const text = async (url: string): Promise<string> => (await fetch(url)).text();

/** What the kernel says of a process. */
const statusOf = (pid: number): Record<string, string> =>
  Object.fromEntries(readFileSync(`/proc/${pid}/status`, 'utf8').split('\n').map((line) => line.split(/:\s+/)).filter((pair): pair is [string, string] => pair.length === 2));

test('every app that is for a server has an image', () => {
  expect(APPS.toSorted()).toEqual(['gateway', 'moderation', 'ops', 'persistence', 'standalone']);
});

test('Node is the one that the workspace is developed with', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { devDependencies: { node: string } };
  expect(stages.map(({ from }) => from).filter((from) => from.startsWith('node:'))).toEqual([`node:${devDependencies.node}-bookworm-slim`]);
});

describe.each(APPS)('the image of %s', (app) => {
  test('has its app and what that needs: no tests, no tools, no other app', async () => {
    const image = await build(app);
    const files = ownFiles(image);
    expect(has(image, image.entrypoint[1] ?? '')).toBe(true);
    expect(files.filter((file) => /\.test\.tsx?$|(^|\/)(e2e|testing|simulation|bench|scripts|deploy)(\/|$)|(^|\/)\.env|\.pem$/.test(file))).toEqual([]);
    const apps = new Set(files.filter((file) => file.startsWith('apps/')).map((file) => file.split('/')[1]));
    const alsoHas = app === 'standalone' ? ['gateway', 'persistence', 'moderation', 'web'] : app === 'gateway' ? ['web'] : [];
    expect([...apps].filter((each) => each !== app && !alsoHas.includes(each ?? ''))).toEqual([]);
    for (const tool of ['@parley/testkit', 'vitest', 'typescript', 'oxlint', 'nx', 'vite', 'playwright-core', 'node']) expect(has(image, `node_modules/${tool}`), tool).toBe(false);
  });

  test('runs node itself, as nobody in particular, told to stop by SIGTERM', async () => {
    const image = await build(app);
    expect(image).toMatchObject({ user: '65532:65532', stopsignal: 'SIGTERM', workdir: '/parley', env: { NODE_ENV: 'production' } });
    expect(image.entrypoint).toEqual(['node', `apps/${app}/src/main.ts`]);
  });
});

test('the database is migrated by the image of persistence, and again is nothing', { timeout: 300_000 }, async () => {
  const image = await build('persistence');
  const migrate = () => finish(image, 'migrate', { argv: ['node', 'apps/persistence/src/migrate.ts'] });
  const [first, second] = [await migrate(), await migrate()];
  expect(first.exit, first.log).toEqual({ code: 0, signal: null });
  expect(first.log).toContain('the database was migrated');
  expect(second.exit, second.log).toEqual({ code: 0, signal: null });
  expect(second.log).toContain('the database is up to date');
});

test('what cannot be migrated ends with an error', { timeout: 300_000 }, async () => {
  const wrong = new URL(env['DATABASE_URL'] ?? '');
  wrong.pathname = '/no_such_database';
  const { exit, log } = await finish(await build('persistence'), 'migrate-wrong', { argv: ['node', 'apps/persistence/src/migrate.ts'], env: { DATABASE_URL: wrong.href } });
  expect(exit, log).toEqual({ code: 1, signal: null });
});

test('a cluster of images becomes ready, is seen by operators, and leaves in order', { timeout: 300_000 }, async () => {
  const persistence = await serve('persistence');
  const gateway = await serve('gateway', { SHUTDOWN_TIMEOUT: '10', LEAVE_NOTICE: '0' });
  const all = [persistence, gateway, await serve('moderation')];
  expect(await text(gateway.url)).toContain('<div id="root">');
  // By which the chart has gateways scaled.
  expect(await text(`${gateway.url}/metrics`)).toMatch(/^parley_sockets\{[^}]*\} 0$/m);

  const nodes = await finish(await build('ops'), 'ops', { args: ['nodes'] });
  expect(nodes.exit, nodes.log).toEqual({ code: 0, signal: null });
  for (const name of ['gateway', 'persistence', 'moderation']) expect(nodes.log).toMatch(new RegExp(`\\b${name}\\b`));

  for (const { started } of all.toReversed()) expect(await started.terminate(), started.logTail()).toEqual({ code: 0, signal: null });
});

test('standalone becomes ready on a Postgres of its own, and leaves in order', { timeout: 300_000 }, async () => {
  const { started, url } = await serve('standalone', { DATABASE_URL: '', ...(whyNotConfined() === null ? {} : { DATA_DIR: await tempDir() }) });
  expect(await text(url)).toContain('<div id="root">');
  expect(await started.terminate(), started.logTail()).toEqual({ code: 0, signal: null });
});

test('it is the first process, not root, without capabilities, and cannot write a file', { timeout: 300_000 }, async (context) => {
  const why = whyNotConfined();
  if (why !== null) return context.skip(why);
  const image = await build('persistence');
  const { started } = await serve('persistence');
  const { Uid, Gid, CapEff, NSpid } = statusOf(started.inner());
  expect({ Uid, Gid, CapEff, first: NSpid?.split('\t').at(-1) }).toEqual({ Uid: Array(4).fill('65532').join('\t'), Gid: Array(4).fill('65532').join('\t'), CapEff: '0000000000000000', first: '1' });
  const write = await finish(image, 'write', { argv: ['node', '-e', "try { require('fs').writeFileSync('/parley/x', ''); } catch (error) { console.log(error.code); }"] });
  expect(write.log).toBe('EROFS');
  expect(existsSync(join(image.root, 'parley/x'))).toBe(false);
  expect(await started.terminate()).toEqual({ code: 0, signal: null });
});
