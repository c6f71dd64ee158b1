import { parseArgs } from 'node:util';

/** The environment with what the command line says on top of it: `--workers 4`. */
export const withArguments = (argv: readonly string[], env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => {
  const { values } = parseArgs({ args: [...argv], options: { workers: { type: 'string' } } });
  return values.workers === undefined ? env : { ...env, WORKERS: values.workers };
};

export const withArgumentsOrExit = (): NodeJS.ProcessEnv => {
  try {
    return withArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`parley gateway does not start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(64); // EX_USAGE
  }
};
