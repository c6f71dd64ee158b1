import { describe, expect, it } from 'vitest';
import { createLogger, redact } from './logger.ts';

const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1MDEifQ.c2lnbmF0dXJlLXZlcnktc2VjcmV0';

const logged = (write: (logger: ReturnType<typeof createLogger>) => void): string => {
  let lines = '';
  write(createLogger({ app: 'test', node: 'n1' }, { write: (line) => { lines += line; } }));
  return lines;
};

describe('the log', () => {
  it('is one JSON object a line, with the app, the node and the level by name', () => {
    const line: unknown = JSON.parse(logged((log) => log.info({ room: 'r1' }, 'hello')));
    expect(line).toMatchObject({ app: 'test', node: 'n1', level: 'info', msg: 'hello', room: 'r1' });
  });

  it('never shows a token or a password, in a field, in a text or in an error', () => {
    const lines = logged((log) => {
      log.info({ token: 'plain-token', headers: { authorization: 'Bearer plain-bearer' } }, 'fields');
      log.info(`connected with ${JWT}`);
      log.error({ err: new Error('refused', { cause: new Error('postgres://parley:hunter2@db/parley') }) }, 'error');
      log.info({ auth: { token: 'nested-token' }, url: 'redis://:hunter3@cache:6379' });
    });
    for (const secret of ['plain-token', 'plain-bearer', JWT, 'hunter2', 'hunter3', 'nested-token']) expect(lines).not.toContain(secret);
    expect(lines).toContain('postgres://[redacted]@db/parley');
  });

  it('hides private keys and leaves other text as it is', () => {
    expect(redact('-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----')).toBe('[private key]');
    expect(redact('see http://localhost:8080/@home and eyJust a word')).toBe('see http://localhost:8080/@home and eyJust a word');
  });
});
