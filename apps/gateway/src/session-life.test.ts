import { decodeTime } from 'ulid';
import { describe, expect, it } from 'vitest';
import { waitFor } from '@parley/testkit';
import { connect, type Client } from '@parley/testkit/wire-client';
import type { SessionResponse } from '@parley/protocol';
import { bodiesOf, cmid, createRig, metric, roomOf, say, sessions, sessionsOf, waitForBodies } from './testing/rig.ts';
import { issuerKey, PATIENT, startIssuer, type Issuer } from './testing/issuer.ts';
import type { Sessions } from './sessions/session.ts';
import { generatePrivateKey, parseKeySet, toPem } from './sessions/key-set.ts';
import { foreignUserId } from './sessions/foreign-user-id.ts';

/** Of which a refresh makes short ones, so that there is time for what comes before. */
const shortOnceRefreshed = (ttlSeconds: number): Sessions => {
  const short = sessionsOf({ ttlSeconds });
  return { ...sessions, refresh: (session) => short.refresh(session) };
};
const issuersOf = (...issuers: Issuer[]) => issuers.map(({ iss, jwksUrl }) => ({ iss, jwksUrl, audience: ['parley'], algorithms: ['RS256' as const], claims: { name: 'name' } }));
const withToken = (token: string): SessionResponse => ({ token }) as SessionResponse;
const closing = (client: Client): Promise<{ reason: string; at: number }> =>
  new Promise((resolve) => void client.socket.once('disconnect', (reason) => resolve({ reason, at: Date.now() })));

describe('a session that expires', () => {
  it.each(['websocket', 'polling'])('is told of before, and ends when it should: told why, and closed (%s)', async (transport) => {
    const node = await createRig().node({ sessions: shortOnceRefreshed(2) });
    const ada = await node.guest('Ada', { transports: [transport] });
    const heard: string[] = [];
    ada.socket.onAny((name: string) => void heard.push(name));
    const closed = closing(ada);
    const { token, expiresAt } = await ada.must('session:refresh', {});
    const { reason, at } = await closed;
    expect(heard).toEqual(['session:expiring', 'session:ended']);
    expect(reason).toBe('io server disconnect');
    expect(at - expiresAt).toBeGreaterThanOrEqual(0);
    // Two ticks of the wheel, as its own test has it; the rest is for a machine that is busy.
    expect(at - expiresAt).toBeLessThan(3_000);
    expect(ada.heard('session:expiring')).toEqual([{ expiresAt }]);
    expect(ada.heard('session:ended')).toMatchObject([{ error: { code: 'session_expired', retryable: false } }]);
    await waitFor('the connection to be gone', async () => (await metric(node, 'sockets')) === 0);
    await expect(connect(node.url, { ...ada.session, token })).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
  });

  it('hears nothing after it, while the others go on', async () => {
    const rig = createRig();
    const [shortly, longer] = [await rig.node({ sessions: shortOnceRefreshed(1) }), await rig.node()];
    const [ada, bob] = [await shortly.guest('Ada'), await longer.guest('Bob')];
    const { roomId } = await roomOf(ada, bob);
    const closed = closing(ada);
    await ada.must('session:refresh', {});
    await closed;
    await say(bob, roomId, 'after');
    await waitForBodies(bob, 'after');
    expect(bodiesOf(ada)).toEqual([]);
  });
});

describe('a session whose key is taken out', () => {
  it('ends at once, also where its socket is open, and not once it was refreshed by another key', async () => {
    const [old, fresh] = [toPem(generatePrivateKey()), toPem(generatePrivateKey())];
    let current = parseKeySet(old, 'a test');
    const node = await createRig().node({ sessions: sessionsOf({ keys: { get current() { return current; }, close: () => undefined } }) });
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    current = parseKeySet(fresh + old, 'a test');
    await bob.must('session:refresh', {});
    current = parseKeySet(fresh, 'a test');
    await closing(ada);
    expect(ada.heard('session:ended')).toMatchObject([{ error: { code: 'session_revoked' } }]);
    expect(await bob.must('room:list', { scope: 'mine' })).toMatchObject({ rooms: [] });
    expect(bob.heard('session:ended')).toEqual([]);
  });
});

describe('session:refresh', () => {
  it('gives the same session another token, and the socket its time', async () => {
    const node = await createRig().node({ sessions: shortOnceRefreshed(4) });
    const ada = await node.guest('Ada');
    const first = await ada.must('session:refresh', {});
    await waitFor('the notice', () => ada.heard('session:expiring').length === 1);
    const { token, expiresAt } = await ada.must('session:refresh', {});
    expect(expiresAt).toBeGreaterThan(first.expiresAt);
    const [before, after] = [await sessions.verify(ada.session.token), await sessions.verify(token)];
    expect(after).toEqual({ ...before, expiresAt });
    expect(decodeTime(after.id)).toBe(after.issuedAt);
    await waitFor('the first token to be over', () => Date.now() > first.expiresAt);
    expect(await ada.must('room:list', { scope: 'mine' })).toMatchObject({ rooms: [] });
    const again = await connect(node.url, { ...ada.session, token });
    expect(again.socket.connected).toBe(true);
    again.socket.close();
    await closing(ada);
    expect(ada.heard('session:expiring')).toEqual([{ expiresAt: first.expiresAt }, { expiresAt }]);
  });

  it('takes no token of another user, nor a bad one, and the socket goes on as it was', async () => {
    const node = await createRig().node();
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    expect(await ada.ask('session:refresh', { token: bob.session.token })).toMatchObject({ error: { code: 'forbidden' } });
    expect(await ada.ask('session:refresh', { token: `${ada.session.token}x` })).toMatchObject({ error: { code: 'unauthenticated' } });
    expect(await ada.ask('session:refresh', { token: 'x'.repeat(8_193) })).toMatchObject({ error: { code: 'too_large' } });
    const { user } = await ada.must('room:create', { kind: 'public', name: 'mine', cmid: cmid() }).then(() => ada.session);
    expect(user.name).toBe('Ada');
  });
});

describe('a user whom another issuer vouches for', () => {
  const signedIn = async (issuer: Issuer, rig = createRig()) => {
    const node = await rig.node({ sessions: sessionsOf({ issuers: issuersOf(issuer), issuerTimes: PATIENT }), settings: { guests: false } });
    return { rig, node };
  };

  it('signs in with the token of the issuer, has a row from then on, and speaks by the name it has there', async () => {
    const issuer = await startIssuer();
    const { rig, node } = await signedIn(issuer);
    const alice = await connect(node.url, withToken(await issuer.sign()));
    const id = foreignUserId(issuer.iss, 'alice');
    expect(await rig.store.findUsers([id])).toEqual([{ id, name: 'Alice' }]);
    const { roomId } = await roomOf(alice);
    await say(alice, roomId, 'hello');
    await waitForBodies(alice, 'hello');
    expect(alice.events().at(-1)).toMatchObject({ by: id, data: { name: 'Alice' } });
    // Known by now: needs neither the store nor, for a while, the issuer.
    rig.store.away = true;
    issuer.answer = (response) => void response.writeHead(500).end();
    const again = await connect(node.url, withToken(await issuer.sign()));
    await expect(connect(node.url, withToken(await issuer.sign({ sub: 'new' })))).rejects.toMatchObject({ data: { code: 'unavailable', retryable: true } });
    for (const { socket } of [alice, again]) socket.close();
  });

  it('goes on with a fresh token of the issuer, and with none that this server would make', async () => {
    const issuer = await startIssuer();
    const { node } = await signedIn(issuer);
    const now = Math.floor(Date.now() / 1000);
    const alice = await connect(node.url, withToken(await issuer.sign({ exp: now + 5 })));
    expect(await alice.ask('session:refresh', {})).toMatchObject({ error: { code: 'bad_request' } });
    const token = await issuer.sign({ exp: now + 500 });
    expect(await alice.must('session:refresh', { token })).toEqual(expect.objectContaining({ token, expiresAt: (now + 500) * 1000 }));
    expect(await alice.ask('session:refresh', { token: await issuer.sign({ sub: 'mallory' }) })).toMatchObject({ error: { code: 'forbidden' } });
    alice.socket.close();
  });

  it('is told to come again while the issuer is away and was never asked', async () => {
    const issuer = await startIssuer([await issuerKey('one')]);
    issuer.answer = (response) => void response.writeHead(503).end();
    const { node } = await signedIn(issuer);
    await expect(connect(node.url, withToken(await issuer.sign()))).rejects.toMatchObject({ data: { code: 'unavailable', retryable: true, retryAfterMs: 5_000 } });
    expect(node.errors).toEqual([]);
  });
});
