import { afterAll, beforeAll, describe, test } from 'vitest';
import { TAKING } from './rate-limiter/taking.ts';
import type { RateLimiterRig } from './rate-limiter/rig.ts';

export { CONTRACT_LIMITS, type RateLimiterRig } from './rate-limiter/rig.ts';

/** Holds a `RateLimiter`, started with `CONTRACT_LIMITS`, to what the port promises (`libs/domain/src/ports/rate-limiter.ts`). */
export const rateLimiterContract = (name: string, start: () => Promise<RateLimiterRig>): void => {
  describe(`rate limiter: ${name}`, () => {
    let rig: RateLimiterRig | undefined;
    beforeAll(async () => {
      rig = await start();
    }, 60_000);
    afterAll(() => rig?.stop(), 60_000);

    for (const each of TAKING) test(each.name, { timeout: 30_000 }, () => each.run(rig!.limiter));
  });
};
