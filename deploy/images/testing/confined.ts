import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnChild, type Child, type Exit } from '@parley/servers';
import type { Built } from './build.ts';

/**
 * What an engine does, by util-linux: a root file system that cannot be written, save /tmp and volumes; not root, no
 * capability; the first process of its own. Of the machine it borrows what Debian's base has: a shell, the C library, /dev, addresses.
 */
const CONFINE = `
set -e
root=$1 workdir=$2 uid=$3 gid=$4 volumes=$5; shift 5
mount --make-rprivate /
mount --bind "$root" "$root"
for path in usr/bin bin usr/lib lib lib64 dev etc/resolv.conf etc/hosts etc/ssl; do
  [ -e "/$path" ] || continue
  if [ -d "/$path" ]; then mkdir -p "$root/$path"; else mkdir -p "$(dirname "$root/$path")"; touch "$root/$path"; fi
  mount --rbind "/$path" "$root/$path"
done
# Of what Debian's base does not have, Postgres alone could stand in for what is in the image.
[ ! -d "$root/usr/lib/postgresql" ] || mount -t tmpfs tmpfs "$root/usr/lib/postgresql"
mkdir -p "$root/proc" "$root/tmp"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
for path in $volumes; do mount -t tmpfs -o uid=$uid,gid=$gid,mode=700 tmpfs "$root$path"; done
mount -o remount,bind,ro "$root"
exec unshare --root="$root" --wd="$workdir" --setgid="$gid" --setuid="$uid" -- "$@"
`;

/** Why it cannot be done here; `null` if it can. */
export const whyNotConfined = (): string | null => (reason ??= { why: tryConfining() }).why;

let reason: { why: string | null } | undefined;
const tryConfining = (): string | null => {
  const { status, stderr } = spawnSync('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', 'mount --make-rprivate / && mount -t tmpfs tmpfs /tmp'], { encoding: 'utf8' });
  return status === 0 ? null : `namespaces cannot be made here (as root they can): ${stderr || 'no unshare'}`;
};

export type Started = Child & {
  /** Of the app itself, as the outside knows it. */
  inner(): number;
  /** What an engine does to stop it, and what it leaves with. */
  terminate(): Promise<Exit>;
};

export type StartOptions = { name: string; env: Record<string, string>; logFile: string; argv?: readonly string[]; args?: readonly string[] };

const STOP_MS = 60_000;

const commandOf = (image: Built, argv: readonly string[], confined: boolean): [command: string, ...args: string[]] => {
  // The same files, no more.
  if (!confined) return [join(image.root, 'usr/local/bin', argv[0] ?? ''), ...argv.slice(1)];
  const [uid = '', gid = ''] = image.user.split(':');
  return ['unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', CONFINE, 'sh', image.root, image.workdir, uid, gid, image.volumes.join(' '), ...argv];
};

/** Starts what the image would, with nothing in the environment but what the image and `env` say. */
export const startImage = (image: Built, { name, env, logFile, argv = image.entrypoint, args = [] }: StartOptions): Started => {
  const confined = whyNotConfined() === null;
  const [command, ...rest] = commandOf(image, [...argv, ...args], confined);
  const child = spawnChild({ name, command, args: rest, cwd: join(image.root, image.workdir), env: { ...image.env, ...env }, logFile, stopSignal: 'SIGTERM', stopDeadlineMs: STOP_MS });
  const inner = (): number => (confined ? Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')[0]) : child.pid);
  const terminate = async (): Promise<Exit> => {
    process.kill(inner(), 'SIGTERM');
    return child.exited;
  };
  return Object.assign(child, { inner, terminate });
};
