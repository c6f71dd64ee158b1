import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export type Said = { ok: boolean; code?: string; pid: number; runsAs?: string; major?: number; url?: string };
export type Starter = { said: Said; pid: number; kill(): Promise<void>; end(): Promise<void> };

const SCRIPT = fileURLToPath(new URL('./starter.ts', import.meta.url));

/** Runs `starter.ts` until it has said its line. `prefix` replaces itself by it, to run it as somebody else. */
export const runStarter = async (args: readonly string[], { prefix = [], path }: { prefix?: readonly string[]; path?: string } = {}): Promise<Starter> => {
  const [command = process.execPath, ...rest] = [...prefix, process.execPath, SCRIPT, ...args];
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...(path === undefined ? {} : { PATH: path }) } });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const end = async () => {
    child.stdin.end();
    await exited;
  };
  onTestFinished(end);
  const said = await new Promise<Said>((resolve, reject) => {
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line) as Said));
    void exited.then(() => reject(new Error('the starter ended without a word')));
  });
  return { said, pid: child.pid ?? -1, kill, end };
};
