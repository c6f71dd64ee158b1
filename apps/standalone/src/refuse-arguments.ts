import { parseArgs } from 'node:util';

/** Why these arguments cannot be followed; `null` if there are none. */
export const refusalOf = (argv: readonly string[]): string | null => {
  try {
    const { values } = parseArgs({ args: [...argv], options: { workers: { type: 'string' } } });
    return values.workers === undefined || values.workers === '1'
      ? null
      : 'it is one process, whose presence, limits and fan-out are in its memory. A gateway of several: npm run cluster -- --workers N';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Standalone is told everything by its environment. */
export const refuseArguments = (): void => {
  const refusal = refusalOf(process.argv.slice(2));
  if (refusal === null) return;
  process.stderr.write(`parley does not start: ${refusal}\n`);
  process.exit(64); // EX_USAGE
};
