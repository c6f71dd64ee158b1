import { COMMON, type Command, type Options } from './command.ts';

const optionLines = (options: Options): string[] => {
  const names = Object.entries(options).map(([name, option]) => [`--${name}${option.type === 'string' ? ` ${option.value}` : ''}`, option.meaning] as const);
  const width = Math.max(...names.map(([name]) => name.length));
  return names.map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`);
};

const usageOf = ({ name, operands }: Command): string => [name, operands].filter(Boolean).join(' ');

export const helpOn = (command: Command): string =>
  [`npm run ops -- ${usageOf(command)} [options]`, '', command.summary, ...(command.details ?? []), '', ...optionLines({ ...command.options, ...COMMON }), ''].join('\n');

export const help = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map((each) => usageOf(each).length));
  return [
    'npm run ops -- <command> [options]', '',
    ...commands.map((each) => `  ${usageOf(each).padEnd(width)}  ${each.summary}`), '',
    ...optionLines(COMMON), '',
    'Looks at the cluster that NATS_URL and DATABASE_URL name; with DATABASE_URL alone, at the database of a standalone; with',
    'neither, at what runs, or last ran, on DATA_DIR (./data). Whoever has the credentials of NATS may ask and drain.', '',
    'Ends with 0 if all is well, 1 if not, 2 if it could not be checked, and otherwise as sysexits.h has it.', '',
  ].join('\n');
};
