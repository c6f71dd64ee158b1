import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from './outcome.ts';

export type Run = { command: string; seed: number; scale: number; startedAt: string; durationMs: number; outcomes: readonly Outcome[] };

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const recovery = ({ recoveries }: Outcome): string => recoveries.map(({ tookMs, boundMs }) => `${seconds(tookMs)}${tookMs > boundMs ? ' (over its bound)' : ''}`).join(', ') || '–';

export const rowOf = (outcome: Outcome): string => {
  const { name, title, bound, result, sent, acked, delivered, lost, doubled, reordered, durationMs } = outcome;
  return `| ${[name, cell(title), seconds(bound.ms), recovery(outcome), sent, acked, delivered, lost, doubled, reordered, seconds(durationMs), result].join(' | ')} |`;
};

const HEAD = '| scenario | what is broken | bound, s | recovered after, s | sent | acked | delivered | lost | doubled | reordered | took, s | |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |';

const detailsOf = ({ name, notes, why, bound, recoveries }: Outcome): string =>
  [`### ${name}`, '', `Bound: ${seconds(bound.ms)} s, ${bound.of}.`, ...recoveries.map(({ what, tookMs, times }) => `- ${what}: after ${seconds(tookMs)} s${times > 1 ? `, the slowest of ${times}` : ''}`), ...notes.map((note) => `- ${note}`), ...(why === null ? [] : ['', '```', why, '```']), ''].join('\n');

export const allHeld = ({ outcomes }: Run): boolean => outcomes.every(({ result }) => result !== 'failed');

/** For people. */
export const describeRun = (run: Run): string => {
  const { command, seed, scale, startedAt, durationMs, outcomes } = run;
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const many = (result: Outcome['result']): number => outcomes.filter((outcome) => outcome.result === result).length;
  return [
    '# Faults', '',
    `\`${command}\`, seed ${seed}, started ${startedAt}, took ${seconds(durationMs)} s, durations × ${scale}; Node ${process.version}, ${availableParallelism()} cores.`, '',
    `${many('held')} held, ${many('failed')} failed, ${many('skipped')} skipped. Acked ${sum(({ acked }) => acked)}, delivered ${sum(({ delivered }) => delivered)}: lost ${sum(({ lost }) => lost)}, doubled ${sum(({ doubled }) => doubled)}, reordered ${sum(({ reordered }) => reordered)}.`, '',
    HEAD, ...outcomes.map(rowOf), '',
    ...outcomes.map(detailsOf),
  ].join('\n');
};

export const writeReport = (outDir: string, run: Run): void => {
  writeFileSync(join(outDir, 'report.md'), describeRun(run));
  writeFileSync(join(outDir, 'report.json'), `${JSON.stringify(run, null, 2)}\n`);
};
