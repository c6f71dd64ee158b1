import { generateKeyPairSync } from 'node:crypto';
import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { newUserId } from '@parley/domain';
import { ProtocolError } from '@parley/protocol';
import { silentLogger } from '@parley/runtime';
import { connect } from '@parley/testkit/wire-client';
import { generatePrivateKey, parseKeySet, toPem } from '../sessions/key-set.ts';
import { fixedKeys } from '../sessions/session-keys.ts';
import { createSessions } from '../sessions/sessions.ts';
import { createRig } from '../testing/rig.ts';
import { base64, forge, forgeHmac, nowSeconds } from './forge.ts';

const [signing, other, rotatedOut] = [generatePrivateKey(), generatePrivateKey(), generatePrivateKey()];
const keySet = parseKeySet(toPem(signing) + toPem(other), 'a test');
const kid = keySet.signing.kid;
const sessions = createSessions({ keys: fixedKeys(keySet), issuer: 'parley', audience: 'parley', ttlSeconds: 60, logger: silentLogger() });

const header = { alg: 'ES256', typ: 'JWT', kid };
const claims = { sub: newUserId(), name: 'Ada', sid: ulid(), iss: 'parley', aud: 'parley', iat: nowSeconds(), exp: nowSeconds() + 60 };

const codeOf = async (token: string): Promise<string> => {
  try {
    await sessions.verify(token);
    return 'accepted';
  } catch (error) {
    return error instanceof ProtocolError ? error.code : `threw ${String(error)}`;
  }
};

describe('a session token', () => {
  it('is good as it should be, so that what follows is refused for what it names', async () => {
    expect(await codeOf(forge(header, claims, signing))).toBe('accepted');
    expect(await codeOf(forge({ alg: 'ES256' }, { ...claims, sid: undefined, iat: undefined }, other))).toBe('accepted');
  });

  it.each(['none', 'None', 'NONE', 'nOnE', ''])('is refused with the algorithm `%s`', async (alg) => {
    for (const signature of ['', 'x', forge(header, claims, signing).split('.')[2]]) {
      expect(await codeOf(`${base64({ ...header, alg })}.${base64(claims)}.${signature}`)).toBe('unauthenticated');
    }
  });

  it('is refused if signed by HMAC with the public key, in any of its forms, as its secret', async () => {
    const { publicKey, jwk } = keySet.keys[0]!;
    const secrets = [publicKey.export({ type: 'spki', format: 'pem' }), publicKey.export({ type: 'spki', format: 'der' }), JSON.stringify(jwk), jwk.x, kid];
    for (const secret of secrets) {
      for (const alg of ['HS256', 'ES256', 'RS256']) expect(await codeOf(forgeHmac({ ...header, alg }, claims, secret))).toBe('unauthenticated');
    }
  });

  it('is refused if signed by HMAC with a secret of one character, or none', async () => {
    for (const secret of ['', '0', 'a', ' ', '\0']) expect(await codeOf(forgeHmac({ ...header, alg: 'HS256' }, claims, secret))).toBe('unauthenticated');
  });

  it('is refused if signed by another algorithm or a key of nobody', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    for (const alg of ['RS256', 'PS256', 'ES256']) expect(await codeOf(forge({ ...header, alg }, claims, rsa))).toBe('unauthenticated');
    for (const alg of ['ES256', 'ES384', 'ES512', 'EdDSA']) expect(await codeOf(forge({ ...header, alg }, claims, generatePrivateKey()))).toBe('unauthenticated');
    // Signed well, but said to be something else.
    for (const alg of ['ES384', 'RS256', 'HS256', 'none', 7, null, ['ES256']]) expect(await codeOf(forge({ ...header, alg }, claims, signing))).toBe('unauthenticated');
  });

  it('is refused if signed by a key that was rotated out, whatever it calls it', async () => {
    const old = parseKeySet(toPem(rotatedOut), 'a test').signing.kid;
    for (const each of [old, kid, undefined]) expect(await codeOf(forge({ ...header, kid: each }, claims, rotatedOut))).toBe('unauthenticated');
  });

  it.each([
    '../../../../../../dev/null', '/dev/null', '/proc/self/environ', 'file:///dev/null', '..\\..\\nul', "' OR '1'='1", "x' UNION SELECT 'secret' --", '; DROP TABLE users; --',
    '$(id)', '`id`', 'http://127.0.0.1/keys', '__proto__', 'constructor', 'toString', '0', '', '\0', 'x'.repeat(4_000),
  ])('is refused with a `kid` of nobody, which is neither opened, asked nor run: %j', async (strange) => {
    // An empty file, or no row, would make an empty secret.
    expect(await codeOf(forgeHmac({ ...header, alg: 'HS256', kid: strange }, claims, ''))).toBe('unauthenticated');
    expect(await codeOf(forge({ ...header, kid: strange }, claims, generatePrivateKey()))).toBe('unauthenticated');
    expect(await codeOf(forge({ ...header, kid: strange }, claims, signing))).toBe('unauthenticated');
  });

  it('is refused with a `kid` that is no text, or that of another key', async () => {
    for (const strange of [7, null, {}, [kid], true]) expect(await codeOf(forge({ ...header, kid: strange }, claims, signing))).toBe('unauthenticated');
    expect(await codeOf(forge({ ...header, kid: keySet.keys[1]!.kid }, claims, signing))).toBe('unauthenticated');
  });

  it('is refused if it brings its own key, which nobody looks at', async () => {
    const mine = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = mine.publicKey.export({ format: 'jwk' });
    for (const extra of [{ jwk }, { jku: 'http://127.0.0.1:1/jwks.json' }, { x5u: 'http://127.0.0.1:1/cert.pem' }, { x5c: [mine.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] }]) {
      for (const each of [kid, 'mine', undefined]) expect(await codeOf(forge({ alg: 'ES256', kid: each, ...extra }, claims, mine.privateKey))).toBe('unauthenticated');
    }
  });

  it('is refused if its header says that something must be understood', async () => {
    for (const crit of [['exp'], ['b64'], [], 'exp']) expect(await codeOf(forge({ ...header, crit, b64: true }, claims, signing))).toBe('unauthenticated');
  });

  it.each(['exp', 'iss', 'aud', 'sub', 'name'])('is refused without %s', async (claim) => {
    expect(await codeOf(forge(header, { ...claims, [claim]: undefined }, signing))).toBe('unauthenticated');
    expect(await codeOf(forge(header, { ...claims, [claim]: null }, signing))).toBe('unauthenticated');
  });

  it.each([
    ['an issuer of another', { iss: 'other' }], ['several issuers', { iss: ['parley', 'other'] }], ['an audience of another', { aud: 'other' }], ['a past expiry', { exp: nowSeconds() - 1 }], ['a start to come', { nbf: nowSeconds() + 60 }],
    ['an expiry as text', { exp: '9999999999' }], ['an endless expiry', { exp: true }], ['an expiry of a list', { exp: [] }], ['a negative expiry', { exp: -1 }],
    ['a life of years', { iat: nowSeconds() - 367 * 86_400, exp: nowSeconds() + 1e9 }],
    ['no user id', { sub: 'root' }], ['a user id and more', { sub: `${newUserId()}' OR '1'='1` }], ['a list of users', { sub: [newUserId()] }],
    ['a name with control characters', { name: 'a\nb' }], ['a session id that is none', { sid: '../x' }], ['a device that is none', { dev: '../../etc/passwd' }],
  ])('is refused with %s', async (_, wrong) => {
    expect(await codeOf(forge(header, { ...claims, ...wrong }, signing))).toBe('unauthenticated');
  });

  it('is refused with any part of it changed', async () => {
    const [head, body, signature] = sessions.issue({ id: newUserId(), name: 'Ada' }).token.split('.') as [string, string, string];
    for (const token of [
      `${head}.${base64(claims)}.${signature}`, `${base64({ ...header, typ: 'at+jwt' })}.${body}.${signature}`, `${head}.${body}.`, `${head}.${body}`, `${head}.${body}.${signature.slice(0, -8)}`,
      `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`, `${head}.${body}.${signature}.${signature}`,
    ]) expect(await codeOf(token)).toBe('unauthenticated');
  });

  it('is refused if it is no token at all', async () => {
    for (const token of ['', 'x', 'a.b.c', '..', 'null', `${'e'.repeat(8000)}.x.y`, `${base64([])}.${base64([])}.x`, `${base64(null)}.${base64(null)}.`, '\0.\0.\0']) expect(await codeOf(token)).toBe('unauthenticated');
  });
});

describe('a socket with such a token', () => {
  it('is refused with the same answer, whatever was wrong, and hears nothing of why', async () => {
    const node = await createRig().node({ sessions });
    const answers = new Set<string>();
    for (const token of [forge(header, claims, generatePrivateKey()), forge({ ...header, kid: '/dev/null' }, claims, signing), forge(header, { ...claims, aud: 'other' }, signing), forgeHmac({ ...header, alg: 'HS256' }, claims, 'a')]) {
      const refused = await connect(node.url, { token, expiresAt: 0, user: { id: claims.sub, name: 'Ada' } }).then(() => null, (error: unknown) => error);
      answers.add(JSON.stringify((refused as { data?: unknown } | null)?.data));
    }
    expect([...answers]).toHaveLength(1);
    expect(JSON.parse([...answers][0] ?? 'null')).toMatchObject({ code: 'unauthenticated', retryable: false });
    expect(node.errors).toEqual([]);
  });
});
