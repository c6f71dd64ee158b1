import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export type Options = {
  /** The long run instead of the scenarios: how many messages; `null`: not that. */
  million: number | null;
  perSecond: number;
  seed: number;
  only: readonly string[];
  list: boolean;
  /** How many; `null`: as many as fit into the budget. */
  pairs: number | null;
  pairsBudgetMs: number;
  scale: number;
  outDir: string;
};

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PAIRS_BUDGET_MINUTES = 15;

export const USAGE = `npm run faults -- [options]            every scenario, then random pairs
npm run faults -- million [options]    one long run under random faults

  --list                  name all scenarios
  --only a,b              only these, and no pairs unless asked for
  --pairs N               then N random pairs of faults
  --pairs-budget MINUTES  then random pairs, none begun after so many minutes (default ${PAIRS_BUDGET_MINUTES}; 0: none)
  --seed N                decides every choice of chance; default: one of chance, which is printed
  --scale X               of the durations that faults last; default 1
  --messages N            with million: how many (default 1000000)
  --per-second N          with million: how fast (default 500: half an hour, and some fifty faults; 0: as fast as the machine carries them)
  --out DIR               for the report and the histories; default data/faults/<time>
`;

const number = (name: string, text: string, least: number): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < least) throw new Error(`--${name}: a number from ${least} on is wanted`);
  return value;
};

export const parseOptions = (args: readonly string[], now = new Date()): Options => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    args: [...args],
    options: {
      seed: { type: 'string' }, only: { type: 'string' }, list: { type: 'boolean', default: false }, pairs: { type: 'string' },
      'pairs-budget': { type: 'string' }, scale: { type: 'string', default: '1' }, out: { type: 'string' }, messages: { type: 'string', default: '1000000' }, 'per-second': { type: 'string', default: '500' },
    },
  });
  const only = values.only?.split(',').filter((name) => name !== '') ?? [];
  const budget = values['pairs-budget'] ?? (only.length > 0 && values.pairs === undefined ? '0' : `${PAIRS_BUDGET_MINUTES}`);
  const unknown = positionals.filter((word) => word !== 'million');
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(' ')}`);
  return {
    million: positionals.length > 0 ? Math.floor(number('messages', values.messages, 1)) : null,
    perSecond: number('per-second', values['per-second'], 0) || Infinity,
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Math.floor(number('seed', values.seed, 0)),
    only,
    list: values.list,
    pairs: values.pairs === undefined ? null : Math.floor(number('pairs', values.pairs, 0)),
    pairsBudgetMs: number('pairs-budget', budget, 0) * 60_000,
    scale: number('scale', values.scale, 0.001),
    outDir: values.out ?? join(ROOT, 'data', 'faults', now.toISOString().replaceAll(/[:.]/g, '-')),
  };
};
