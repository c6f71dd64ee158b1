import { loadConfigOrExit } from '@parley/runtime';
import { parseInvocation } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { failureOf } from './failure.ts';
import { help, helpOn } from './help.ts';
import { Output } from './output/output.ts';
import { printable } from './output/printable.ts';
import { Target } from './target/target.ts';

const run = async (): Promise<number> => {
  const invocation = parseInvocation(COMMANDS, process.argv.slice(2));
  if (!invocation || invocation.help) {
    process.stdout.write(invocation ? helpOn(invocation.command) : help(COMMANDS));
    return 0;
  }
  const target = new Target(loadConfigOrExit('ops'));
  try {
    return await invocation.command.run(invocation.args, { target, out: new Output({ json: invocation.json, out: process.stdout, err: process.stderr }) });
  } finally {
    await target.close();
  }
};

// Whoever reads may have seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  process.exitCode = await run();
} catch (error) {
  const { exitCode, message } = failureOf(error);
  process.stderr.write(`parley ops: ${printable(message)}\n`);
  process.exitCode = exitCode;
}
