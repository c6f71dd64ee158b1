/**
 * `npm test`: installs what is missing, checks types, lint and the direction of imports, runs every test, leaves nothing
 * behind, and closes with `N passed, N failed`. `npm test -- libs/domain` runs the tests below a path.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Report = { testResults: { name: string; status: string; message: string; assertionResults: { status: string; fullName: string; title: string }[] }[] };
type Count = { passed: number; failed: number; skipped: number };

const filters = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'parley-test-'));
const children = new Set<ReturnType<typeof spawn>>();

const run = (command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<number> =>
  new Promise((resolve) => {
    // Everything below gets the same temp folder, so that one removal takes it all.
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, TMPDIR: scratch, ...env } });
    children.add(child);
    child.on('error', () => resolve(1));
    child.on('close', (code) => { children.delete(child); resolve(code ?? 1); });
  });

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { for (const child of children) child.kill(signal); });

const count: Count = { passed: 0, failed: 0, skipped: 0 };
const step = async (name: string, command: string, args: string[]): Promise<void> => {
  const started = Date.now();
  const code = await run(command, args);
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  count[code === 0 ? 'passed' : 'failed'] += 1;
};

const tests = async (project: string): Promise<void> => {
  const file = join(scratch, `${project}.json`);
  const code = await run('vitest', ['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...filters]);
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    console.log(`${project}: the runner left no report`);
    count.failed += 1;
    return;
  }
  const before = count.failed;
  for (const each of report.testResults) {
    for (const { status, fullName } of each.assertionResults) {
      if (status === 'passed') count.passed += 1;
      else if (status === 'failed') count.failed += 1;
      else {
        count.skipped += 1;
        console.log(`skipped: ${fullName}`);
      }
    }
    if (each.status === 'failed' && each.assertionResults.every(({ status }) => status !== 'failed')) {
      console.log(`failed to run: ${each.name}\n${each.message}`);
      count.failed += 1;
    }
  }
  // An error outside any test (an unhandled rejection, a failed teardown) fails the run too.
  if (code !== 0 && count.failed === before) count.failed += 1;
};

try {
  if ((await run('node', ['scripts/install-servers.ts'], { TMPDIR: tmpdir() })) !== 0) process.exit(1);
  if (filters.length === 0) {
    await step('types', 'node', ['scripts/typecheck.ts']);
    await step('lint', 'oxlint', ['--type-aware']);
    await step('direction of imports', 'node', ['scripts/check-boundaries.ts']);
    await step('web client builds', 'node', ['scripts/build-web.ts']);
  }
  await tests('unit');
  await tests('integration');
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${count.passed} passed, ${count.failed} failed${count.skipped ? `, ${count.skipped} skipped` : ''}`);
process.exitCode = count.failed ? 1 : 0;
