import { runHistory } from './history.ts';
import { MUTANTS } from './mutants.ts';
import { loadMutant } from './mutate.ts';
const only = process.argv[2]; const max = Number(process.argv[3] ?? 4000);
for (const m of MUTANTS) {
  if (only && !m.rule.includes(only)) continue;
  const { system, remove } = await loadMutant(m);
  const t = Date.now(); let found: string | null = null; let seed = 0;
  try { for (; seed < max && !found; seed++) found = await runHistory(seed, system, m.sabotage); } finally { remove(); }
  console.log(found ? 'caught ' : 'MISSED ', String(seed).padStart(5), `${Date.now() - t}ms`.padStart(7), m.rule, '|', (found ?? '').slice(0, 110).split('\n')[0]);
}
