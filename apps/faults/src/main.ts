/** The fault suite: see README.md here, and docs/faults.md for what it found. */
import { mkdirSync } from 'node:fs';
import { keepFleet } from './keep-fleet.ts';
import { million } from './million.ts';
import { parseOptions, USAGE, type Options } from './options.ts';
import type { Outcome } from './outcome.ts';
import { pairOf, pairsOf } from './pairs.ts';
import { seeded } from './random.ts';
import { SCENARIOS } from './registry.ts';
import { allHeld, describeRun, rowOf, writeReport } from './report.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

const optionsOrExit = (): Options => {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
};

const options = optionsOrExit();
const { seed, scale, only, outDir } = options;
const unknown = only.filter((name) => SCENARIOS.every((each) => each.name !== name));
if (unknown.length > 0) {
  process.stderr.write(`no such scenario: ${unknown.join(', ')}; --list names them\n`);
  process.exit(2);
}
const chosen = only.length > 0 ? SCENARIOS.filter(({ name }) => only.includes(name)) : SCENARIOS;
if (options.list) {
  for (const { name, title } of chosen) process.stdout.write(`${name.padEnd(32)} ${title}\n`);
  process.exit(0);
}

mkdirSync(outDir, { recursive: true });
process.stdout.write(`seed ${seed}; the report and the histories go to ${outDir}\n`);
const started = new Date();
const fleets = keepFleet();
const outcomes: Outcome[] = [];
let interrupted = false;

const finish = async (): Promise<never> => {
  const run = { command: `npm run faults -- ${process.argv.slice(2).join(' ')}`.trim(), seed, scale, startedAt: started.toISOString(), durationMs: Date.now() - started.getTime(), outcomes };
  writeReport(outDir, run);
  await fleets.drop();
  process.stdout.write(`\n${describeRun(run)}\n`);
  process.exit(interrupted ? 130 : allHeld(run) ? 0 : 1);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    void finish();
  });
}

const run = async (scenario: Scenario): Promise<void> => {
  process.stdout.write(`\n${scenario.name}: ${scenario.title}\n`);
  const outcome = await runScenario(scenario, { seed, scale, outDir, fleets });
  if (interrupted) return new Promise(() => {});
  outcomes.push(outcome);
  process.stdout.write(`${rowOf(outcome)}\n${outcome.why === null ? '' : `  ${outcome.result}: ${outcome.why}\n`}`);
};

if (options.million !== null) {
  await run(million(options.million, options.perSecond, chosen, (line) => process.stdout.write(`${line}\n`)));
  await finish();
}
for (const each of chosen) await run(each);
const pairsFrom = performance.now();
let pairs = 0;
for (const pair of pairsOf(chosen.length > 1 ? chosen : SCENARIOS, seeded(seed).fork('pairs'))) {
  if (options.pairs === null ? performance.now() - pairsFrom >= options.pairsBudgetMs : pairs >= options.pairs) break;
  pairs += 1;
  await run(pairOf(pair));
}
await finish();
