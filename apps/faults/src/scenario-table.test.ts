import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SCENARIOS } from './registry.ts';
import { betweenMarks, scenarioTable, withoutMeasures } from './scenario-table.ts';

it('is what docs/faults.md says (node apps/faults/src/write-docs.ts writes it)', () => {
  const page = readFileSync(new URL('../../../docs/faults.md', import.meta.url), 'utf8');
  expect(withoutMeasures(betweenMarks(page, 'scenarios'))).toBe(withoutMeasures(scenarioTable(SCENARIOS, [])));
});
