import { World } from './world.ts';
import { realSystem } from './system.ts';
import { check } from './checker.ts';
const w = new World(Number(process.argv[2]), realSystem, {});
await w.run();
console.log(check(w));
for (const e of w.log.truth) console.log(e.epoch, e.seq, e.id, e.type, e.by, e.cmid, JSON.stringify(e.data).slice(0, 60));
for (const t of w.tries) console.log(t.intent.by?.id, t.intent.cmid, JSON.stringify(t.body).slice(0, 60), 'after', JSON.stringify(t.intent.after), 'g', t.gateway.n, t.gateway.dead, t.from, t.to, JSON.stringify(t.result && { ...t.result, state: (t.result as any).state?.seq, events: (t.result as any).events?.length }));
