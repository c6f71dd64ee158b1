import { createHmac, generateKeyPairSync, sign as cryptoSign } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { ulid } from 'ulid';
import { newUserId } from '@parley/domain';
import { ProtocolError } from '@parley/protocol';
import { generateKey } from './session-key.ts';
import { createSessions } from './sessions.ts';

const key = generateKey();
const settings = { key, issuer: 'parley', audience: 'parley', ttlSeconds: 60 };
const sessions = createSessions(settings);
const ada = { id: newUserId(), name: 'Ada' };
const now = () => Math.floor(Date.now() / 1000);

const claims = { sub: ada.id, name: 'Ada', sid: ulid(), iss: 'parley', aud: 'parley', exp: now() + 60 };
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** Signs what the library would refuse to. */
const sign = (payload: object, signer = key.privateKey) => {
  const head = `${base64({ alg: 'ES256', typ: 'JWT' })}.${base64(payload)}`;
  return `${head}.${cryptoSign('sha256', Buffer.from(head), { key: signer, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
};

const codeOf = async (token: string): Promise<string> => {
  try {
    await sessions.verify(token);
    return 'accepted';
  } catch (error) {
    return error instanceof ProtocolError ? error.code : `threw ${String(error)}`;
  }
};

describe('a session token', () => {
  it('says whose it is and until when', async () => {
    const { token, expiresAt } = sessions.issue(ada);
    expect(await sessions.verify(token)).toMatchObject({ user: ada, expiresAt });
    expect(expiresAt).toBeGreaterThan(Date.now() + 58_000);
    expect(await codeOf(sign(claims))).toBe('accepted');
  });

  it('is refused without a signature', async () => {
    expect(await codeOf(`${base64({ alg: 'none', typ: 'JWT' })}.${base64(claims)}.`)).toBe('unauthenticated');
  });

  it('is refused if signed by HMAC with the public key as its secret', async () => {
    for (const secret of [key.publicKey.export({ type: 'spki', format: 'pem' }), key.publicKey.export({ type: 'spki', format: 'der' })]) {
      const head = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64(claims)}`;
      expect(await codeOf(`${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`)).toBe('unauthenticated');
    }
  });

  it('is refused if signed by another key, or by another algorithm', async () => {
    expect(await codeOf(sign(claims, generateKey().privateKey))).toBe('unauthenticated');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(await codeOf(jwt.sign(claims, rsa.privateKey, { algorithm: 'RS256' }))).toBe('unauthenticated');
  });

  it.each(['exp', 'iss', 'aud', 'sub', 'name'])('is refused without %s', async (claim) => {
    expect(await codeOf(sign({ ...claims, [claim]: undefined }))).toBe('unauthenticated');
  });

  it.each([
    ['an issuer of another', { iss: 'other' }], ['an audience of another', { aud: 'other' }], ['a past expiry', { exp: now() - 1 }], ['a start to come', { nbf: now() + 60 }],
    ['no user id', { sub: 'root' }], ['a name with control characters', { name: 'a\nb' }],
  ])('is refused with %s', async (_, other) => {
    expect(await codeOf(sign({ ...claims, ...other }))).toBe('unauthenticated');
  });

  it('is refused if expiry is not a number', async () => {
    for (const exp of ['9999999999', null, true, []]) expect(await codeOf(sign({ ...claims, exp }))).toBe('unauthenticated');
  });

  it('is refused if it is no token at all', async () => {
    for (const token of ['', 'x', 'a.b.c', '..', 'null', `${'e'.repeat(8000)}.x.y`]) expect(await codeOf(token)).toBe('unauthenticated');
  });

  it('is refused with a part changed', async () => {
    const [head, , signature] = sessions.issue(ada).token.split('.');
    expect(await codeOf(`${head}.${base64({ ...claims, sub: newUserId() })}.${signature}`)).toBe('unauthenticated');
  });
});
