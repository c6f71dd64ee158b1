import { check } from './checker.ts';
import { realSystem } from './system.ts';
import { intentKey, World } from './world.ts';

// node libs/appender/src/simulation/replay.ts <seed>: prints one history and what is wrong with it.
const world = new World(Number(process.argv[2]), realSystem);
await world.run();
for (const { epoch, seq, id, type, by, cmid, data } of world.log.truth) console.log(`${epoch}/${seq} ${id} ${type} by ${by} (${cmid}) ${JSON.stringify(data).slice(0, 80)}`);
for (const { intent, body, from, to, gateway, result, excused } of world.tries) {
  const answer = !result ? 'no answer' : result.ok ? `ok ${result.epoch}/${result.seq} ${result.id}` : result.error.code;
  console.log(`${from}..${to} ${intentKey(intent)} ${JSON.stringify(body).slice(0, 70)} after ${JSON.stringify(intent.after)} at gateway ${gateway.n}${gateway.dead ? ' (dead)' : ''}: ${answer}${excused ? ' (before the loss)' : ''}`);
}
console.log(check(world) ?? 'nothing is wrong');
