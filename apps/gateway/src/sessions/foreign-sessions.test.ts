import { describe, expect, it } from 'vitest';
import { silentLogger } from '@parley/runtime';
import { waitFor } from '@parley/testkit';
import { issuerKey, PATIENT, startIssuer, type Issuer } from '../testing/issuer.ts';
import { createForeignSessions } from './foreign-sessions.ts';
import { foreignUserId } from './foreign-user-id.ts';
import type { IssuerKeysTimes } from './issuer-keys.ts';

const sessionsOf = ({ iss, jwksUrl }: Issuer, times: Partial<IssuerKeysTimes> = {}, claims: { name: string; device?: string | undefined } = { name: 'name' }) =>
  createForeignSessions({ issuer: { iss, jwksUrl, audience: ['parley'], algorithms: ['RS256'], claims }, logger: silentLogger(), times: { ...PATIENT, ...times } });

describe('a session that another issuer vouches for', () => {
  it('is of the user that the issuer and its subject make, by the claims that are mapped', async () => {
    const issuer = await startIssuer();
    const sessions = sessionsOf(issuer, {}, { name: 'preferred_username', device: 'did' });
    const began = Math.floor(Date.now() / 1000) - 100;
    const session = await sessions.verify(await issuer.sign({ preferred_username: ' ally ', did: 'laptop-12345', sid: 'S-1', auth_time: began }));
    expect(session).toMatchObject({ id: 'S-1', deviceId: 'laptop-12345', user: { id: foreignUserId(issuer.iss, 'alice'), name: 'ally' }, issuedAt: began * 1000, issuer: issuer.iss });
    expect(session.expiresAt).toBeGreaterThan(Date.now());
  });

  it('has an id of its own, by sid, jti or the token itself, and one of ours where the issuer writes another kind', async () => {
    const issuer = await startIssuer();
    const sessions = sessionsOf(issuer);
    const idOf = async (claims: Record<string, unknown>): Promise<string> => (await sessions.verify(await issuer.sign(claims))).id;
    expect(await idOf({ sid: 'a', jti: 'b' })).toBe('a');
    expect(await idOf({ jti: 'b' })).toBe('b');
    expect(await idOf({ sid: 'not one of ours/=' })).toMatch(/^h:[\w-]{43}$/);
    expect(await idOf({ sid: 'x'.repeat(500) })).not.toBe(await idOf({ sid: 'x'.repeat(501) }));
    expect(await idOf({})).toMatch(/^h:/);
  });

  it('has a name that is cut and cleaned to be one of ours, and is refused without any', async () => {
    const issuer = await startIssuer();
    const sessions = sessionsOf(issuer);
    const nameOf = async (name: unknown): Promise<string> => (await sessions.verify(await issuer.sign({ name }))).user.name;
    expect(await nameOf('a\nb\u2028c')).toBe('a b c');
    expect(await nameOf(`${'x'.repeat(63)}😀`)).toBe('x'.repeat(63));
    for (const none of ['', '  ', 7, null, undefined, ['Ada']]) await expect(nameOf(none)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('the keys of an issuer', () => {
  it('are asked for once, and again for a key that is new, not for each that is unknown', async () => {
    const [one, two, nobody] = [await issuerKey('one'), await issuerKey('two'), await issuerKey('nobody')];
    const issuer = await startIssuer([one]);
    const sessions = sessionsOf(issuer, { unknownKidMs: 50 });
    await Promise.all(Array.from({ length: 20 }, async () => sessions.verify(await issuer.sign())));
    expect(issuer.asked).toBe(1);
    issuer.keys = [two, one];
    await waitFor('the new key to be asked for', async () => sessions.verify(await issuer.sign({}, two)).then(() => true, () => false));
    expect(issuer.asked).toBe(2);
    const forged = await issuer.sign({}, nobody);
    const careful = sessionsOf(issuer);
    for (let time = 0; time < 50; time += 1) await expect(careful.verify(forged)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(issuer.asked).toBe(3);
  });

  it('serve while the issuer is away, until they are too old, and come back with it', async () => {
    const issuer = await startIssuer();
    const times = { freshMs: 0, retryMs: 0 };
    const [sessions, strict] = [sessionsOf(issuer, times), sessionsOf(issuer, { ...times, staleMs: 0 })];
    const token = await issuer.sign();
    for (const each of [sessions, strict]) await each.verify(token);
    issuer.answer = (response) => void response.writeHead(500).end();
    expect(await sessions.verify(token)).toMatchObject({ user: { name: 'Alice' } });
    await expect(strict.verify(token)).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 5_000 });
    issuer.answer = null;
    expect(await strict.verify(token)).toMatchObject({ user: { name: 'Alice' } });
  });

  it('are no longer good once the issuer has taken them out', async () => {
    const issuer = await startIssuer();
    const sessions = sessionsOf(issuer, { freshMs: 0 });
    const token = await issuer.sign();
    await sessions.verify(token);
    issuer.keys = [await issuerKey('two')];
    await expect(sessions.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('are asked for at most every few seconds while the issuer is away, whoever comes', async () => {
    const issuer = await startIssuer();
    issuer.answer = (response) => void response.writeHead(503).end();
    const sessions = sessionsOf(issuer);
    for (let time = 0; time < 20; time += 1) await expect(sessions.verify(await issuer.sign())).rejects.toMatchObject({ code: 'unavailable' });
    expect(issuer.asked).toBe(1);
  });

  it.each<[string, NonNullable<Issuer['answer']>]>([
    ['leads elsewhere', (response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
    ['never ends', (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => { if (!response.destroyed) response.write('x'.repeat(65_536), () => setImmediate(more)); };
      more();
    }],
    ['never comes', () => undefined],
    ['is no JSON', (response) => void response.writeHead(200).end('<html>')],
    ['is no set of keys', (response) => void response.writeHead(200).end('{"keys":"none"}')],
    ['is cut short', (response) => { response.writeHead(200, { 'content-length': '1000' }).write('{'); setImmediate(() => response.destroy()); }],
  ])('are not there when the answer %s, and nobody waits for long', async (_, answer) => {
    const issuer = await startIssuer();
    issuer.answer = answer;
    const sessions = sessionsOf(issuer, { timeoutMs: 300 });
    await expect(sessions.verify(await issuer.sign())).rejects.toMatchObject({ code: 'unavailable', message: 'the issuer of the token cannot be asked for its keys' });
  });
});
