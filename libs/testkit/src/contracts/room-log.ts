import { afterAll, beforeAll, describe, test } from 'vitest';
import { CONSUMING } from './room-log/consuming.ts';
import { FAILING } from './room-log/failing.ts';
import { HEADS } from './room-log/heads.ts';
import { PURGING } from './room-log/purging.ts';
import { READING } from './room-log/reading.ts';
import { missingCapability, runCase, type RoomLogCase, type RoomLogHarness, type RoomLogRig } from './room-log/rig.ts';
import { WRITING } from './room-log/writing.ts';

export type { RoomLogCase, RoomLogHarness, RoomLogRig } from './room-log/rig.ts';
export { runCase } from './room-log/rig.ts';

/** The promises of {@link RoomLog}, one case each. */
export const ROOM_LOG_CASES: readonly RoomLogCase[] = [...WRITING, ...READING, ...PURGING, ...CONSUMING, ...HEADS, ...FAILING];

/** Holds a `RoomLog` to what the port promises (`libs/domain/src/ports/room-log.ts`). */
export const roomLogContract = (name: string, harness: RoomLogHarness): void => {
  describe(`room log: ${name}`, () => {
    let rig: RoomLogRig | undefined;
    beforeAll(async () => {
      rig = await harness.start();
    }, 60_000);
    afterAll(() => rig?.stop(), 60_000);

    for (const each of ROOM_LOG_CASES) {
      // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the cases assert, and are named where they stand
      test(each.name, { timeout: each.timeoutMs ?? 60_000 }, async (context) => {
        const missing = missingCapability(harness, rig, each.needs);
        if (missing !== null) context.skip(missing);
        await runCase(each, rig!, harness);
      });
    }
  });
};
