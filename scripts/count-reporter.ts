/** Counts what a run of vitest came to, for the closing line of `npm test`, and says why tests were skipped. */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

export type Count = { passed: number; failed: number; skipped: number };

/** The environment variable that names the file the {@link Count} is written to, as JSON. */
export const COUNT_FILE = 'PARLEY_COUNT_FILE';

const STATES = { passed: 'passed', failed: 'failed', skipped: 'skipped' } as const;

const countModule = (module: TestModule, count: Count): void => {
  const file = relative(process.cwd(), module.moduleId);
  let unfinished = 0;
  for (const test of module.children.allTests()) {
    const result = test.result();
    if (result.state === 'pending') unfinished += 1;
    else count[STATES[result.state]] += 1;
    if (result.state === 'skipped') console.log(`skipped: ${file} > ${test.fullName}${result.note ? `: ${result.note}` : ''}`);
  }
  // A file that cannot be loaded, a hook that fails: no test of its own says so.
  const broken = [module, ...module.children.allSuites()].filter((each) => each.errors().length > 0);
  for (const each of broken) console.log(`failed outside its tests: ${file}${each.type === 'suite' ? ` > ${each.fullName}` : ''}: ${each.errors()[0]?.message}`);
  if (unfinished > 0) console.log(`not finished: ${unfinished} tests of ${file}`);
  count.failed += broken.length + unfinished;
};

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[], _reason: TestRunEndReason): void {
    const count: Count = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) countModule(module, count);
    const file = process.env[COUNT_FILE];
    if (file !== undefined) writeFileSync(file, JSON.stringify(count));
  }
}
