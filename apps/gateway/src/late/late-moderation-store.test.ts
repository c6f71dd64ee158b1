import { newCmid, newUserId, StoreUnavailable, type NewServerAct } from '@parley/domain';
import { MemoryModerationStore } from '@parley/testkit/memory-moderation-store';
import { expect, test } from 'vitest';
import { LateModerationStore } from './late-moderation-store.ts';

const act = (): NewServerAct => ({ act: 'user.unbanned', userId: newUserId(), by: null, cmid: newCmid() });

test('is unavailable until the store is there, and who watched before then is told from then on', async () => {
  const late = new LateModerationStore();
  let [told, other] = [0, 0];
  const stop = late.watchActs(() => { told += 1; });
  late.watchActs(() => { other += 1; })();
  await expect(late.act(act())).rejects.toThrow(StoreUnavailable);
  const store = new MemoryModerationStore();
  late.arrive(store);
  const stored = await late.act(act());
  expect([await late.actsAfter(0, 10), told, other]).toEqual([[stored], 1, 0]);
  stop();
  await late.act(act());
  expect(told).toBe(1);
});
