import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ServerError } from './server-error.ts';

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** Where servers are found though a user's PATH often lacks it: Debian puts most of them under sbin. */
const systemDirs = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin'];

export const pathDirs = (): string[] => [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...systemDirs];

/** Folders into which `go install` puts what it builds, likeliest first. */
export const goBinDirs = (): string[] => {
  const { GOBIN, GOPATH } = process.env;
  const workspaces = (GOPATH ?? '').split(delimiter).filter(Boolean);
  return [...(GOBIN ? [GOBIN] : []), ...workspaces.map((dir) => join(dir, 'bin')), join(homedir(), 'go', 'bin')];
};

/** Folders of Debian's Postgres, newest first. */
export const debianPostgresDirs = (): string[] => {
  const root = '/usr/lib/postgresql';
  try {
    return readdirSync(root).sort((a, b) => Number(b) - Number(a)).map((version) => join(root, version, 'bin'));
  } catch {
    return [];
  }
};

/** Every executable file of that name in `dirs`, in order. */
export const binariesIn = (name: string, dirs: readonly string[]): string[] => [...new Set(dirs)].map((dir) => join(dir, name)).filter(isExecutable);

export const findBinary = (name: string, dirs: readonly string[], hint: string): string => {
  const [found] = binariesIn(name, dirs);
  if (!found) throw new ServerError('binary_missing', `${name} was not found in ${[...new Set(dirs)].join(', ')}. ${hint}`);
  return found;
};

/** The first `major.minor.patch` (or `major.minor`) in what the binary prints about itself; empty if it does not run. */
export const versionOf = (binary: string, flag = '--version'): number[] => {
  const { stdout } = spawnSync(binary, [flag], { encoding: 'utf8', timeout: 10_000 });
  return /\d+(\.\d+)+/.exec(stdout ?? '')?.[0].split('.').map(Number) ?? [];
};

export const isAtLeast = (version: readonly number[], wanted: readonly number[]): boolean => {
  for (const [index, part] of wanted.entries()) {
    const have = version[index] ?? 0;
    if (have !== part) return have > part;
  }
  return true;
};
