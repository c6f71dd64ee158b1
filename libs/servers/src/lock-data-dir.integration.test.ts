import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempDir, waitFor } from '@parley/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { lockDataDir } from './lock-data-dir.ts';
import { runStarter } from './testing/run-starter.ts';

/** What a process of before the last boot left in its lock. */
const dead = (token: string, pid = 1): string => JSON.stringify({ pid, started: 'another-boot/1', token });

const holderOf = (dir: string): number => (JSON.parse(readFileSync(join(dir, 'parley.lock'), 'utf8')) as { pid: number }).pid;
/** Takes the lock and gives it back: who held it in between, and what is left in the folder. */
const takeAndRelease = (dir: string): { holder: number; left: string[] } => {
  const lock = lockDataDir(dir);
  const holder = holderOf(dir);
  lock.release();
  return { holder, left: readdirSync(dir) };
};
const FREE = { holder: process.pid, left: [] };

test('a second process is refused while the first lives, and told who it is', async () => {
  const dir = await tempDir();
  const first = await runStarter(['lock', dir]);
  expect(first.said.ok).toBe(true);
  expect(() => lockDataDir(dir)).toThrow(expect.objectContaining({ code: 'data_dir_locked', message: expect.stringContaining(`process ${first.pid})`) }));
  await first.end();
  expect(takeAndRelease(dir)).toEqual(FREE);
});

test('the lock of a process that was killed is taken over at once', async () => {
  const dir = await tempDir();
  const first = await runStarter(['lock', dir]);
  await first.kill();
  expect(takeAndRelease(dir)).toEqual(FREE);
});

test('a reused pid does not keep the lock of the dead', async () => {
  const dir = await tempDir();
  const innocent = spawn('sleep', ['60']);
  onTestFinished(() => void innocent.kill());
  writeFileSync(join(dir, 'parley.lock'), dead('x', innocent.pid));
  expect(takeAndRelease(dir)).toEqual(FREE);
});

test('a process that has ended but was not collected by its parent does not keep the lock', async () => {
  const dir = await tempDir();
  // A shell that starts the holder, becomes a program that never waits for children, and so leaves a zombie.
  const script = 'exec 3<&0; node "$1" lock "$2" <&3 & echo $!; exec sleep 60';
  const parent = spawn('sh', ['-c', script, 'sh', fileURLToPath(new URL('./testing/starter.ts', import.meta.url)), dir], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` } });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const pid = Number(await new Promise<string>((resolve) => parent.stdout.once('data', (data) => resolve(String(data).split('\n')[0] ?? ''))));
  const isZombie = () => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  await waitFor('the lock to be held', () => existsSync(join(dir, 'parley.lock')));
  process.kill(pid, 'SIGKILL');
  await waitFor('a zombie', isZombie);
  expect(takeAndRelease(dir)).toEqual(FREE);
  expect(isZombie()).toBe(true);
});

test('a lock file that a crash of the machine left empty is taken over', async () => {
  const dir = await tempDir();
  writeFileSync(join(dir, 'parley.lock'), '');
  expect(takeAndRelease(dir)).toEqual(FREE);
});

test('a takeover that was itself killed half-way is finished by the next', async () => {
  const dir = await tempDir();
  writeFileSync(join(dir, 'parley.lock'), dead('a'));
  writeFileSync(join(dir, 'parley.lock.claim-a'), dead('b'));
  writeFileSync(join(dir, 'parley.lock.claim-b'), dead('c'));
  const lock = lockDataDir(dir);
  expect(readdirSync(dir)).toEqual(['parley.lock']);
  expect(holderOf(dir)).toBe(process.pid);
  lock.release();
});

test('of six processes that find the same dead lock, one gets it', async () => {
  for (let round = 0; round < 3; round += 1) {
    const dir = await tempDir();
    writeFileSync(join(dir, 'parley.lock'), dead('x'));
    const starters = await Promise.all(Array.from({ length: 6 }, () => runStarter(['lock', dir])));
    expect(starters.filter(({ said }) => said.ok)).toHaveLength(1);
    await Promise.all(starters.map((each) => each.end()));
  }
});
