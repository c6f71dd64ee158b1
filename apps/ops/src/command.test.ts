import { describe, expect, test } from 'vitest';
import { numberOf, parseInvocation } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT, OpsError } from './exit-codes.ts';
import { failureOf } from './failure.ts';
import { help, helpOn } from './help.ts';

const parse = (line: string) => parseInvocation(COMMANDS, line === '' ? [] : line.split(' '));
const refusal = (act: () => unknown): OpsError => {
  try {
    act();
  } catch (error) {
    if (error instanceof OpsError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

describe('a command line', () => {
  test('names a command of one word or two, with options before and after its operands', () => {
    expect(parse('sockets --node gateway-1 --limit 5')).toMatchObject({ command: { name: 'sockets' }, args: { positionals: [], values: { node: 'gateway-1', limit: '5' } }, json: false });
    expect(parse('dead-letters replay --json a b')).toMatchObject({ command: { name: 'dead-letters replay' }, args: { positionals: ['a', 'b'], values: {} }, json: true });
  });

  test.each(['', '--help', 'help'])('is answered with help: “%s”', (line) => {
    expect(parse(line)).toBeNull();
  });

  test.each(['frob', 'dead-letters', 'dead-letters frob', 'nodes --frob', 'sockets --limit', 'nodes --json=yes'])('is refused as sysexits.h has it: “%s”', (line) => {
    expect(refusal(() => parse(line)).exitCode).toBe(EXIT.usage);
  });

  test('takes numbers within bounds only', () => {
    expect(numberOf('limit', undefined, 7)).toBe(7);
    expect(numberOf('limit', '12', 7)).toBe(12);
    for (const bad of ['0', '-1', '1.5', 'x', '', '99999999', '1e3']) expect(refusal(() => numberOf('limit', bad, 7)).exitCode, bad).toBe(EXIT.usage);
  });
});

test('help names every command, and help on one every option of it', () => {
  for (const command of COMMANDS) {
    expect(help(COMMANDS)).toContain(command.name);
    for (const option of Object.keys(command.options)) expect(helpOn(command)).toContain(`--${option}`);
  }
});

test('an error is one line, without the credentials in it', () => {
  const failure = failureOf(new Error('connect to postgres://parley:hunter2@db/parley failed\n    at somewhere'));
  expect(failure).toEqual({ exitCode: EXIT.defect, message: 'a defect: connect to postgres://[redacted]@db/parley failed' });
  expect(failureOf(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })).exitCode).toBe(EXIT.unavailable);
});
