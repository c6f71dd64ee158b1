import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { APPS, type AppName } from './apps.ts';
import { ConfigError, loadConfig } from './load.ts';
import { configTable } from './table.ts';
import { VARIABLES } from './variables.ts';

const messageOf = (env: NodeJS.ProcessEnv): string => {
  try {
    loadConfig('gateway', env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  throw new Error('accepted, or refused in another way');
};

describe('the environment', () => {
  it('has defaults for every app', () => {
    expect(loadConfig('gateway', {})).toMatchObject({ port: 8080, guests: false, sendRate: 100, sendBurst: 300, natsUrl: ['nats://127.0.0.1:4222'] });
    expect(loadConfig('standalone', {})).toMatchObject({ guests: true, dataDir: './data', ownDatabaseUrl: undefined });
    expect(loadConfig('persistence', {})).toMatchObject({ databaseUrl: 'postgres://127.0.0.1:5432/parley' });
  });

  it('parses what is set, and takes an empty variable for one that is not', () => {
    const config = loadConfig('gateway', { PORT: '0', GUESTS: 'true', NATS_URL: 'a:4222, nats://b:4222', SESSION_TTL: '' });
    expect(config).toMatchObject({ port: 0, guests: true, natsUrl: ['a:4222', 'nats://b:4222'], sessionTtl: 604_800 });
  });

  it('takes one worker a core for `auto` and for 0', () => {
    const workers = (text: string) => loadConfig('gateway', { WORKERS: text }).workers;
    expect([workers(''), workers('3'), workers('auto'), workers('0')]).toEqual([1, 3, availableParallelism(), availableParallelism()]);
    expect(messageOf({ WORKERS: '-2' })).toContain('WORKERS: not a number up to 64, nor auto');
    expect(messageOf({ WORKERS: '65' })).toContain('WORKERS:');
  });

  it('names every wrong variable without its value', () => {
    const message = messageOf({ PORT: '80a80', REDIS_URL: 'http://user:hunter2@host', SEND_RATE: '-1', LOG_LEVEL: 'loud' });
    for (const name of ['PORT', 'REDIS_URL', 'SEND_RATE', 'LOG_LEVEL']) expect(message).toContain(`${name}:`);
    for (const value of ['80a80', 'hunter2', '-1', 'loud']) expect(message).not.toContain(value);
  });

  it('has defaults that its own schemas accept', () => {
    for (const app of Object.keys(APPS) as AppName[]) expect(() => loadConfig(app, {})).not.toThrow();
  });

  it('is told in a table with a row for every variable', () => {
    const rows = configTable().split('\n');
    expect(rows).toHaveLength(2 + Object.keys(VARIABLES).length);
    for (const { env } of Object.values(VARIABLES)) expect(configTable()).toContain(`| \`${env}\` |`);
    expect(configTable()).toContain('| `GUESTS` | `off`, `on` in standalone, `on` in cluster |');
  });
});
