/** `node apps/faults/src/write-docs.ts data/faults/<time>/report.json …`: the table of docs/faults.md, anew, with what those runs measured. */
import { readFileSync, writeFileSync } from 'node:fs';
import { SCENARIOS } from './registry.ts';
import type { Run } from './report.ts';
import { scenarioTable } from './scenario-table.ts';

const page = new URL('../../../docs/faults.md', import.meta.url);
const outcomes = process.argv.slice(2).flatMap((path) => (JSON.parse(readFileSync(path, 'utf8')) as Run).outcomes);
const text = readFileSync(page, 'utf8');
writeFileSync(page, text.replace(/<!-- scenarios -->[^]*<!-- \/scenarios -->/, () => `<!-- scenarios -->\n${scenarioTable(SCENARIOS, outcomes)}\n<!-- /scenarios -->`));
