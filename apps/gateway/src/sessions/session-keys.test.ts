import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createLogger } from '@parley/runtime';
import { waitFor } from '@parley/testkit';
import { generatePrivateKey, parseKeySet, toPem } from './key-set.ts';
import { loadSessionKeys } from './session-keys.ts';

const fresh = (): string => toPem(generatePrivateKey());
const publicOf = (pem: string): string => toPem(createPublicKey(pem));
const kidOf = (pem: string): string => parseKeySet(pem, 'x').signing.kid;

describe('the session keys', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'parley-key-')); });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const lines: string[] = [];
  const load = async (sessionKey?: string, sessionKeyFile?: string) => {
    const logger = createLogger({ app: 'test' }, { write: (line) => void lines.push(line) });
    const keys = await loadSessionKeys({ sessionKey, sessionKeyFile, dataDir: join(folder, 'data') }, { logger, reloadMs: 5 });
    onTestFinished(() => keys.close());
    return keys;
  };

  it('are one that is made once, readable by its owner alone, the same for gateways that start at once', async () => {
    const keys = await Promise.all(Array.from({ length: 16 }, () => load()));
    expect(new Set([...keys, await load()].map(({ current }) => current.signing.kid)).size).toBe(1);
    const file = join(folder, 'data', 'session-key.pem');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'data'))).toEqual(['session-key.pem']);
    expect(readFileSync(file, 'utf8')).toContain('PRIVATE KEY');
  });

  it('are the configured ones, by value before by file', async () => {
    const [a, b] = [fresh(), fresh()];
    const file = join(folder, 'key.pem');
    writeFileSync(file, b);
    expect((await load(a, file)).current.signing.kid).toBe(kidOf(a));
    expect((await load(undefined, file)).current.signing.kid).toBe(kidOf(b));
  });

  it('are several: the first signs, all verify, a public one too; each once, and called by its thumbprint', async () => {
    const [a, b, c] = [fresh(), fresh(), fresh()];
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
    const { current } = await load(`${parameters}${a}some words between\n${b}${publicOf(c)}${publicOf(a)}`);
    expect(current.signing.kid).toBe(kidOf(a));
    expect(current.keys.map(({ kid }) => kid)).toEqual([kidOf(a), kidOf(b), kidOf(c)]);
    for (const { kid, jwk } of current.keys) {
      expect(await calculateJwkThumbprint(jwk)).toBe(kid);
      expect(Object.keys(jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    }
  });

  it('are those of a folder, in the order of their names', async () => {
    const [a, b] = [fresh(), fresh()];
    const keysDir = join(folder, 'keys');
    mkdirSync(join(keysDir, '..data'), { recursive: true });
    for (const [name, pem] of [['2.pem', a], ['1.pem', b], ['notes.txt', 'no key']] as const) writeFileSync(join(keysDir, name), pem);
    expect((await load(undefined, keysDir)).current.keys.map(({ kid }) => kid)).toEqual([kidOf(b), kidOf(a)]);
  });

  it('change with their file, and stay as they are while it is wrong or gone', async () => {
    const [a, b, c] = [fresh(), fresh(), fresh()];
    const file = join(folder, 'key.pem');
    const put = (text: string): void => {
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    };
    put(a);
    const keys = await load(undefined, file);
    put(`${a}${b}`);
    await waitFor('the second key', () => keys.current.keys.length === 2);
    expect(keys.current.signing.kid).toBe(kidOf(a));
    lines.length = 0;
    put('top-secret');
    await waitFor('the complaint', () => lines.length > 0);
    rmSync(file);
    await waitFor('another complaint', () => lines.length > 1);
    expect(keys.current.keys).toHaveLength(2);
    put(`${b}${c}`);
    await waitFor('the new ones', () => keys.current.signing.kid === kidOf(b));
    expect(keys.current.keys.map(({ kid }) => kid)).toEqual([kidOf(b), kidOf(c)]);
    expect(lines.join()).not.toMatch(/top-secret|BEGIN/);
  });

  it('are refused if of another kind, missing, public first, too many or none, without telling their value', async () => {
    const p384 = toPem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey);
    const rsa = toPem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
    for (const pem of [p384, rsa, `${fresh()}${p384}`]) await expect(load(pem)).rejects.toThrow('SESSION_KEY has a key that is not of P-256');
    await expect(load('top-secret')).rejects.toThrow(/^SESSION_KEY is not a private key in PEM$/);
    await expect(load('-----BEGIN PRIVATE KEY-----\ntopsecret\n-----END PRIVATE KEY-----')).rejects.toThrow(/^SESSION_KEY has a key that cannot be read as PEM$/);
    await expect(load(publicOf(fresh()))).rejects.toThrow('begins with a public key');
    await expect(load(Array.from({ length: 17 }, fresh).join(''))).rejects.toThrow('more than 16');
    await expect(load(undefined, join(folder, 'none.pem'))).rejects.toThrow('SESSION_KEY_FILE');
    await expect(load(undefined, folder)).rejects.toThrow('SESSION_KEY_FILE');
  });
});
