import type { z } from 'zod';
import { COMMANDS, LIMITS, ProtocolError, type CommandName } from '@parley/protocol';

export const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name);

/** Throws `bad_request` for what is nested deeper, or has more in it, than any command; and for anything binary, wherever it hides. */
const checkShape = (argument: unknown, most: number): void => {
  let values = 0;
  const walk = (value: unknown, depth: number): void => {
    values += 1;
    if (values > most) throw new ProtocolError('bad_request', 'the argument holds too many values');
    if (typeof value !== 'object' || value === null) return;
    if (depth >= LIMITS.depth) throw new ProtocolError('bad_request', `the argument is nested deeper than ${LIMITS.depth}`);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) throw new ProtocolError('bad_request', 'binary is not allowed');
    for (const each of Object.values(value)) walk(each, depth + 1);
  };
  walk(argument, 0);
};

const isTooLarge = (issue: z.core.$ZodIssue): boolean => {
  if (issue.code === 'too_big') return issue.origin === 'string' || issue.origin === 'array';
  if (issue.code === 'custom') return issue.params?.['tooLarge'] === true;
  return issue.code === 'invalid_union' && issue.errors.some((branch) => branch.some(isTooLarge));
};

const describe = (issue: z.core.$ZodIssue): string => {
  const path = issue.path.map(String).join('.').slice(0, 100);
  return path ? `${path}: ${issue.message}` : issue.message;
};

/** Values that the argument may hold: of an admin's rules, many more. Whoever would be refused anyway does not get to have as many looked at. */
const valuesOf = (name: CommandName, isAdmin: boolean): number => (name === 'rule:save' && isAdmin ? LIMITS.ruleValues : LIMITS.values);

/** The request of a command, its defaults filled in. Throws `bad_request` and `too_large`, naming the field. */
export const parseCommand = <N extends CommandName>(name: N, argument: unknown, isAdmin = false): z.output<(typeof COMMANDS)[N]['request']> => {
  checkShape(argument, valuesOf(name, isAdmin));
  const parsed = COMMANDS[name].request.safeParse(argument);
  if (parsed.success) return parsed.data as z.output<(typeof COMMANDS)[N]['request']>;
  const { issues } = parsed.error;
  const large = issues.find(isTooLarge);
  const issue = large ?? issues[0];
  throw new ProtocolError(large ? 'too_large' : 'bad_request', issue ? describe(issue) : undefined);
};
