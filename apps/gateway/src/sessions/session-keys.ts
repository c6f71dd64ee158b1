import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from '@parley/runtime';
import { generatePrivateKey, parseKeySet, SessionKeyError, toPem, type KeySet } from './key-set.ts';

/** How often the file is looked at. A key that is to sign has to be with all gateways before: so long, and a good deal more. */
const RELOAD_MS = 5_000;
/** A file, or all of a folder, above this is no set of keys. */
const MAX_BYTES = 64 * 1024;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const readBounded = async (file: string): Promise<string> => {
  const text = await readFile(file, 'utf8');
  if (text.length > MAX_BYTES) throw new SessionKeyError(`${file} is too large to hold keys`);
  return text;
};

/** What `path` holds: a file, or the `*.pem` of a folder by name. `null`: there is no such thing. */
const readKeys = async (path: string): Promise<string | null> => {
  try {
    return await readBounded(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    if (codeOf(error) !== 'EISDIR') throw error instanceof SessionKeyError ? error : new SessionKeyError(`${path} cannot be read`, { cause: error });
  }
  const names = (await readdir(path)).filter((name) => name.endsWith('.pem')).sort();
  const texts: string[] = [];
  for (const name of names) texts.push(await readBounded(join(path, name)));
  return texts.join('\n');
};

/** Writes a fresh key beside `file` and links it into place, which only the first of several starters can. */
const generate = async (file: string): Promise<void> => {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(toPem(generatePrivateKey()));
    await handle.sync();
    await handle.close();
    await link(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true });
  }
};

export type SessionKeySource = { sessionKey: string | undefined; sessionKeyFile: string | undefined; dataDir: string };
export type SessionKeysOptions = { logger?: Logger; reloadMs?: number };

/** The keys as they are now: ask for them each time. */
export type SessionKeys = { readonly current: KeySet; close(): void };

/** Keys that never change. */
export const fixedKeys = (current: KeySet): SessionKeys => ({ current, close: () => undefined });

/** Keeps to what the file says. One that cannot be read, or is wrong, changes nothing. */
const followFile = (path: string, source: string, text: string, { logger, reloadMs = RELOAD_MS }: SessionKeysOptions): SessionKeys => {
  let current = parseKeySet(text, source);
  let seen = text;
  let trouble = '';
  const look = async (): Promise<void> => {
    const now = await readKeys(path);
    if (now === null) throw new SessionKeyError(`${source} is gone`);
    if (now === seen) return;
    current = parseKeySet(now, source);
    seen = now;
    logger?.info({ signing: current.signing.kid, keys: current.keys.map(({ kid }) => kid) }, 'the session keys have changed');
  };
  const again = async (): Promise<void> => {
    try {
      await look();
      trouble = '';
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== trouble) logger?.error({ reason: message }, 'the session keys stay as they were');
      trouble = message;
    }
  };
  let timer: NodeJS.Timeout;
  let closed = false;
  const plan = (): void => {
    if (!closed) timer = setTimeout(() => void again().finally(plan), reloadMs).unref();
  };
  plan();
  return {
    get current() {
      return current;
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
};

/** The configured keys; else those in the data folder, where whoever starts first makes one (mode 0600). A file is followed. */
export const loadSessionKeys = async ({ sessionKey, sessionKeyFile, dataDir }: SessionKeySource, options: SessionKeysOptions = {}): Promise<SessionKeys> => {
  if (sessionKey !== undefined) return fixedKeys(parseKeySet(sessionKey, 'SESSION_KEY'));
  if (sessionKeyFile !== undefined) {
    const text = await readKeys(sessionKeyFile);
    if (text === null) throw new SessionKeyError('what SESSION_KEY_FILE names does not exist');
    return followFile(sessionKeyFile, 'what SESSION_KEY_FILE names', text, options);
  }
  const file = join(dataDir, 'session-key.pem');
  let text = await readKeys(file);
  if (text === null) {
    await generate(file);
    text = await readKeys(file);
  }
  return followFile(file, file, text ?? '', options);
};
