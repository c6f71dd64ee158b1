import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';
import { ServerError } from './server-error.ts';

/** What stands in a lock file: who, and which time. */
type Holder = ProcessIdentity & { token: string };

export type DataDirLock = { release(): void };

const FILE = 'parley.lock';

const readHolder = (path: string): Holder | undefined => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Files appear whole; only a crash of the machine leaves an empty one, and nobody who held it lives.
    return { pid: 0, started: 'unreadable', token: 'unreadable' };
  }
};

const holds = (holder: Holder): boolean => holder.pid > 0 && isAlive(holder);

/** Puts a whole file at `path`; false if there is one. */
const place = (own: string, path: string): boolean => {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/**
 * Takes `path` for `own` if nobody alive holds it; returns whoever does.
 *
 * A dead holder's file may be replaced only by whoever holds the claim on that very holder, itself a lock taken in the
 * same way. Claims are named after the dead holder's token, and the holder is read again under the claim: one who comes
 * late, with an old reading, finds another token and starts over.
 */
const take = (own: string, path: string, claimOf: (token: string) => string): Holder | undefined => {
  for (;;) {
    if (place(own, path)) return undefined;
    const holder = readHolder(path);
    if (holder === undefined) continue;
    if (holds(holder)) return holder;
    const claim = claimOf(holder.token);
    const rival = take(own, claim, claimOf);
    if (rival) return rival;
    try {
      if (readHolder(path)?.token !== holder.token) continue;
      const copy = `${own}.copy`;
      linkSync(own, copy);
      renameSync(copy, path);
      return undefined;
    } finally {
      rmSync(claim, { force: true });
    }
  }
};

/**
 * One Parley per data folder. A second one is refused; the lock of one that was killed is taken over at once, also if
 * its pid belongs to another process by now. Processes that cannot see each other (containers that share a volume) are
 * not told apart from dead ones.
 */
export const lockDataDir = (dir: string): DataDirLock => {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const root = realpathSync(dir);
  const path = join(root, FILE);
  const me: Holder = { ...ownIdentity(), token: randomUUID() };
  const own = join(root, `${FILE}.${me.token}`);
  writeFileSync(own, JSON.stringify(me), { mode: 0o600 });
  let other: Holder | undefined;
  try {
    other = take(own, path, (token) => join(root, `${FILE}.claim-${token}`));
  } finally {
    rmSync(own, { force: true });
  }
  if (other) throw new ServerError('data_dir_locked', `${root} is in use by another Parley (process ${other.pid}). Stop that one first, or choose another folder with DATA_DIR.`);

  const release = () => {
    process.removeListener('exit', release);
    if (readHolder(path)?.token === me.token) rmSync(path, { force: true });
  };
  process.on('exit', release);
  return { release };
};
