/**
 * `npm run bench [-- appends | fanout | workers | presence | rules | moderation] [--runs 3]`: the figures of docs/performance.md, as its tables. Whatever is compared runs
 * in turn in one call, as the machine's speed drifts. Loopback only, a few minutes.
 */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { appendSubjects, runAppends } from './appends.ts';
import { CORE_SUBJECTS, runFanout, SUBJECTS, type FanoutLoad, type FanoutResult, type Subject } from './fanout.ts';
import { median, spread } from './median.ts';
import { runPresence, type PresenceCost, type PresenceLoad, type PresenceResult } from './presence.ts';
import { runModeration, type ModerationResult } from './moderation.ts';
import { runRules } from './rules.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: 'string', default: '3' } } });
const runs = Number(values.runs);
const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);

const APPEND_ROOMS = [1, 4, 16];
const APPEND_SECONDS = 4;
const FANOUT: FanoutLoad = { listeners: 1_000, perSecond: 20, seconds: 15, bodyBytes: 100 };
const WORKERS: FanoutLoad = { listeners: 500, perSecond: 20, seconds: 10, bodyBytes: 100, oneByOne: true };
const PRESENCE: readonly PresenceLoad[] = [100, 300, 900, 3_000].map((members) => ({ members, window: 20, changesPerSecond: 10, seconds: 20 }));

const MODERATION = { perSecond: 500, seconds: 10, rooms: 5, senders: 20, badEvery: 50 };

const RULE_ENTRIES = 10_000;

const row = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);
const table = (head: readonly string[]): void => {
  console.log();
  row(head);
  row(head.map(() => '---'));
};

const benchAppendsOfAll = async (): Promise<void> => {
  console.log(`\nAppends of one event, one in flight per room, for ${APPEND_SECONDS} s; median of ${runs} runs (lowest–highest).`);
  table(['log', ...APPEND_ROOMS.flatMap((rooms) => [`${rooms} in flight: per second`, 'p99, ms'])]);
  for (const subject of appendSubjects()) {
    const cells: string[] = [];
    for (const rooms of APPEND_ROOMS) {
      const results = [];
      for (let run = 0; run < runs; run += 1) results.push(await runAppends(subject, rooms, APPEND_SECONDS));
      cells.push(spread(results.map(({ perSecond }) => perSecond), 0), spread(results.map(({ p99Ms }) => p99Ms), 1));
    }
    row([subject.name, ...cells]);
  }
};

/** Medians of what each program used, the largest first; what is below 0.1 µs is left out. */
const partsOf = (results: readonly FanoutResult[]): string =>
  [...new Set(results.flatMap(({ parts }) => [...parts.keys()]))]
    .map((program) => ({ program, micros: median(results.map(({ parts }) => parts.get(program) ?? 0)) }))
    .filter(({ micros }) => micros >= 0.1)
    .toSorted((a, b) => b.micros - a.micros)
    .map(({ program, micros }) => `${program} ${micros.toFixed(1)}`)
    .join(', ');

const runInTurn = async (subjects: readonly Subject[], load: FanoutLoad): Promise<Map<Subject, FanoutResult[]>> => {
  const { listeners, perSecond, seconds, bodyBytes, oneByOne } = load;
  const pace = oneByOne ? `${perSecond * seconds} messages of ${bodyBytes} bytes, each when all have the one before` : `${perSecond} messages of ${bodyBytes} bytes a second for ${seconds} s`;
  console.log(`\nA room of ${listeners}; ${pace}; all server processes together; median of ${runs} runs (lowest–highest).`);
  const results = new Map(subjects.map((subject) => [subject, [] as FanoutResult[]]));
  for (let run = 0; run < runs; run += 1) {
    for (const subject of subjects) {
      const result = await runFanout(subject, load);
      if (result.delivered !== result.expected) throw new Error(`${subject.name} delivered ${result.delivered} of ${result.expected}`);
      results.get(subject)!.push(result);
      process.stderr.write(`${subject.name}: ${result.microsPerDelivery.toFixed(1)} µs, ${(result.delivered / result.packets).toFixed(2)} messages a packet\n`);
    }
  }
  return results;
};

const benchFanout = async (): Promise<void> => {
  const results = await runInTurn(Object.values(SUBJECTS), FANOUT);
  const bare = median(results.get(SUBJECTS.bare)!.map(({ microsPerDelivery }) => microsPerDelivery));
  table(['server', 'CPU per delivery, µs', 'of it', 'to bare', 'ack p50, ms', 'ack p99, ms']);
  for (const [subject, each] of results) {
    const micros = each.map(({ microsPerDelivery }) => microsPerDelivery);
    row([subject.name, spread(micros, 1), partsOf(each), (median(micros) / bare).toFixed(2), spread(each.map(({ ackP50Ms }) => ackP50Ms), 1), spread(each.map(({ ackP99Ms }) => ackP99Ms), 1)]);
  }
};

const benchWorkers = async (): Promise<void> => {
  const results = await runInTurn(CORE_SUBJECTS, WORKERS);
  const first = median(results.get(CORE_SUBJECTS[0]!)!.map(({ microsPerDelivery }) => microsPerDelivery));
  table(['way', 'CPU per delivery, µs', 'of it', 'to the first', 'gateways\' memory, MB']);
  for (const [subject, each] of results) {
    const micros = each.map(({ microsPerDelivery }) => microsPerDelivery);
    row([subject.name, spread(micros, 1), partsOf(each), (median(micros) / first).toFixed(2), spread(each.map(({ gatewayMegabytes }) => gatewayMegabytes), 0)]);
  }
};

const benchPresence = async (): Promise<void> => {
  const { window, changesPerSecond, seconds } = PRESENCE[0]!;
  const results = new Map<PresenceLoad, PresenceResult[]>(PRESENCE.map((load) => [load, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const load of PRESENCE) {
      const result = await runPresence(load);
      results.get(load)!.push(result);
      process.stderr.write(`${load.members} members: ${JSON.stringify(result)}\n`);
    }
  }
  const show = (what: string, costOf: (result: PresenceResult) => PresenceCost): void => {
    console.log(`\n${what} Gateways and Redis together, less what they use while nothing changes; median of ${runs} runs (lowest–highest).`);
    table(['members, all watch', 'changes', 'CPU per change, ms', 'CPU per change and watcher, µs', 'bytes per change and watcher', 'frames per watcher']);
    for (const [{ members }, each] of results) {
      const costs = each.map(costOf);
      const per = (value: (cost: PresenceCost) => number, digits: number): string => spread(costs.map(value), digits);
      row([
        `${members}`, `${costs[0]!.changes}`, per(({ micros, changes }) => micros / changes / 1_000, 2), per(({ micros, changes }) => micros / changes / members, 2),
        per(({ bytes, changes }) => bytes / changes / members, 1), per(({ frames }) => frames / members, 1),
      ]);
    }
  };
  show(`${changesPerSecond} users a second go away or return, for ${seconds} s; each watcher names ${window} users.`, ({ toggles }) => toggles);
  show('All sockets of one of two gateways close, and a little later open anew, join and watch.', ({ churn }) => churn);
};

const benchRules = (): void => {
  const results = Array.from({ length: runs }, () => runRules(RULE_ENTRIES));
  const of = (value: (result: (typeof results)[number]) => number, digits: number): string => spread(results.map(value), digits);
  console.log(`\nMessages held against ${RULE_ENTRIES} words and patterns, half of each, and rules of every other kind; median of ${runs} runs (lowest–highest).`);
  table(['messages', 'how many', 'p50, µs', 'p99, µs', 'slowest, µs']);
  for (const [i, { name, count }] of results[0]!.timings.entries()) row([name, `${count}`, of(({ timings }) => timings[i]!.p50Micros, 0), of(({ timings }) => timings[i]!.p99Micros, 0), of(({ timings }) => timings[i]!.worstMicros, 0)]);
  table(['check, when saved, ms', 'compile, when in force, ms', 'longest step of both, ms', 'memory, MB']);
  row([of(({ checkMs }) => checkMs, 0), of(({ compileMs }) => compileMs, 0), of(({ longestStepMs }) => longestStepMs, 1), of(({ megabytes }) => megabytes, 0)]);
};

const benchModeration = async (): Promise<void> => {
  const { perSecond, seconds, rooms, badEvery } = MODERATION;
  const results: ModerationResult[] = [];
  for (let run = 0; run < runs; run += 1) results.push(await runModeration(MODERATION));
  const of = (value: (result: ModerationResult) => number): string => spread(results.map(value), 0);
  console.log(`\n${perSecond} messages a second in ${rooms} rooms for ${seconds} s, ${100 / badEvery} % of them bad: from the send to hidden at a listener, one on each of two gateways; median of ${runs} runs (lowest–highest).`);
  table(['bad messages', 'p50, ms', 'p90, ms', 'p99, ms', 'slowest, ms']);
  row([`${results[0]!.bad}`, of(({ p50Ms }) => p50Ms), of(({ p90Ms }) => p90Ms), of(({ p99Ms }) => p99Ms), of(({ worstMs }) => worstMs)]);
};

console.log(`Node ${process.version}, ${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'unknown make'}`);
if (wanted('appends')) await benchAppendsOfAll();
if (wanted('fanout')) await benchFanout();
if (wanted('workers')) await benchWorkers();
if (wanted('presence')) await benchPresence();
if (wanted('rules')) benchRules();
if (wanted('moderation')) await benchModeration();
