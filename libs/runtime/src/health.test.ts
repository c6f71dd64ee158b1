import { afterEach, describe, expect, it } from 'vitest';
import { createHealth, serveHealth, type HealthServer } from './health.ts';
import { createMetrics } from './metrics.ts';

describe('health', () => {
  let server: HealthServer | undefined;
  afterEach(() => server?.close());

  it('is healthy while it runs, ready when every check passes, and says which does not', async () => {
    const metrics = createMetrics({ app: 'test', processMetrics: false });
    metrics.counter('things', 'Things.', ['kind']).inc({ kind: 'a' });
    const health = createHealth(metrics);
    let database = false;
    health.check('database', () => database || 'connecting');
    server = await serveHealth(health, { port: 0, host: '127.0.0.1' });
    const get = (path: string) => fetch(`http://127.0.0.1:${server?.port}${path}`);

    expect((await get('/healthz')).status).toBe(200);
    const unready = await get('/readyz');
    expect(unready.status).toBe(503);
    expect(await unready.json()).toEqual({ ok: false, failing: { database: 'connecting' } });
    database = true;
    expect((await get('/readyz?x=1')).status).toBe(200);
    expect(await (await get('/metrics')).text()).toContain('parley_things{kind="a",app="test"} 1');
    expect((await get('/other')).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${server.port}/healthz`, { method: 'POST' })).status).toBe(405);
  });
});
