import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateKey, loadSessionKey } from './session-key.ts';

const pem = ({ privateKey }: ReturnType<typeof generateKey>) => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the session key', () => {
  let dataDir: string;
  beforeEach(() => { dataDir = mkdtempSync(join(tmpdir(), 'parley-key-')); });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));
  const load = (sessionKey?: string, sessionKeyFile?: string) => loadSessionKey({ sessionKey, sessionKeyFile, dataDir: join(dataDir, 'data') });

  it('is made once, readable by its owner alone, the same for gateways that start at once', async () => {
    const keys = await Promise.all(Array.from({ length: 16 }, () => load()));
    expect(new Set([...keys, await load()].map(pem)).size).toBe(1);
    const file = join(dataDir, 'data', 'session-key.pem');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(dataDir, 'data'))).toEqual(['session-key.pem']);
    expect(readFileSync(file, 'utf8')).toContain('PRIVATE KEY');
  });

  it('is the configured one, by value before by file', async () => {
    const [a, b] = [generateKey(), generateKey()];
    const file = join(dataDir, 'key.pem');
    writeFileSync(file, pem(b));
    expect(pem(await load(pem(a), file))).toBe(pem(a));
    expect(pem(await load(undefined, file))).toBe(pem(b));
  });

  it('is refused if it is of another kind, missing or no key, without telling its value', async () => {
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    await expect(load(pem(p384))).rejects.toThrow('SESSION_KEY is not a P-256 key');
    await expect(load('top-secret')).rejects.toThrow(/^SESSION_KEY is not a private key in PEM$/);
    await expect(load(undefined, join(dataDir, 'none.pem'))).rejects.toThrow('SESSION_KEY_FILE');
  });
});
