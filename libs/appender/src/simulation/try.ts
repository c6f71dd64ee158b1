import { runHistory } from './history.ts';
const from = Number(process.argv[2] ?? 0), n = Number(process.argv[3] ?? 2000);
const t = Date.now(); let bad = 0; const kinds = new Map<string, number[]>();
for (let s = from; s < from + n; s++) { const r = await runHistory(s); if (r) { bad++; const k = r.replace(/[0-9]+/g, '#').slice(0, 140); kinds.set(k, [...(kinds.get(k) ?? []), s]); } }
for (const [k, v] of kinds) console.log(v.length, k, v.slice(0, 5));
console.log(bad, 'bad of', n, Date.now() - t, 'ms');
