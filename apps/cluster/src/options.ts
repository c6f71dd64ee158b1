import { parseArgs } from 'node:util';

export type ClusterOptions = { gateways: number; persistence: number; /** 0: nobody looks at what is said. */ moderation: number; /** Of each gateway, as `WORKERS` has it. */ workers: string };

const MAX = 64;

const countOf = (flag: string, text: string, least = 1): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < least || count > MAX) throw new Error(`--${flag} wants a number from ${least} to ${MAX}`);
  return count;
};

/** `auto` or 0: one a core. */
const workersOf = (text: string): string => (text === 'auto' || text === '0' ? text : `${countOf('workers', text)}`);

/** `--gateways 4 --persistence 2 --moderation 1 --workers 2`. */
export const parseOptions = (argv: readonly string[], defaults: ClusterOptions): ClusterOptions => {
  const { values } = parseArgs({ args: [...argv], options: { gateways: { type: 'string' }, persistence: { type: 'string' }, moderation: { type: 'string' }, workers: { type: 'string' } } });
  return {
    gateways: values.gateways === undefined ? defaults.gateways : countOf('gateways', values.gateways),
    persistence: values.persistence === undefined ? defaults.persistence : countOf('persistence', values.persistence),
    moderation: values.moderation === undefined ? defaults.moderation : countOf('moderation', values.moderation, 0),
    workers: values.workers === undefined ? defaults.workers : workersOf(values.workers),
  };
};

export const parseOptionsOrExit = (defaults: ClusterOptions): ClusterOptions => {
  try {
    return parseOptions(process.argv.slice(2), defaults);
  } catch (error) {
    process.stderr.write(`parley cluster does not start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(64); // EX_USAGE
  }
};
