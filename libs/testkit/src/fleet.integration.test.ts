import { afterTests } from './servers.ts';
import { beforeAll, expect, it } from 'vitest';
import { startFleet, type Fleet } from './fleet.ts';
import { openTraffic } from './traffic/traffic.ts';

const cleanup = afterTests();

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ cleanup });
});

it('is a cluster that carries messages, while one of its processes is killed, and stays as it was left', async () => {
  const traffic = await openTraffic({ urls: [fleet.url], rooms: 2, writers: 4, listeners: 4 });
  const [gateway] = fleet.gateways;
  try {
    traffic.start({ messages: 400 });
    await traffic.untilAcked(100, 60_000);
    await gateway!.kill();
    expect((await traffic.finish(60_000)).violations).toEqual([]);
  } finally {
    await traffic.close();
  }
  expect(gateway!.isRunning).toBe(false);
  await gateway!.start();
  await fleet.ready();
  expect(await gateway!.metric('sockets')).toBe(0);
});

it('can be stopped where it stands and let go on', async () => {
  const [worker] = fleet.workers;
  worker!.pause();
  const answer = worker!.isReady();
  await expect(fetch(`${worker!.url}/healthz`, { signal: AbortSignal.timeout(200) })).rejects.toMatchObject({ name: 'TimeoutError' });
  worker!.resume();
  await expect(answer).resolves.toBe(true);
});
