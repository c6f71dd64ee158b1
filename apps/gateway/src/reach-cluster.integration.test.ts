import { expect, it, onTestFinished } from 'vitest';
import { RoomLogError, StoreUnavailable } from '@parley/domain';
import { silentLogger } from '@parley/runtime';
import { freePort, waitFor, withNats } from '@parley/testkit';
import { RoomScript, created } from '@parley/testkit/room-script';
import { reachCluster } from './reach-cluster.ts';

it('is there before NATS is, says so, and works once NATS comes', async () => {
  const port = await freePort();
  const unsupported: RoomLogError[] = [];
  const { log, store, ...cluster } = reachCluster({
    servers: [`nats://127.0.0.1:${port}`], region: 'main', replicas: 1, name: 'test', logger: silentLogger(), onUnsupported: (error) => void unsupported.push(error),
  });
  onTestFinished(() => cluster.close());
  const lives: boolean[] = [];
  log.onHeadsLive((live) => void lives.push(live));
  const script = new RoomScript();

  expect(log.headsLive).toBe(false);
  await expect(log.read(script.ref, 0)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(log.append(script.ref, script.draft(...created(script.owner)), 0)).rejects.toBeInstanceOf(RoomLogError);
  await expect(log.watchHeads(script.roomId, () => undefined)).rejects.toBeInstanceOf(RoomLogError);
  await expect(store.seed(script.roomId)).rejects.toBeInstanceOf(StoreUnavailable);

  await withNats({ port });
  await waitFor('the log', () => log.headsLive, { deadlineMs: 20_000 });
  expect(lives).toEqual([true]);
  await script.append(log, ...created(script.owner));
  expect((await log.read(script.ref, 0)).entries).toHaveLength(1);
  // Nobody answers for the store yet.
  await expect(store.seed(script.roomId)).rejects.toBeInstanceOf(StoreUnavailable);
  expect(unsupported).toEqual([]);
});

it('gives up trying when it is closed', async () => {
  const cluster = reachCluster({ servers: [`127.0.0.1:${await freePort()}`], region: 'main', replicas: 1, name: 'test', logger: silentLogger(), onUnsupported: () => undefined });
  await cluster.close();
  await expect(cluster.store.findUsers([])).rejects.toBeInstanceOf(StoreUnavailable);
});
