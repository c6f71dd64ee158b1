import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { freshDatabase, tempDir, withNats, withPostgres, withRedis } from './servers.ts';
import { waitFor } from './wait-for.ts';

/** Runs cleanups at a moment of its own choosing. */
const collected = () => {
  const all: (() => Promise<void>)[] = [];
  return { cleanup: (each: () => Promise<void>) => void all.push(each), run: async () => void (await Promise.all(all.map((each) => each()))) };
};

const exists = (pid: number): boolean => existsSync(`/proc/${pid}`);

test('a server ends, and its folder goes, when its test is over', async () => {
  const { cleanup, run } = collected();
  const dir = await tempDir(cleanup);
  const [nats, redis] = await Promise.all([withNats({ cleanup }), withRedis({ cleanup })]);
  expect([nats.pid, redis.pid].every(exists)).toBe(true);
  await run();
  expect([nats.pid, redis.pid].some(exists)).toBe(false);
  expect(existsSync(dir)).toBe(false);
});

describe.each(['embedded', 'debian'] as const)('Postgres from %s', (postgresSource) => {
  test('gives each test of a file a database of its own', async () => {
    const postgres = await withPostgres({ postgresSource });
    const urls = await Promise.all([freshDatabase(postgres), freshDatabase(postgres)]);
    const seen = await Promise.all(urls.map(async (connectionString) => {
      const client = new Client({ connectionString });
      await client.connect();
      await client.query('CREATE TABLE t (a int)');
      const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
      await client.end();
      return rows[0]?.name;
    }));
    expect(new Set(seen).size).toBe(2);
  });
});

test('a wait that is in vain names what it waited for and the last error', async () => {
  const failing = waitFor('the moon', () => Promise.reject(new Error('clouds')), { deadlineMs: 40 });
  await expect(failing).rejects.toMatchObject({ message: 'waited 40 ms in vain for the moon', cause: { message: 'clouds' } });
});
