import { decodeJwt, decodeProtectedHeader } from 'jose';
import { decodeTime } from 'ulid';
import { describe, expect, it } from 'vitest';
import { newUserId } from '@parley/domain';
import { deviceIdSchema } from '@parley/protocol';
import { silentLogger } from '@parley/runtime';
import { generatePrivateKey, parseKeySet, toPem } from './key-set.ts';
import type { SessionKeys } from './session-keys.ts';
import { createSessions } from './sessions.ts';

const ada = { id: newUserId(), name: 'Ada' };
const [first, second] = [toPem(generatePrivateKey()), toPem(generatePrivateKey())];

const keysOf = (pem: string): SessionKeys & { use(pem: string): void } => {
  let current = parseKeySet(pem, 'a test');
  return { get current() { return current; }, use: (other) => { current = parseKeySet(other, 'a test'); }, close: () => undefined };
};
const sessionsWith = (keys: SessionKeys, ttlSeconds = 60) => createSessions({ keys, issuer: 'parley', audience: 'parley', ttlSeconds, logger: silentLogger() });

describe('a session', () => {
  const sessions = sessionsWith(keysOf(first));

  it('is told of by its token: which, whose, on which device, since when and until when', async () => {
    const deviceId = deviceIdSchema.parse('phone-1234');
    const { token, expiresAt } = sessions.issue(ada, deviceId);
    const session = await sessions.verify(token);
    expect(session).toMatchObject({ user: ada, deviceId, expiresAt, issuer: null });
    expect(session.issuedAt).toBe(decodeTime(session.id));
    expect(Math.abs(session.issuedAt - Date.now())).toBeLessThan(2_000);
    expect(expiresAt).toBeGreaterThan(Date.now() + 58_000);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'JWT', kid: parseKeySet(first, 'x').signing.kid });
    expect(decodeJwt(token)).toMatchObject({ iss: 'parley', aud: 'parley', sub: ada.id, sid: session.id, dev: deviceId });
  });

  it('is another at each sign-in, and on no device that was not named', async () => {
    const [one, two] = await Promise.all([sessions.verify(sessions.issue(ada).token), sessions.verify(sessions.issue(ada).token)]);
    expect(one.id).not.toBe(two.id);
    expect(one.deviceId).toBeNull();
  });

  it('is the same after a refresh, and has begun when it did', async () => {
    const before = await sessions.verify(sessionsWith(keysOf(first), 30).issue(ada, deviceIdSchema.parse('phone-1234')).token);
    const after = await sessions.verify(sessions.refresh(before).token);
    expect(after).toEqual({ ...before, expiresAt: after.expiresAt });
    expect(after.expiresAt).toBeGreaterThan(before.expiresAt);
  });
});

describe('keys in rotation', () => {
  it('overlap: what either signed is good while both are there, and nothing once its key is out', async () => {
    const keys = keysOf(first);
    const sessions = sessionsWith(keys);
    const old = sessions.issue(ada).token;
    keys.use(first + second);
    const stillFirst = sessions.issue(ada).token;
    keys.use(second + first);
    const fresh = sessions.issue(ada).token;
    for (const token of [old, stillFirst, fresh]) expect(await sessions.verify(token)).toMatchObject({ user: ada });
    expect(sessions.publicKeys().keys.map(({ kid }) => kid)).toEqual([second, first].map((pem) => parseKeySet(pem, 'x').signing.kid));
    keys.use(second);
    expect(await sessions.verify(fresh)).toMatchObject({ user: ada });
    for (const token of [old, stillFirst]) await expect(sessions.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('are shown to the world by their public halves alone', () => {
    const { keys } = sessionsWith(keysOf(first + second)).publicKeys();
    expect(keys).toHaveLength(2);
    expect(JSON.stringify(keys)).not.toContain('"d"');
  });
});
