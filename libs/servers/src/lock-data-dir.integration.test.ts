import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempDir, waitFor } from '@parley/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { lockDataDir } from './lock-data-dir.ts';
import { runStarter } from './testing/run-starter.ts';

test('a second process is refused while the first lives, and told who it is', async () => {
  const dir = await tempDir();
  const first = await runStarter(['lock', dir]);
  expect(first.said.ok).toBe(true);
  expect(() => lockDataDir(dir)).toThrow(expect.objectContaining({ code: 'data_dir_locked', message: expect.stringContaining(`process ${first.pid})`) }));
  await first.end();
  lockDataDir(dir).release();
  expect(readdirSync(dir)).toEqual([]);
});

test('the lock of a process that was killed is taken over at once', async () => {
  const dir = await tempDir();
  const first = await runStarter(['lock', dir]);
  await first.kill();
  lockDataDir(dir).release();
  expect(readdirSync(dir)).toEqual([]);
});

test('a reused pid does not keep the lock of the dead', async () => {
  const dir = await tempDir();
  const innocent = spawn('sleep', ['60']);
  onTestFinished(() => void innocent.kill());
  writeFileSync(join(dir, 'parley.lock'), JSON.stringify({ pid: innocent.pid, started: 'another-boot/1', token: 'x' }));
  lockDataDir(dir).release();
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
  lockDataDir(dir).release();
  expect(isZombie()).toBe(true);
});

test('a lock file that a crash of the machine left empty is taken over', async () => {
  const dir = await tempDir();
  writeFileSync(join(dir, 'parley.lock'), '');
  lockDataDir(dir).release();
});

test('a takeover that was itself killed half-way is finished by the next', async () => {
  const dir = await tempDir();
  const dead = (token: string) => JSON.stringify({ pid: 1, started: 'another-boot/1', token });
  writeFileSync(join(dir, 'parley.lock'), dead('a'));
  writeFileSync(join(dir, 'parley.lock.claim-a'), dead('b'));
  writeFileSync(join(dir, 'parley.lock.claim-b'), dead('c'));
  const lock = lockDataDir(dir);
  expect(readdirSync(dir)).toEqual(['parley.lock']);
  expect(JSON.parse(readFileSync(join(dir, 'parley.lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  lock.release();
});

test('of six processes that find the same dead lock, one gets it', async () => {
  for (let round = 0; round < 3; round += 1) {
    const dir = await tempDir();
    writeFileSync(join(dir, 'parley.lock'), JSON.stringify({ pid: 1, started: 'another-boot/1', token: 'x' }));
    const starters = await Promise.all(Array.from({ length: 6 }, () => runStarter(['lock', dir])));
    expect(starters.filter(({ said }) => said.ok)).toHaveLength(1);
    await Promise.all(starters.map((each) => each.end()));
  }
});
