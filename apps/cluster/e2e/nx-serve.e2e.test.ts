/** What a developer types: nx with its short names, the servers and the workers that come along, the reload. */
import { execFile, spawn } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { signIn } from '@parley/chat-client';
import { freePort, tempDir, waitFor } from '@parley/testkit';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const NX = join(ROOT, 'node_modules/.bin/nx');
/** On a busy machine: it takes a few seconds. */
const DEADLINE_MS = 60_000;

/** Without what an nx that runs these tests has set, and apart from an nx that a developer has running here. */
const environment = async (more: Record<string, string> = {}): Promise<NodeJS.ProcessEnv> => {
  const caller = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NX_')));
  return { ...caller, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`, NX_WORKSPACE_DATA_DIRECTORY: await tempDir(), ...more };
};

const ask = async (...args: string[]): Promise<unknown> => {
  const { stdout } = await promisify(execFile)(NX, ['show', ...args, '--json'], { cwd: ROOT, env: await environment() });
  return JSON.parse(stdout);
};

/** Everything that was started with this text in its environment. */
const processesWith = (mark: string): number[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      readlinkSync(`/proc/${pid}/exe`);
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark) ? [Number(pid)] : [];
    } catch {
      return []; // Gone meanwhile, or ended and not yet reaped.
    }
  });

test('every project has a short name, and what is served goes on until it is stopped', async () => {
  const folders = ['apps', 'libs'].flatMap((parent) => readdirSync(join(ROOT, parent)).filter((name) => statSync(join(ROOT, parent, name, 'package.json'), { throwIfNoEntry: false })));
  expect(await ask('projects')).toEqual(expect.arrayContaining([...folders, 'loadtest']));
  expect(await ask('project', 'cluster')).toMatchObject({ targets: { infra: { continuous: true } } });
  for (const app of ['gateway', 'persistence', 'moderation', 'web']) expect(await ask('project', app), app).toMatchObject({ targets: { serve: { continuous: true } } });
});

test('nx serve gateway brings servers and workers along, reloads when a library changes, and one Ctrl-C stops all', { timeout: 3 * DEADLINE_MS }, async () => {
  const dataDir = await tempDir();
  const [port, workers, moderation, nats, redis, postgres] = await Promise.all(Array.from({ length: 6 }, () => freePort()));
  const url = `http://127.0.0.1:${port}`;
  const env = await environment({
    LOG_LEVEL: 'info', PORT: `${port}`, PERSISTENCE_PORT: `${workers}`, MODERATION_PORT: `${moderation}`, DATA_DIR: dataDir,
    NATS_URL: `nats://127.0.0.1:${nats}`, REDIS_URL: `redis://127.0.0.1:${redis}`, DATABASE_URL: `postgres://127.0.0.1:${postgres}/parley`,
  });
  const nx = spawn(NX, ['serve', 'gateway'], { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [nx.stdout, nx.stderr]) stream.on('data', (data) => (printed += String(data)));
  const exited = new Promise((resolve) => nx.once('exit', resolve));
  const mark = `DATA_DIR=${dataDir}\0`;
  onTestFinished(() => processesWith(mark).forEach((pid) => process.kill(pid, 'SIGKILL')));

  const ready = async (): Promise<boolean> => {
    if (nx.exitCode !== null) throw new Error(printed);
    return (await fetch(`${url}/readyz`, { headers: { connection: 'close' } })).ok;
  };
  await waitFor('the gateway to be ready', ready, { deadlineMs: DEADLINE_MS });
  expect(await signIn({ url, name: 'Ada' })).toMatchObject({ user: { name: 'Ada' } });
  expect(processesWith(mark).length).toBeGreaterThan(0);

  const starts = (): number => printed.split(`"port":${port},"msg":"listening"`).length - 1;
  expect(starts()).toBe(1);
  const library = join(ROOT, 'libs/domain/src/decide/message-send.ts');
  utimesSync(library, new Date(), new Date());
  await waitFor('another start', () => starts() === 2, { deadlineMs: DEADLINE_MS });
  await waitFor('the gateway to be ready again', ready, { deadlineMs: DEADLINE_MS });

  process.kill(-nx.pid!, 'SIGINT');
  await exited;
  await waitFor('every process to be gone', () => processesWith(mark).length === 0, { deadlineMs: DEADLINE_MS });
  // In good order: the servers too.
  expect(readFileSync(join(dataDir, 'postgres/postgres.log'), 'utf8')).toMatch(/database system is shut down\s*$/);
});
