import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChatLoad } from './chat-load.ts';
import { startFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ cleanup: (stop) => afterAll(stop) });
});

it('is a cluster that carries messages, while one of its processes is killed, and stays as it was left', async () => {
  const load = await startChatLoad({ urls: [fleet.url], rooms: 2, writers: 4, listeners: 4, messages: 400 });
  const [gateway] = fleet.gateways;
  try {
    load.start();
    await load.untilAcked(100, 60_000);
    await gateway!.kill();
    expect((await load.finish(60_000)).violations).toEqual([]);
  } finally {
    load.close();
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
