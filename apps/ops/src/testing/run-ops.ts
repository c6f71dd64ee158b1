import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { run } from '../run.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const DEADLINE_MS = 90_000;

export type Ran = { code: number; out: string; err: string; /** What `--json` printed, one value a line. */ json: () => Record<string, unknown>[] };

const ran = (code: number, out: string, err: string): Ran =>
  ({ code, out, err, json: () => out.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>) });

/** The command as an operator runs it: a process of its own, told nothing but `env`. */
export const spawnOps = (env: Record<string, string>, ...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const { NATS_URL: _nats, DATABASE_URL: _database, DATA_DIR: _data, ...inherited } = process.env;
    execFile(process.execPath, ['apps/ops/src/main.ts', ...args], { cwd: ROOT, env: { ...inherited, ...env }, timeout: DEADLINE_MS, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
      resolve(ran(error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err));
    });
  });

/** The same without a process, which costs a second each time. */
export const runOps = async (env: Record<string, string>, ...args: string[]): Promise<Ran> => {
  let [out, err] = ['', ''];
  const code = await run(args, { env, out: { write: (text) => (out += text) }, err: { write: (text) => (err += text) } });
  return ran(code, out, err);
};
