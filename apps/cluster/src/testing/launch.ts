import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, waitFor } from '@parley/testkit';
import { onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const READY_MS = 90_000;

/** A workspace with the launcher as it is and stand-ins for the apps. */
export const makeWorkspace = (dir: string): string => {
  for (const app of ['gateway', 'persistence', 'moderation']) {
    mkdirSync(join(dir, 'apps', app, 'src'), { recursive: true });
    cpSync(fileURLToPath(new URL('./stand-in.ts', import.meta.url)), join(dir, 'apps', app, 'src', 'main.ts'));
  }
  for (const part of ['apps/cluster/src', 'deploy/haproxy']) cpSync(join(ROOT, part), join(dir, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }\n');
  return dir;
};

export type Told = Partial<Record<'NODE_NAME' | 'NATS_URL' | 'REDIS_URL' | 'DATABASE_URL' | 'DATA_DIR' | 'GUESTS', string>> & { pid: number };

/** Processes of a group that have not ended, with their command lines. */
export const processesOf = (group: number): { pid: number; command: string }[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state = '', , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(pgrp) !== group || /^[ZX]/.test(state)) return [];
      return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
    } catch {
      return [];
    }
  });

/** Starts the launcher of a workspace in a process group of its own. */
export const launch = async (workspace: string, args: readonly string[] = []) => {
  const port = await freePort();
  const child = spawn(process.execPath, ['apps/cluster/src/main.ts', ...args], {
    cwd: workspace, detached: true, stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: `${port}`, HOST: '127.0.0.1', DATA_DIR: './data' },
  });
  const group = child.pid ?? -1;
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += String(data)));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  onTestFinished(() => {
    if (processesOf(group).length > 0) process.kill(-group, 'SIGKILL');
  });
  return {
    group, exited,
    url: `http://127.0.0.1:${port}`,
    printed: () => printed,
    processes: (part = '') => processesOf(group).filter(({ command }) => command.includes(part)),
    ready: () => waitFor('the cluster to be ready', () => {
      if (child.exitCode !== null) throw new Error(printed);
      return printed.includes('Ctrl-C stops it');
    }, { deadlineMs: READY_MS }),
    told: async (): Promise<Told> => (await (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).json()) as Told,
  };
};
