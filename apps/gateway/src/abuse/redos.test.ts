import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { COMMANDS, handshakeSchema, LIMITS, ProtocolError, sessionRequestSchema, type CommandName } from '@parley/protocol';
import { parseCommand } from '../socket/parse-command.ts';
import { createRig, roomOf, say } from '../testing/rig.ts';
import { patternsOf, stringsOf, withAt } from './schema-strings.ts';

/** CPU time that the server may spend on one string, however it is made, milliseconds. A pattern that backtracks takes minutes at this length. */
const MAX_CPU_MS = 150;
/** As long as one packet lets it be. */
const LENGTH = LIMITS.frameBytes - 1_000;

/** Runs that nested or overlapping repetitions try in every way, each ended by what does not fit. */
const RUNS = ['a', '0', 'Z', ' ', '\u3000', '-', '.', 'e\u0301', '\u2028', '😀', '\ud800', 'aA0', ' a', 'r00', 'u0'];
const ENDS = ['', '!', '\n', '\ud800'];
const CORPUS = RUNS.flatMap((run) => ENDS.map((end) => run.repeat(Math.floor(LENGTH / run.length)) + end));
/** Of each run one, for what is more than a pattern. */
const SAMPLE = CORPUS.filter((_, index) => index % ENDS.length === 1);

/** Of this process, so that a machine that is busy with others does not count. The least of three: garbage is collected at times. */
const cpuMs = (act: () => void): number => Math.min(...[1, 2, 3].map(() => {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}));

/** Whatever takes long is tried three times, all else once. */
const slowest = (inputs: readonly string[], act: (input: string) => unknown): number => inputs.reduce((most, input) => {
  const began = process.cpuUsage();
  act(input);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000 > MAX_CPU_MS ? Math.max(most, cpuMs(() => void act(input))) : most;
}, 0);

const SCHEMAS = { ...Object.fromEntries(Object.entries(COMMANDS).map(([name, { request }]) => [name, request])), handshake: handshakeSchema, session: sessionRequestSchema };

describe('a string made to be slow', () => {
  const patterns = new Map(Object.values(SCHEMAS).flatMap((schema) => patternsOf(schema).map((pattern): [string, RegExp] => [String(pattern), pattern])));

  it('meets patterns at all, all of which are looked at here', () => {
    expect(patterns.size).toBeGreaterThanOrEqual(6);
  });

  it.each([...patterns])('is soon told from what %s means', (_, pattern) => {
    expect(slowest(CORPUS, (text) => pattern.test(text))).toBeLessThan(MAX_CPU_MS);
  });

  // Many fields are of the same kind: each kind once.
  const kinds = new Map((Object.keys(COMMANDS) as CommandName[]).flatMap((name) => stringsOf(COMMANDS[name].request).map(([path, kind]) => [kind, { name, path }] as const)));
  it('is soon refused in any field of any command', () => {
    expect(kinds.size).toBeGreaterThan(10);
    for (const { name, path } of kinds.values()) {
      const most = slowest(SAMPLE, (text) => {
        try {
          parseCommand(name, withAt(path, text));
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
        }
      });
      expect(most, `${name} ${path.join('.')}`).toBeLessThan(MAX_CPU_MS);
    }
  });

  it('does not keep others from being served: the event loop goes on', async () => {
    const node = await createRig().node();
    const [ada, eve] = [await node.guest('Ada'), await node.guest('Eve')];
    const { roomId } = await roomOf(ada);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    // Both ends are in this process, so that each counts three times: written, read and parsed.
    for (const text of SAMPLE.filter((each) => Buffer.byteLength(JSON.stringify(each)) < LENGTH + 100)) {
      expect((await eve.raw('room:update', { roomId, cmid: text.slice(0, -1_000), topic: text.slice(0, 300) })).error?.code).toMatch(/^(bad_request|too_large)$/);
      await say(ada, roomId, 'on it goes');
    }
    delay.disable();
    // Means over what the machine does beside.
    expect(delay.percentile(50) / 1e6).toBeLessThan(MAX_CPU_MS);
    expect(delay.max / 1e6).toBeLessThan(2_000);
  });
});
