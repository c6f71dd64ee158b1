import { newCmid, newUserId } from '@parley/domain';
import type { DeviceId, ErrorCode, SessionResponse, UserId, WireError } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bodiesOf, cmid, createRig, roomOf, say, sessions, waitForBodies, type Node, type Rig } from '../testing/rig.ts';
import { STANDING_LIMITS } from './limits.ts';

const idOf = ({ session }: Client): UserId => session.user.id;

/** Known to all gateways by the time they are asked again. */
const makeAdmin = async ({ moderation }: Rig, client: Client): Promise<void> => {
  await moderation.act({ act: 'user.made_admin', userId: idOf(client), by: null, cmid: newCmid() });
  await waitFor('the admin to be known', async () => (await client.ask('user:unban', { cmid: cmid(), userId: newUserId() })).ok);
};
const codeOf = async (answer: Promise<{ ok: true } | { ok: false; error: WireError }>): Promise<ErrorCode | 'ok'> => {
  const given = await answer;
  return given.ok ? 'ok' : given.error.code;
};
/** What a sign-in with this token is told; `null`: it is let in. */
const signIn = async ({ url }: Node, { token }: Pick<SessionResponse, 'token'>): Promise<WireError | null> => {
  try {
    const client = await connect(url, { token } as SessionResponse);
    onTestFinished(() => void client.socket.close());
    return null;
  } catch (error) {
    return (error as { data: WireError }).data;
  }
};
const ended = async (...clients: Client[]): Promise<(string | undefined)[]> => {
  await waitFor('the sockets to be closed', () => clients.every(({ socket }) => !socket.connected));
  return clients.map((client) => client.heard('session:ended')[0]?.error.code);
};
const another = async ({ url }: Node, session: SessionResponse, transports = ['websocket']): Promise<Client> => {
  const client = await connect(url, session, { transports });
  onTestFinished(() => void client.socket.close());
  return client;
};

describe('a ban of the server', () => {
  it('closes every socket of the user with what, why and until when, on every gateway and without a hint', async () => {
    const rig = createRig();
    const [one, two] = [await rig.node(), await rig.node()];
    const [admin, troll] = [await one.guest('Admin'), await one.guest('Troll')];
    await makeAdmin(rig, admin);
    const sockets = [troll, await another(two, troll.session), await another(two, troll.session, ['polling'])];
    const { roomId } = await roomOf(admin, troll);
    for (const each of sockets.slice(1)) await each.must('room:join', { roomId });
    rig.moderation.serverActs.mute = true;
    const { until } = await admin.must('user:ban', { cmid: cmid(), userId: idOf(troll), forMs: 60_000, reason: 'spam in every room' });
    expect(until).toBeGreaterThan(Date.now() + 50_000);
    const sanction = { kind: 'ban', reason: 'spam in every room', until };
    expect(await ended(...sockets)).toEqual(['banned', 'banned', 'banned']);
    for (const each of sockets) expect(each.heard('session:ended')).toMatchObject([{ error: { code: 'banned', retryable: false, sanction } }]);
    await say(admin, roomId, 'quiet at last');
    await waitForBodies(admin, 'quiet at last');
    expect(sockets.flatMap(bodiesOf)).toEqual([]);
    for (const node of [one, two]) expect(await signIn(node, troll.session)).toMatchObject({ code: 'banned', sanction });
  });

  it('is over by itself, and once it is undone', async () => {
    const rig = createRig();
    const node = await rig.node();
    const [admin, troll] = [await node.guest('Admin'), await node.guest('Troll')];
    await makeAdmin(rig, admin);
    await admin.must('user:ban', { cmid: cmid(), userId: idOf(troll), forMs: 1_000, reason: 'cool down' });
    expect(await signIn(node, troll.session)).toMatchObject({ code: 'banned' });
    await waitFor('the ban to end', async () => (await signIn(node, troll.session)) === null);
    await admin.must('user:ban', { cmid: cmid(), userId: idOf(troll), forMs: null, reason: 'for good' });
    expect(await signIn(node, troll.session)).toMatchObject({ code: 'banned', sanction: { until: null } });
    await admin.must('user:unban', { cmid: cmid(), userId: idOf(troll) });
    expect(await signIn(node, troll.session)).toBeNull();
  });

  it('holds at a gateway that starts after it, and sign-in goes on there while the store is away', async () => {
    const rig = createRig();
    const first = await rig.node();
    const [ada, troll] = [await first.guest('Ada'), await first.guest('Troll')];
    await rig.moderation.act({ act: 'user.banned', userId: idOf(troll), until: null, reason: 'spam', by: null, cmid: newCmid() });
    const second = await rig.node();
    await waitFor('readiness', () => Object.keys(second.gateway.failing()).length === 0);
    rig.moderation.away = true;
    expect(await signIn(second, troll.session)).toMatchObject({ code: 'banned' });
    expect(await signIn(second, ada.session)).toBeNull();
  });

  it('is not passed by at a gateway that has not read yet who is banned: it lets nobody in and is not ready', async () => {
    const rig = createRig();
    const { session } = await (await rig.node()).guest('Ada');
    rig.moderation.away = true;
    const node = await rig.node();
    expect(await signIn(node, session)).toMatchObject({ code: 'unavailable', retryable: true });
    expect(node.gateway.failing()).toMatchObject({ standing: expect.any(String) });
    rig.moderation.away = false;
    await waitFor('readiness', () => !('standing' in node.gateway.failing()));
    expect(await signIn(node, session)).toBeNull();
  });

  it('is for admins, against anyone but admins, themselves, and who does not exist', async () => {
    const rig = createRig();
    const node = await rig.node();
    const [admin, other, ada] = [await node.guest('Admin'), await node.guest('Other'), await node.guest('Ada')];
    await makeAdmin(rig, admin);
    await makeAdmin(rig, other);
    const ban = (by: Client, userId: UserId) => codeOf(by.ask('user:ban', { cmid: cmid(), userId, forMs: null, reason: 'because' }));
    expect(await ban(ada, idOf(other))).toBe('forbidden');
    expect(await codeOf(ada.ask('user:unban', { cmid: cmid(), userId: idOf(other) }))).toBe('forbidden');
    expect([await ban(admin, idOf(admin)), await ban(admin, idOf(other)), await ban(admin, newUserId())]).toEqual(['forbidden', 'forbidden', 'user_not_found']);
    expect(rig.moderation.serverActs.acts.some(({ act }) => act === 'user.banned')).toBe(false);
    await rig.moderation.act({ act: 'user.unmade_admin', userId: idOf(admin), by: null, cmid: newCmid() });
    await waitFor('the admin to be none', async () => (await ban(admin, newUserId())) === 'forbidden');
    expect(await ban(other, idOf(admin))).toBe('ok');
  });

  it('sent twice is one ban, with the end of the first', async () => {
    const rig = createRig();
    const node = await rig.node();
    const [admin, troll] = [await node.guest('Admin'), await node.guest('Troll')];
    await makeAdmin(rig, admin);
    const command = { cmid: cmid(), userId: idOf(troll), forMs: 60_000, reason: 'spam' };
    expect(await admin.must('user:ban', command)).toEqual(await admin.must('user:ban', command));
    expect(rig.moderation.serverActs.acts.filter(({ act }) => act === 'user.banned').length).toBe(1);
  });
});

describe('ending sessions', () => {
  /** Three sessions of one user, the last two on one device. */
  const threeOf = async (node: Node): Promise<[Client, Client, Client]> => {
    const user = { id: newUserId(), name: 'Ada' };
    const device = 'device-1' as DeviceId;
    const open = async (deviceId?: DeviceId) => another(node, { ...sessions.issue(user, deviceId), user });
    return [await open(), await open(device), await open(device)];
  };

  it('of this one closes its sockets on every gateway, and its token is refused from then on', async () => {
    const rig = createRig();
    const [one, two] = [await rig.node(), await rig.node()];
    const ada = await one.guest('Ada');
    const same = await another(two, ada.session);
    rig.moderation.serverActs.mute = true;
    await ada.raw('session:revoke', { cmid: cmid(), what: { scope: 'this' } }).catch(() => undefined);
    expect(await ended(ada, same)).toEqual(['session_revoked', 'session_revoked']);
    for (const node of [one, two]) expect(await signIn(node, ada.session)).toMatchObject({ code: 'session_revoked', retryable: false });
  });

  it('of the others leaves this one, of a device its own, of all none', async () => {
    const node = await createRig().node();
    const [a, b, c] = await threeOf(node);
    await a.must('session:revoke', { cmid: cmid(), what: { scope: 'others' } });
    expect(await ended(b, c)).toEqual(['session_revoked', 'session_revoked']);
    expect(a.socket.connected).toBe(true);
    const [d, e, f] = await threeOf(node);
    await d.must('session:revoke', { cmid: cmid(), what: { scope: 'device', deviceId: 'device-1' } });
    expect(await ended(e, f)).toEqual(['session_revoked', 'session_revoked']);
    expect(d.socket.connected).toBe(true);
    const [g, h, i] = await threeOf(node);
    void g.raw('session:revoke', { cmid: cmid(), what: { scope: 'all' } }).catch(() => undefined);
    expect(await ended(g, h, i)).toEqual(['session_revoked', 'session_revoked', 'session_revoked']);
    // Another sign-in of the same user begins later, and is let in.
    await waitFor('the next millisecond', () => signIn(node, sessions.issue(g.session.user)).then((refusal) => refusal === null));
  });

  it('of another user is for admins, who name the session or the device or end all', async () => {
    const rig = createRig();
    const node = await rig.node();
    const [admin, ada, bob] = [await node.guest('Admin'), await node.guest('Ada'), await node.guest('Bob')];
    await makeAdmin(rig, admin);
    expect(await codeOf(bob.ask('session:revoke', { cmid: cmid(), userId: idOf(ada), what: { scope: 'all' } }))).toBe('forbidden');
    for (const scope of ['this', 'others'] as const) {
      expect(await codeOf(admin.ask('session:revoke', { cmid: cmid(), userId: idOf(ada), what: { scope } }))).toBe('bad_request');
    }
    const { id } = await sessions.verify(ada.session.token);
    await admin.must('session:revoke', { cmid: cmid(), userId: idOf(ada), what: { scope: 'session', sessionId: id } });
    expect(await ended(ada)).toEqual(['session_revoked']);
    await admin.must('session:revoke', { cmid: cmid(), userId: idOf(bob), what: { scope: 'all' } });
    expect(await ended(bob)).toEqual(['session_revoked']);
  });

  it('one by one is bounded for each user, and to end all is always possible', async () => {
    const rig = createRig();
    const node = await rig.node();
    const ada = await node.guest('Ada');
    const end = (n: number) => codeOf(ada.ask('session:revoke', { cmid: cmid(), what: { scope: 'session', sessionId: `session-${n}` } }));
    for (let n = 0; n < STANDING_LIMITS.ownRevocations; n += 1) expect(await end(n)).toBe('ok');
    expect(await end(STANDING_LIMITS.ownRevocations)).toBe('limit_reached');
    void ada.raw('session:revoke', { cmid: cmid(), what: { scope: 'all' } }).catch(() => undefined);
    expect(await ended(ada)).toEqual(['session_revoked']);
  });
});

describe('the sockets of one user', () => {
  it('are bounded: the newest is refused and the others stay, until one goes', async () => {
    const node = await createRig().node({ settings: { admission: { userSockets: 3 } } });
    const first = await node.guest('Ada');
    const [second] = [await another(node, first.session), await another(node, first.session)];
    expect(await signIn(node, first.session)).toMatchObject({ code: 'rate_limited', retryable: true, retryAfterMs: expect.any(Number) });
    expect([first.socket.connected, second.socket.connected]).toEqual([true, true]);
    await node.guest('Bob');
    second.socket.close();
    await waitFor('a place', async () => (await signIn(node, first.session)) === null);
  });

  it('are bounded also when they come at once', async () => {
    const node = await createRig().node({ settings: { admission: { userSockets: 5 } } });
    const session = await openSession(node.url, 'Ada');
    const refused = await Promise.all(Array.from({ length: 12 }, () => signIn(node, session)));
    expect([refused.filter((each) => each === null).length, refused.filter((each) => each?.code === 'rate_limited').length]).toEqual([5, 7]);
  });
});

describe('the rooms that one socket listens to', () => {
  it('are bounded: one more is refused, whoever listens goes on, and leaving one makes a place', async () => {
    const node = await createRig().node({ settings: { socketRooms: 3 } });
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const rooms = [];
    for (let n = 0; n < 3; n += 1) rooms.push((await roomOf(ada)).roomId);
    expect(await codeOf(ada.ask('room:create', { kind: 'public', name: 'one more', cmid: cmid() }))).toBe('limit_reached');
    const { roomId } = await roomOf(bob);
    expect(await codeOf(ada.ask('room:join', { roomId }))).toBe('limit_reached');
    const answer = await ada.must('room:join', { roomIds: [rooms[0]!, roomId] });
    expect('rooms' in answer && answer.rooms.map((room) => (room.ok ? 'ok' : room.error.code))).toEqual(['ok', 'limit_reached']);
    expect(await codeOf(bob.ask('member:add', { cmid: cmid(), roomId, userId: idOf(ada) }))).toBe('ok');
    await ada.must('room:leave', { roomId: rooms[0]!, cmid: cmid() });
    await waitFor('the place', async () => (await codeOf(ada.ask('room:join', { roomId }))) === 'ok');
  });
});
