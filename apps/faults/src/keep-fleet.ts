import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fleet } from '@parley/testkit/fleet';
import type { FleetPlan } from './scenario.ts';

/** One fleet at a time: starting one takes longer than most scenarios. */
export type FleetKeeper = {
  /** The one that stands, if it is of that plan; else that one is stopped first. */
  get(plan: FleetPlan): Promise<Fleet>;
  /** The next `get` starts another. Its logs are copied there, if told. */
  drop(logsTo?: string): Promise<void>;
};

const copyLogs = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true });
  for (const path of await readdir(from, { recursive: true })) {
    if (path.endsWith('.log')) await copyFile(join(from, path), join(to, path.replaceAll('/', '-'))).catch(() => {});
  }
};

export const keepFleet = (): FleetKeeper => {
  let kept: { plan: FleetPlan; dataDir: string; fleet: Promise<Fleet> } | null = null;
  const drop = async (logsTo?: string): Promise<void> => {
    const dropped = kept;
    kept = null;
    if (!dropped) return;
    if (logsTo !== undefined) await copyLogs(dropped.dataDir, logsTo);
    await dropped.fleet.then((fleet) => fleet.stop(), () => {});
    await rm(dropped.dataDir, { recursive: true, force: true });
  };
  return {
    async get(plan) {
      if (kept?.plan !== plan) {
        await drop();
        const dataDir = await mkdtemp(join(tmpdir(), 'parley-faults-'));
        kept = { plan, dataDir, fleet: plan.start({ dataDir }) };
      }
      return kept.fleet;
    },
    drop,
  };
};
