import type { AnsweringNode, SilentNode } from '@parley/nodes-nats';
import { command, noOperands } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { ago } from '../output/words.ts';

type Row = SilentNode['status'] & { instance: string; region: string; state: string; counts: Record<string, number>; failing: Record<string, string>; lastSign: number | null };

const stateOf = ({ leaving, failing }: AnsweringNode['status']): string => {
  if (leaving) return 'leaving';
  const lacks = Object.entries(failing).map(([name, why]) => `${name} ${why}`);
  return lacks.length > 0 ? `not ready: ${lacks.join('; ')}` : 'ready';
};

export const nodes = command({
  name: 'nodes',
  summary: 'Every gateway and worker, and whether it is ready.',
  operands: '',
  options: {},
  details: ['', 'One that gave a sign of life within the last ten minutes and does not answer within 2 s is listed as such.'],
  run: async ({ positionals }, { target, out }) => {
    noOperands(positionals);
    const directory = await target.nodes();
    const found = await directory.list();
    const rows: Row[] = [
      ...found.nodes.map(({ instance, status }) => ({ ...status, instance, state: stateOf(status), lastSign: null })),
      ...found.silent.map(({ instance, at, status }) => ({
        ...status, instance, region: target.region, counts: {}, failing: {}, lastSign: at,
        state: `did not answer within ${directory.answerWithinMs / 1_000} s, last sign of life ${ago(at)} ago`,
      })),
    ];
    const count = (name: string) => ({ title: name.toUpperCase(), align: 'right' as const, value: ({ counts }: Row) => counts[name] ?? null });
    out.list('nodes', rows, [
      { title: 'NODE', value: ({ name }) => name },
      { title: 'APP', value: ({ app }) => app },
      { title: 'VERSION', value: ({ version }) => version },
      { title: 'REGION', value: ({ region }) => region },
      { title: 'PID', align: 'right', value: ({ pid }) => pid },
      { title: 'UP', align: 'right', value: ({ startedAt }) => ago(startedAt) },
      count('sockets'), count('users'), count('rooms'), count('shards'),
      { title: 'STATE', value: ({ state }) => state, maxWidth: 120 },
    ]);
    return EXIT.ok;
  },
});
