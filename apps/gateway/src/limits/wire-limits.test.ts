import { describe, expect, it } from 'vitest';
import { newCmid } from '@parley/domain';
import { LIMITS } from '@parley/protocol';
import { openSession } from '@parley/testkit/wire-client';
import { cmid, createRig, DEFAULT_LIMITS, limiterOf, metric, roomOf, say, type Node } from '../testing/rig.ts';

const NEVER = 0.001;
const json = { 'content-type': 'application/json' };
const signIn = (node: Node, headers: Record<string, string> = {}) =>
  fetch(`${node.url}/api/session`, { method: 'POST', headers: { ...json, ...headers }, body: '{"name":"Ada"}' });
const handshake = (node: Node, headers: Record<string, string> = {}) => fetch(`${node.url}/socket.io/?EIO=4&transport=polling`, { headers });

describe('limits of commands', () => {
  it('are of each user, by what they do: one that is used up leaves the others', async () => {
    const tight = { perSecond: NEVER, burst: 3 };
    const node = await createRig().node({ limiter: limiterOf({ user_sends: tight, user_reads: tight, user_joins: tight, user_signals: tight }) });
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const { roomId } = await roomOf(ada, bob);
    const read = () => bob.raw('room:list', { scope: 'mine' });
    for (let n = 0; n < 3; n += 1) expect(await read()).toMatchObject({ ok: true });
    expect(await read()).toMatchObject({ ok: false, error: { code: 'rate_limited', retryable: true, retryAfterMs: expect.any(Number) as number } });
    for (const [name, request] of [
      ['room:members', { roomId }], ['room:sync', { roomId, epoch: 1, after: 0 }], ['room:history', { roomId }], ['user:get', { userIds: [bob.session.user.id] }],
    ] as const) expect(await bob.raw(name, request), name).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
    for (let n = 0; n < 3; n += 1) await say(bob, roomId, 'still');
    expect(await bob.raw('message:send', { roomId, cmid: cmid(), body: 'no more' })).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
    const types = () => bob.raw('typing:set', { roomId, typing: true });
    for (let n = 0; n < 3; n += 1) expect((await types()).error?.code).not.toBe('rate_limited');
    expect(await types()).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
    // One of three joins is used.
    expect(await bob.raw('room:join', { roomIds: [roomId, roomId, roomId] })).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
    expect(await bob.raw('room:join', { roomIds: [roomId, roomId] })).toMatchObject({ ok: true });
    await say(ada, roomId, 'not me');
    expect(await metric(node, 'rate_limited_total')).toBe(8);
  });

  it('let a resume of two thousand rooms pass as they are by default, and no endless asking for rooms', async () => {
    const node = await createRig().node({ limiter: limiterOf({ user_joins: DEFAULT_LIMITS.user_joins }) });
    const ada = await node.guest('Ada');
    const { roomId } = await roomOf(ada);
    const roomIds = Array.from({ length: LIMITS.joinRooms }, () => roomId);
    const resume = () => ada.raw('room:join', { roomIds, resume: true });
    const answers = await Promise.all(Array.from({ length: 60 }, resume));
    const passed = answers.filter(({ ok }) => ok).length;
    expect(passed).toBeGreaterThanOrEqual(20);
    // What came back while they were answered is two a second.
    expect(passed).toBeLessThan(60);
    expect(answers.find(({ ok }) => !ok)?.error).toMatchObject({ code: 'rate_limited' });
  });

  it('are not used up for a room by who does not listen to it: a stranger, or one who was removed', async () => {
    const node = await createRig().node({ limiter: limiterOf({ room_changes: { perSecond: NEVER, burst: 4 } }) });
    const [ada, eve] = [await node.guest('Ada'), await node.guest('Eve')];
    const { roomId } = await roomOf(ada);
    const codes: (string | undefined)[] = [];
    for (let n = 0; n < 6; n += 1) codes.push((await eve.raw('message:send', { roomId, cmid: newCmid(), body: 'x' })).error?.code);
    expect(codes).toEqual([...Array.from({ length: 4 }, () => 'not_member'), 'rate_limited', 'rate_limited']);
    for (let n = 0; n < 4; n += 1) await say(ada, roomId, 'undisturbed');
  });

  it('bound what all users together change in a room, and no other room', async () => {
    const node = await createRig().node({ limiter: limiterOf({ room_changes: { perSecond: NEVER, burst: 4 } }) });
    const clients = await Promise.all(['Ada', 'Bob', 'Eve'].map((name) => node.guest(name)));
    const [ada, bob, eve] = clients as [typeof clients[0], typeof clients[0], typeof clients[0]];
    const { roomId } = await roomOf(ada, bob, eve);
    const answers = await Promise.all(clients.flatMap((each) => [1, 2].map(() => each.raw('message:send', { roomId, cmid: newCmid(), body: 'x' }))));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(4);
    expect(answers.find(({ ok }) => !ok)?.error).toMatchObject({ code: 'rate_limited', retryable: true });
    const other = await roomOf(ada, bob);
    await say(bob, other.roomId, 'here');
    expect(await bob.raw('room:history', { roomId })).toMatchObject({ ok: true });
  });
});

describe('limits of an address', () => {
  const everybody = { addressExempt: [], trustedProxies: [] };

  it('hold guests who sign in', async () => {
    const node = await createRig().node({ limiter: limiterOf({ address_sign_ins: { perSecond: NEVER, burst: 2 } }), settings: { admission: everybody } });
    expect([(await signIn(node)).status, (await signIn(node)).status]).toEqual([200, 200]);
    const refused = await signIn(node);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ ok: false, error: { code: 'rate_limited', retryable: true } });
  });

  it('are not escaped by a header that nobody trusted has set', async () => {
    const node = await createRig().node({ limiter: limiterOf({ address_sign_ins: { perSecond: NEVER, burst: 2 } }), settings: { admission: everybody } });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await signIn(node, { 'x-forwarded-for': `198.51.100.${n}` })).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
  });

  it('are of the client where a proxy is trusted', async () => {
    const node = await createRig().node({
      limiter: limiterOf({ address_sign_ins: { perSecond: NEVER, burst: 2 } }), settings: { admission: { trustedProxies: ['loopback'] } },
    });
    const statusOf = async (forwarded: string) => (await signIn(node, { 'x-forwarded-for': forwarded })).status;
    expect([await statusOf('198.51.100.1'), await statusOf('192.0.2.1, 198.51.100.1'), await statusOf('192.0.2.2, 198.51.100.1')]).toEqual([200, 200, 429]);
    expect(await statusOf('198.51.100.2')).toBe(200);
  });

  it('hold new connections, over either transport', async () => {
    const node = await createRig().node({ limiter: limiterOf({ address_connections: { perSecond: NEVER, burst: 2 } }), settings: { admission: everybody } });
    expect((await handshake(node)).status).toBe(200);
    await node.guest('Ada');
    const refused = await handshake(node);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await expect(node.guest('Bob')).rejects.toThrow('websocket error');
    expect(await metric(node, 'connections_refused_total')).toBe(2);
    expect(await metric(node, 'sockets')).toBe(1);
  });

  it('hold open connections, and let another in once one has gone', async () => {
    const node = await createRig().node({ settings: { admission: { ...everybody, addressSockets: 2 } } });
    const [ada] = [await node.guest('Ada'), await node.guest('Bob')];
    await expect(node.guest('Eve')).rejects.toThrow('websocket error');
    ada.socket.close();
    await expect.poll(() => metric(node, 'sockets')).toBe(1);
    await node.guest('Eve');
  });

  it('count nobody on this machine, unless told', async () => {
    const node = await createRig().node({ limiter: limiterOf({ address_sign_ins: { perSecond: NEVER, burst: 1 }, address_connections: { perSecond: NEVER, burst: 1 } }) });
    for (const name of ['Ada', 'Bob', 'Eve']) await node.guest(name);
    expect(await openSession(node.url, 'Kim')).toBeTruthy();
  });
});
