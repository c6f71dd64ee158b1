import { ConfigError, loadConfig } from '@parley/runtime';
import { parseInvocation } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT, OpsError } from './exit-codes.ts';
import { failureOf } from './failure.ts';
import { help, helpOn } from './help.ts';
import { Output } from './output/output.ts';
import { printable } from './output/printable.ts';
import { Target } from './target/target.ts';

type Stream = { write(text: string): unknown; once?(event: 'drain', listener: () => void): unknown };
export type Surroundings = { env: NodeJS.ProcessEnv; out: Stream; err: Stream };

const configOf = (env: NodeJS.ProcessEnv) => {
  try {
    return loadConfig('ops', env);
  } catch (error) {
    if (error instanceof ConfigError) throw new OpsError(EXIT.config, error.message, { cause: error });
    throw error;
  }
};

const carryOut = async (argv: readonly string[], { env, out, err }: Surroundings): Promise<number> => {
  const invocation = parseInvocation(COMMANDS, argv);
  if (!invocation || invocation.help) {
    out.write(invocation ? helpOn(invocation.command) : help(COMMANDS));
    return EXIT.ok;
  }
  const target = new Target(configOf(env));
  try {
    return await invocation.command.run(invocation.args, { target, out: new Output({ json: invocation.json, out, err }) });
  } finally {
    await target.close();
  }
};

/** One command, from its words to its exit code. */
export const run = async (argv: readonly string[], surroundings: Surroundings): Promise<number> => {
  try {
    return await carryOut(argv, surroundings);
  } catch (error) {
    const { exitCode, message } = failureOf(error);
    surroundings.err.write(`parley ops: ${printable(message)}\n`);
    return exitCode;
  }
};
