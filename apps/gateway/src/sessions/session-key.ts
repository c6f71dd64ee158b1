import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type SessionKey = { privateKey: KeyObject; publicKey: KeyObject };

export class SessionKeyError extends Error {
  override readonly name = 'SessionKeyError';
}

const keyOf = (pem: string, source: string): SessionKey => {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch {
    // The parser's own message may quote the input.
    throw new SessionKeyError(`${source} is not a private key in PEM`);
  }
  if (privateKey.asymmetricKeyType !== 'ec' || privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new SessionKeyError(`${source} is not a P-256 key, which ES256 needs`);
  }
  return { privateKey, publicKey: createPublicKey(privateKey) };
};

const readIfThere = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new SessionKeyError(`${file} cannot be read`, { cause: error });
  }
};

export const generateKey = (): SessionKey => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Writes a fresh key beside `file` and links it into place, which only the first of several starters can. */
const generate = async (file: string): Promise<void> => {
  const { privateKey } = generateKey();
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await handle.sync();
    await handle.close();
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true });
  }
};

export type SessionKeySource = { sessionKey: string | undefined; sessionKeyFile: string | undefined; dataDir: string };

/** The configured key; else the one in the data folder, made there (mode 0600) by whichever gateway starts first. */
export const loadSessionKey = async ({ sessionKey, sessionKeyFile, dataDir }: SessionKeySource): Promise<SessionKey> => {
  if (sessionKey !== undefined) return keyOf(sessionKey, 'SESSION_KEY');
  if (sessionKeyFile !== undefined) {
    const pem = await readIfThere(sessionKeyFile);
    if (pem === null) throw new SessionKeyError('the file that SESSION_KEY_FILE names does not exist');
    return keyOf(pem, 'the file that SESSION_KEY_FILE names');
  }
  const file = join(dataDir, 'session-key.pem');
  let pem = await readIfThere(file);
  if (pem === null) {
    await generate(file);
    pem = await readIfThere(file);
  }
  return keyOf(pem ?? '', file);
};
