import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFleet } from '@parley/testkit/fleet';
import { cpuMicrosBelow } from './process-cpu.ts';

export type PresenceLoad = { members: number; /** Users each watcher names. */ window: number; changesPerSecond: number; seconds: number };
export type PresenceCost = {
  changes: number;
  /** Of the gateways and Redis, above what they use while nothing changes, µs. */
  micros: number;
  /** Told, over all watchers. */
  frames: number;
  bytes: number;
  /** Changes of users in them. */
  users: number;
};
export type PresenceResult = { toggles: PresenceCost; churn: PresenceCost };

const ROOT = join(import.meta.dirname, '../../..');
/** How long it is measured what is used while nothing changes. */
const IDLE_MS = 10_000;

/** One run on a cluster of its own: two gateways, sockets straight on them. */
export const runPresence = async (load: PresenceLoad): Promise<PresenceResult> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const fleet = await startFleet({ gateways: 2, dataDir, env: { LOG_LEVEL: 'warn', ACCEPT_RATE: '5000', ADDRESS_EXEMPT: 'loopback' } });
  let driver: ChildProcess | undefined;
  try {
    const pids = [...fleet.gateways, fleet.redis].map(({ pid }) => pid);
    const cpu = (): number => pids.reduce((sum, pid) => sum + [...cpuMicrosBelow(pid).values()].reduce((a, b) => a + b, 0), 0);
    const running = spawn(process.execPath, ['loadtest/src/bench/presence-driver.ts', JSON.stringify({ urls: fleet.gateways.map(({ url }) => url), ...load })], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
    driver = running;
    const lines = createInterface({ input: running.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => {
      const { value, done } = await lines.next();
      if (done) throw new Error('the load ended early');
      return value;
    };
    await next();
    const [idleFrom, idleBefore] = [performance.now(), cpu()];
    await sleep(IDLE_MS);
    const idle = (cpu() - idleBefore) / (performance.now() - idleFrom);
    const phase = async (): Promise<PresenceCost> => {
      const [from, before] = [performance.now(), cpu()];
      running.stdin.write('go\n');
      const told = JSON.parse(await next()) as Omit<PresenceCost, 'micros'>;
      return { ...told, micros: cpu() - before - idle * (performance.now() - from) };
    };
    const toggles = await phase();
    const churn = await phase();
    running.stdin.write('go\n');
    await once(running, 'exit');
    return { toggles, churn };
  } finally {
    driver?.kill('SIGKILL');
    await fleet.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};
