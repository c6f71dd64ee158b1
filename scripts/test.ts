/**
 * `npm test`: installs what is missing, checks types, lint and the direction of imports, runs every test, leaves nothing
 * behind, and closes with `N passed, N failed`. `npm test -- libs/domain` runs the tests below a path.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { COUNT_FILE, type Count } from './count-reporter.ts';
import { endProcessesWithin } from './processes-within.ts';

const ROOT = join(import.meta.dirname, '..');
/** For servers of the last tests to leave. */
const LEAVE_MS = 15_000;
const INTERRUPTED_LEAVE_MS = 3_000;

const filters = process.argv.slice(2);
// Everything below gets the same temp folder, so that one removal takes it all, and its processes are known by it.
const scratch = mkdtempSync(join(tmpdir(), 'parley-test-'));
const count: Count = { passed: 0, failed: 0, skipped: 0 };
let child: ReturnType<typeof spawn> | null = null;
let interrupted = false;

const run = (command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<number> =>
  new Promise((resolve) => {
    const path = `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`;
    child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, PATH: path, TMPDIR: scratch, ...env } });
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted = true;
    child?.kill(signal);
  });
}

const step = async (name: string, command: string, args: string[]): Promise<void> => {
  if (interrupted) return;
  const started = Date.now();
  const code = await run(command, args);
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1_000).toFixed(1)} s)`);
  count[code === 0 ? 'passed' : 'failed'] += 1;
};

const tests = async (project: string): Promise<void> => {
  if (interrupted) return;
  const file = join(scratch, `${project}.json`);
  const code = await run('vitest', ['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=./scripts/count-reporter.ts', ...filters], { [COUNT_FILE]: file });
  if (interrupted) return;
  let counted: Count;
  try {
    counted = JSON.parse(readFileSync(file, 'utf8')) as Count;
  } catch {
    console.log(`${project}: the runner left no count`);
    counted = { passed: 0, failed: 1, skipped: 0 };
  }
  // Whatever else the runner minds fails the run too.
  if (code !== 0 && counted.failed === 0) counted.failed = 1;
  for (const each of ['passed', 'failed', 'skipped'] as const) count[each] += counted[each];
};

const runAll = async (): Promise<void> => {
  if (filters.length === 0) {
    await step('types', 'node', ['scripts/typecheck.ts']);
    await step('lint', 'oxlint', ['--type-aware']);
    await step('direction of imports', 'node', ['scripts/check-boundaries.ts']);
    await step('web client builds', 'node', ['scripts/build-web.ts']);
  }
  await tests('unit');
  await tests('integration');
  if (interrupted || count.passed + count.failed + count.skipped > 0) return;
  console.log(`no test is below ${filters.join(', ')}`);
  count.failed += 1;
};

try {
  // With the usual temp folder: what it installs is to stay.
  const helm = filters.length === 0 || filters.some((filter) => filter.startsWith('deploy')) ? ['--helm'] : [];
  if ((await run('node', ['scripts/install-servers.ts', ...helm], { TMPDIR: tmpdir() })) === 0) await runAll();
  else count.failed += 1;
} finally {
  const left = await endProcessesWithin(scratch, interrupted ? INTERRUPTED_LEAVE_MS : LEAVE_MS);
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  if (!interrupted) {
    for (const { pid, command } of left) console.log(`left behind by a test: process ${pid}, ${command}`);
    count.failed += left.length;
  }
}
if (interrupted) {
  console.log('interrupted');
  count.failed += 1;
}
console.log(`${count.passed} passed, ${count.failed} failed${count.skipped ? `, ${count.skipped} skipped` : ''}`);
process.exitCode = count.failed ? 1 : 0;
