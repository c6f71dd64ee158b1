import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { COUNT_FILE } from './count-reporter.ts';

const ROOT = join(import.meta.dirname, '..');

const countOf = (files: Record<string, string>): { count: unknown; printed: string } => {
  const dir = mkdtempSync(join(tmpdir(), 'count-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }');
  for (const [name, source] of Object.entries(files)) writeFileSync(join(dir, name), `import { afterAll, beforeAll, describe, expect, test } from 'vitest';\n${source}`);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', dir, `--reporter=${join(ROOT, 'scripts/count-reporter.ts')}`], {
    cwd: dir, encoding: 'utf8', env: { ...env, [COUNT_FILE]: join(dir, 'count.json') },
  });
  return { count: JSON.parse(readFileSync(join(dir, 'count.json'), 'utf8')), printed: stdout };
};

test('tests are counted by how they ended, and a skipped one says why', () => {
  const { count, printed } = countOf({
    'a.test.ts': `
      test('passes', () => {});
      test('fails', () => expect(1).toBe(2));
      test.skip('is left out', () => {});
      describe('where something is missing', () => test('is skipped', (context) => context.skip('no such server here')));
      test.todo('is to come');`,
  });
  expect(count).toEqual({ passed: 1, failed: 1, skipped: 3 });
  expect(printed).toContain('skipped: a.test.ts > where something is missing > is skipped: no such server here');
});

test.each([
  ['a file that cannot be loaded', { passed: 1, failed: 1, skipped: 0 }, `throw new Error('no such thing');`],
  ['a file that does not parse', { passed: 1, failed: 1, skipped: 0 }, `const = ;`],
  ['a file without tests', { passed: 1, failed: 1, skipped: 0 }, ``],
  ['a hook that fails before', { passed: 1, failed: 1, skipped: 1 }, `describe('it', () => { beforeAll(() => { throw new Error('no'); }); test('never runs', () => {}); });`],
  ['a hook that fails after', { passed: 2, failed: 1, skipped: 0 }, `describe('it', () => { afterAll(() => { throw new Error('no'); }); test('runs', () => {}); });`],
  ['an error that nobody caught', { passed: 2, failed: 1, skipped: 0 }, `test('runs', async () => { void Promise.reject(new Error('no')); await new Promise(setImmediate); });`],
  ['a worker that dies', { passed: 1, failed: 2, skipped: 0 }, `test('kills it', () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); });`],
])('%s counts as failed', (_, expected, source) => {
  expect(countOf({ 'good.test.ts': `test('passes', () => {});`, 'bad.test.ts': source }).count).toEqual(expected);
});
