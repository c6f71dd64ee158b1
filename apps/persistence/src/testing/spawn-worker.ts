import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort, waitFor } from '@parley/testkit';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export type SpawnedWorker = {
  child: ChildProcess;
  output(): string;
  /** 0: it does not answer. */
  status(path: string): Promise<number>;
  body(path: string): Promise<string>;
  metric(name: string): Promise<number>;
  ready(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
};

/** The real process, as an operator starts it. */
export const spawnWorker = async (env: Record<string, string>): Promise<SpawnedWorker> => {
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'debug', ...env }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  const exited = once(child, 'exit');
  const kill = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  };
  onTestFinished(() => void kill('SIGKILL'));
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2_000) });
  const body = async (path: string): Promise<string> => (await get(path)).text();
  const status = (path: string): Promise<number> => get(path).then((response) => response.status, () => 0);
  return {
    child, status, body, kill,
    output: () => output,
    metric: async (name) => Number(new RegExp(`^parley_${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(await body('/metrics'))?.[1] ?? Number.NaN),
    ready: () => waitFor('the worker to be ready', async () => {
      if (child.exitCode !== null) throw new Error(`it left with ${child.exitCode}:\n${output}`);
      return (await status('/readyz')) === 200;
    }, { deadlineMs: 60_000 }),
  };
};
