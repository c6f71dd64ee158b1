import { afterAll, beforeAll, describe, test } from 'vitest';
import { DIRECTORY } from './store/directory.ts';
import { FAILING } from './store/failing.ts';
import { LOOKUPS } from './store/lookups.ts';
import { READING } from './store/reading.ts';
import { TARGETS } from './store/targets.ts';
import type { StoreCase, StoreRig } from './store/rig.ts';

export type { StoreRig } from './store/rig.ts';

/** The promises of `Store`, one case each. */
export const STORE_CASES: readonly StoreCase[] = [...LOOKUPS, ...TARGETS, ...READING, ...DIRECTORY, ...FAILING];

/** Holds a `Store` to what the port promises (`libs/domain/src/ports/store.ts`). */
export const storeContract = (name: string, start: () => Promise<StoreRig>): void => {
  describe(`store: ${name}`, () => {
    let rig: StoreRig | undefined;
    beforeAll(async () => {
      rig = await start();
    }, 120_000);
    afterAll(() => rig?.stop(), 60_000);

    for (const each of STORE_CASES) test(each.name, { timeout: 60_000 }, () => each.run(rig!));
  });
};
