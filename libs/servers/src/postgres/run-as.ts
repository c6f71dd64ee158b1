import { spawnSync } from 'node:child_process';
import { chownSync, lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ServerError } from '../server-error.ts';

/** Postgres refuses to run as root. How to run it all the same, and who then has to own its files. */
export type RunAs = {
  /** What was chosen, for logs. */
  how: 'ourselves' | 'mapped' | 'other-user' | 'other-user-with-access';
  prefix: string[];
  uid?: number;
  gid?: number;
  owner?: { uid: number; gid: number };
};

const PROBE_MS = 10_000;

type User = { name: string; uid: number; gid: number };

const passwd = (): User[] =>
  readFileSync('/etc/passwd', 'utf8').split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid && Number(uid) > 0 ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });

/** Users made for this first, then those made for nothing, then whoever owns a folder on the way. */
const candidates = (dir: string): User[] => {
  const users = passwd();
  const owners: number[] = [];
  for (let at = dir; ; at = dirname(at)) {
    owners.push(statSync(at).uid);
    if (at === dirname(at)) break;
  }
  const byName = (name: string) => users.filter((user) => user.name === name);
  const byUid = (uid: number) => users.filter((user) => user.uid === uid);
  const own = owners.slice(0, 1).flatMap(byUid);
  return [...new Set([...own, ...byName('postgres'), ...byName('nobody'), ...owners.flatMap(byUid), ...users])];
};

/**
 * Whether that user can enter the folder and run the programs there: tried, not computed. `initdb --show` only prints, but
 * looks for its own files and refuses root as Postgres does.
 */
const works = (runAs: RunAs, binDir: string, dir: string): boolean => {
  const probe = 'cd "$1" && ls . && "$2/initdb" --show --pgdata="$1/pgdata"';
  const [command, ...args] = [...runAs.prefix, 'sh', '-c', probe, 'sh', dir, binDir];
  const { status } = spawnSync(command, args, { stdio: 'ignore', timeout: PROBE_MS, cwd: '/', ...(runAs.uid === undefined ? {} : { uid: runAs.uid }), ...(runAs.gid === undefined ? {} : { gid: runAs.gid }) });
  return status === 0;
};

const ownAll = (path: string, owner: { uid: number; gid: number }): void => {
  if (lstatSync(path).isDirectory()) for (const entry of readdirSync(path)) ownAll(join(path, entry), owner);
  // Last, so that an interrupted walk is seen and done again.
  chownSync(path, owner.uid, owner.gid);
};

/**
 * Chooses how to run Postgres on `dir` (which exists) and gives it the files.
 * As root, in this order:
 * 1. with our id mapped to another inside a user namespace: it is still root to the file system, so any folder will do;
 * 2. as another user, if one can reach both folders;
 * 3. as another user who keeps the one capability that passes by folders of mode 0700 (containers forbid the first).
 */
export const runPostgresAs = (binDir: string, dir: string): RunAs => {
  const self = process.geteuid?.();
  if (self === undefined) return { how: 'ourselves', prefix: [] };
  const owner = statSync(dir).uid;
  if (self !== 0) {
    if (owner !== self) throw new ServerError('data_of_other_user', `${dir} belongs to user ${owner}, and we are ${self}. Run as that user, or give it to us: chown -R ${self} ${dir}`);
    return { how: 'ourselves', prefix: [] };
  }

  const users = candidates(dir);
  const ways = function* (): Generator<RunAs> {
    const [first] = users;
    if (first) yield { how: 'mapped', prefix: ['unshare', '--user', `--map-user=${first.uid}`, '--'], owner: { uid: 0, gid: 0 } };
    for (const { uid, gid } of users) yield { how: 'other-user', prefix: [], uid, gid, owner: { uid, gid } };
    for (const { uid, gid } of users.slice(0, 1)) {
      // Without the secure bit access(2), by which Postgres looks at its own programs, would forget the capability.
      const keep = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override', '--securebits', '+no_setuid_fixup'];
      yield { how: 'other-user-with-access', prefix: ['setpriv', '--reuid', `${uid}`, '--regid', `${gid}`, '--clear-groups', ...keep, '--'], owner: { uid, gid } };
    }
  };
  for (const way of ways()) {
    const wanted = way.owner?.uid;
    if (wanted !== undefined && statSync(dir).uid !== wanted) ownAll(dir, way.owner!);
    if (works(way, binDir, dir)) return way;
  }
  ownAll(dir, { uid: 0, gid: 0 });
  throw new ServerError('no_user_for_postgres', [
    'Postgres does not run as root, and here it cannot be run as another user: user namespaces are not allowed,',
    `and no other user reaches both its programs (${binDir}) and its data (${dir}).`,
    'Either start Parley as an ordinary user, or put both Parley and DATA_DIR into folders that others may enter (mode 0755), or set DATABASE_URL to a Postgres of your own.',
  ].join('\n'));
};
