import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configTable } from './table.ts';

test('docs/operations.md has the table of settings as the schemas make it', () => {
  const document = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
  const [, table] = /<!-- settings -->\n([\s\S]*?)\n<!-- \/settings -->/.exec(document) ?? [];
  expect(table).toBe(configTable());
});
