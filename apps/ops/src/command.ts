import { parseArgs } from 'node:util';
import { EXIT, OpsError, type ExitCode } from './exit-codes.ts';
import type { Output } from './output/output.ts';
import type { Target } from './target/target.ts';

export type Option = { type: 'string'; value: string; meaning: string } | { type: 'boolean'; meaning: string };
export type Options = Readonly<Record<string, Option>>;

export type Args<O extends Options = Options> = {
  positionals: string[];
  values: { [K in keyof O]?: O[K] extends { type: 'boolean' } ? boolean : string };
};

export type Command = {
  /** One word or two. */
  name: string;
  summary: string;
  /** What follows the name, options aside. */
  operands: string;
  options: Options;
  /** Lines for those who want to know more. */
  details?: readonly string[];
  run(args: Args, context: { target: Target; out: Output }): Promise<ExitCode>;
};

/** Gives `run` the types of the options. */
export const command = <const O extends Options>(definition: Omit<Command, 'options' | 'run'> & { options: O; run(args: Args<O>, context: Parameters<Command['run']>[1]): Promise<ExitCode> }): Command =>
  ({ ...definition, run: (args, context) => definition.run(args as Args<O>, context) });

export const COMMON: Options = {
  json: { type: 'boolean', meaning: 'JSON instead of tables' },
  help: { type: 'boolean', meaning: 'this' },
};

const usage = (message: string): OpsError => new OpsError(EXIT.usage, message);

export type Invocation = { command: Command; args: Args; json: boolean; help: boolean };

/** Throws {@link OpsError}. `null`: help on everything was asked for. */
export const parseInvocation = (commands: readonly Command[], argv: readonly string[]): Invocation | null => {
  const words = argv.slice(0, 2);
  const found = commands.find(({ name }) => name === words.join(' ')) ?? commands.find(({ name }) => name === words[0]);
  if (!found) {
    if (argv.length === 0 || argv.includes('--help') || argv[0] === 'help') return null;
    const group = commands.filter(({ name }) => name.startsWith(`${words[0]} `)).map(({ name }) => name);
    throw usage(group.length > 0 ? `one of: ${group.join(', ')}` : `there is no command “${words[0]}”: see --help`);
  }
  const rest = argv.slice(found.name.split(' ').length);
  try {
    const options = Object.fromEntries(Object.entries({ ...found.options, ...COMMON }).map(([name, { type }]) => [name, { type }]));
    const { values, positionals } = parseArgs({ args: [...rest], options, allowPositionals: true });
    const { json = false, help = false, ...own } = values as Record<string, string | boolean | undefined>;
    return { command: found, args: { positionals, values: own as Args['values'] }, json: json === true, help: help === true };
  } catch (error) {
    throw usage(`${found.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const MAX_NUMBER = 1_000_000;

export const numberOf = (option: string, text: string | undefined, fallback: number): number => {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > MAX_NUMBER) throw usage(`--${option} wants a number from 1 to ${MAX_NUMBER}`);
  return number;
};

/** Exactly one operand. */
export const operandOf = (what: string, positionals: readonly string[]): string => {
  const [only, ...more] = positionals;
  if (only === undefined) throw usage(`${what} is missing`);
  if (more.length > 0) throw usage(`one ${what}, not ${positionals.length}`);
  return only;
};

export const noOperands = (positionals: readonly string[]): void => {
  if (positionals.length > 0) throw usage(`not understood: ${positionals.join(' ')}`);
};

/** The id that an option names. Throws where it is none. */
export const idOf = <T>(option: string, schema: { safeParse(text: string): { success: true; data: T } | { success: false } }, text: string | undefined): T | undefined => {
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(text);
  if (!parsed.success) throw usage(`--${option}: ${text} is no such id`);
  return parsed.data;
};
