import type { Outcome } from './outcome.ts';
import type { Scenario } from './scenario.ts';

const seconds = (ms: number): string => `${Number((ms / 1_000).toFixed(1))}`;
const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The table of docs/faults.md; what was measured, from the outcomes of a run that are given. */
export const scenarioTable = (scenarios: readonly Scenario[], outcomes: readonly Outcome[]): string => [
  '| scenario | what is broken | what recovers | within, s | measured, s |',
  '| --- | --- | --- | --- | --- |',
  ...scenarios.map(({ name, title, bound }) => {
    const slowest = Math.max(...(outcomes.find((outcome) => outcome.name === name)?.recoveries ?? []).map(({ tookMs }) => tookMs));
    return `| \`${name}\` | ${cell(title)} | ${cell(bound.of)} | ${seconds(bound.ms)} | ${Number.isFinite(slowest) ? seconds(slowest) : '–'} |`;
  }),
].join('\n');

/** Without what was measured, which no two runs have alike. */
export const withoutMeasures = (table: string): string => table.replaceAll(/ [^|]* \|$/gm, ' |');

export const betweenMarks = (page: string, name: string): string => new RegExp(`<!-- ${name} -->\\n([^]*?)\\n?<!-- /${name} -->`).exec(page)?.[1] ?? '';
