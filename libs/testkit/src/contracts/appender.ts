import { afterAll, beforeAll, describe, test } from 'vitest';
import { AppenderBench } from './appender/bench.ts';
import { CONTENDING } from './appender/contending.ts';
import { EPOCHS } from './appender/epochs.ts';
import { FAILING } from './appender/failing.ts';
import { RETRYING } from './appender/retrying.ts';
import { missingCapability, type RoomLogHarness, type RoomLogRig } from './room-log/rig.ts';
import type { RoomLog } from '@parley/domain';

const CASES = [...RETRYING, ...CONTENDING, ...FAILING, ...EPOCHS];

/**
 * Holds a `RoomLog` and the appender on it to what the write path promises, with a store in memory beside them.
 * Takes the same harness as `roomLogContract`.
 */
export const appenderContract = (name: string, harness: RoomLogHarness): void => {
  describe(`appender: ${name}`, () => {
    let rig: RoomLogRig | undefined;
    beforeAll(async () => {
      rig = await harness.start();
    }, 60_000);
    afterAll(() => rig?.stop(), 60_000);

    for (const each of CASES) {
      test(each.name, { timeout: each.timeoutMs ?? 60_000 }, async (context) => {
        const { killAndRestart, kill, restart } = rig!;
        const missing = missingCapability(harness, rig, each.needs);
        if (missing !== null) context.skip(missing);
        const opened: RoomLog[] = [];
        const open = async (): Promise<RoomLog> => {
          const log = await rig!.open();
          opened.push(log);
          return log;
        };
        const crash = killAndRestart?.bind(rig) ?? (kill && restart && (async () => {
          await kill.call(rig);
          await restart.call(rig);
        })) ?? null;
        try {
          await each.run(new AppenderBench({ rig: rig!, open, harness }), crash);
        } finally {
          await Promise.allSettled(opened.map((log) => log.close()));
        }
      });
    }
  });
};
