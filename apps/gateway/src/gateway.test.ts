import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { newUserId } from '@parley/domain';
import { LIMITS } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import { connect } from '@parley/testkit/wire-client';
import { withAppend } from './testing/with-append.ts';
import { bodiesOf, cmid, createRig, limiterOf, metric, roomOf, say, sessions, waitForBodies } from './testing/rig.ts';

describe('a gateway', () => {
  it('acks a message, and delivers it to all who listen, its sender among them', async () => {
    const node = await createRig().node();
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const room = await roomOf(ada, bob);
    const { epoch, seq, id } = await say(ada, room.roomId, 'hello');
    expect({ epoch, seq }).toEqual({ epoch: 1, seq: room.seq + 1 });
    for (const each of [ada, bob]) {
      await waitForBodies(each, 'hello');
      expect(each.events().find((event) => event.id === id)).toMatchObject({ seq, data: { name: 'Ada', body: 'hello' } });
    }
  });

  it('sends the ack before the message', async () => {
    const node = await createRig().node();
    const ada = await node.guest('Ada');
    const { roomId } = await roomOf(ada);
    const order: string[] = [];
    ada.socket.on('room:events', () => order.push('event'));
    for (let n = 0; n < 20; n += 1) {
      await new Promise<void>((resolve) => {
        ada.socket.emit('message:send', { roomId, cmid: cmid(), body: 'x' }, () => {
          order.push('ack');
          resolve();
        });
      });
      await waitFor('the event', () => order.length === 2 * (n + 1));
    }
    expect(order).toEqual(Array.from({ length: 20 }, () => ['ack', 'event']).flat());
  });

  it('answers the same cmid the same way, and says it once', async () => {
    const node = await createRig().node();
    const ada = await node.guest('Ada');
    const { roomId } = await roomOf(ada);
    const message = { roomId, cmid: cmid(), body: 'once' };
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => ada.must('message:send', { ...message, attempt: n + 1 })));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    await say(ada, roomId, 'last');
    await waitForBodies(ada, 'last');
    expect(bodiesOf(ada)).toEqual(['once', 'last']);
  });

  it('creates a room once per cmid, and a direct room once per pair', async () => {
    const node = await createRig().node();
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const request = { kind: 'private', name: 'den', cmid: cmid() } as const;
    const [one, two] = [await ada.must('room:create', request), await ada.must('room:create', request)];
    expect(two.room).toEqual(one.room);
    const direct = await ada.must('room:create', { kind: 'direct', userId: bob.session.user.id, cmid: cmid() });
    await waitFor('bob to be told', () => bob.heard('room:added').length === 1);
    expect(bob.heard('room:added')[0]!.room.id).toBe(direct.room.id);
    const back = await bob.must('room:create', { kind: 'direct', userId: ada.session.user.id, cmid: cmid() });
    expect(back.room.id).toBe(direct.room.id);
    expect(await ada.ask('room:create', { kind: 'direct', userId: newUserId(), cmid: cmid() })).toMatchObject({ error: { code: 'user_not_found' } });
  });

  it('joins many rooms in one call, each with its own answer in the order asked', async () => {
    const node = await createRig().node();
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const one = await roomOf(ada);
    const two = await roomOf(ada);
    const hidden = await ada.must('room:create', { kind: 'private', name: 'den', cmid: cmid() });
    const answer = await bob.must('room:join', { roomIds: [one.roomId, hidden.room.id, two.roomId] });
    expect(answer).toMatchObject({ rooms: [{ ok: true, room: { id: one.roomId, role: 'member', memberCount: 2 } }, { ok: false, error: { code: 'room_not_found' } }, { ok: true, room: { id: two.roomId } }] });
    await say(ada, two.roomId, 'both');
    await waitForBodies(bob, 'both');
  });

  it('tells the head of a room after it changed', async () => {
    const node = await createRig().node({ settings: { feed: { headEveryMs: 20 } } });
    const ada = await node.guest('Ada');
    const { roomId } = await roomOf(ada);
    const { seq } = await say(ada, roomId, 'x');
    await waitFor('the head', () => ada.heard('room:head').at(-1)?.seq === seq);
    expect(ada.heard('room:head').at(-1)).toEqual({ roomId, epoch: 1, seq });
  });

  it('shows edits and deletions in history at once, whether or not the store has them', async () => {
    const rig = createRig();
    const node = await rig.node();
    const ada = await node.guest('Ada');
    const { roomId } = await roomOf(ada);
    const sent = [];
    for (const body of ['one', 'two', 'three']) sent.push(await say(ada, roomId, body));
    await rig.store.ingest(rig.logs.open(), ada.heard('room:events')[0]?.roomId ?? (roomId as never));
    await ada.must('message:edit', { roomId, cmid: cmid(), messageId: sent[0]!.id, body: 'one, edited' });
    await ada.must('message:delete', { roomId, cmid: cmid(), messageId: sent[1]!.id });
    const { seq } = await say(ada, roomId, 'four');
    const page = await ada.must('room:history', { roomId, limit: 10 });
    expect(page.messages.map(({ body }) => body)).toEqual(['one, edited', null, 'three', 'four']);
    expect(page).toMatchObject({ epoch: 1, seq, more: false });
    const older = await ada.must('room:history', { roomId, limit: 2, before: sent[2]!.seq });
    expect(older.messages.map(({ body }) => body)).toEqual(['one, edited', null]);
  });

  it('limits what one user sends, and says how long to wait', async () => {
    const node = await createRig().node({ limiter: limiterOf({ user_sends: { perSecond: 0.001, burst: 3 } }) });
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const { roomId } = await roomOf(ada, bob);
    await say(ada, roomId, '1');
    await say(ada, roomId, '2');
    const refused = await ada.ask('message:send', { roomId, cmid: cmid(), body: '3' });
    expect(refused).toMatchObject({ ok: false, error: { code: 'rate_limited', retryable: true } });
    expect(!refused.ok && refused.error.retryAfterMs).toBeGreaterThan(0);
    await say(bob, roomId, 'not me');
  });

  it('bounds the commands of one socket that are not answered yet', async () => {
    const { promise: stuck, resolve } = Promise.withResolvers<void>();
    const node = await createRig().node({ wrapLog: (log) => withAppend(log, (append) => stuck.then(append)) });
    const ada = await node.guest('Ada');
    const made = Array.from({ length: LIMITS.commandsInFlight + 5 }, () => ada.raw('room:create', { kind: 'public', name: 'x', cmid: cmid() }));
    const first = await Promise.race(made);
    expect(first).toMatchObject({ ok: false, error: { code: 'busy', retryable: true } });
    resolve();
    const codes = (await Promise.all(made)).map(({ ok, error }) => (ok ? 'ok' : error?.code));
    expect(codes.filter((code) => code === 'busy')).toHaveLength(5);
    expect(codes.filter((code) => code === 'ok')).toHaveLength(LIMITS.commandsInFlight);
  });

  it('refuses connections without a good token, with a typed error', async () => {
    const node = await createRig().node();
    const ada = await node.guest('Ada');
    for (const token of ['', 'x', `${ada.session.token}x`, 7, null, { a: 1 }, undefined]) {
      const refused = await connect(node.url, { ...ada.session, token: token as string }).then(() => null, (error: unknown) => error);
      expect(refused).toMatchObject({ data: { code: 'unauthenticated', retryable: false } });
    }
    expect(await metric(node, 'connections_refused_total')).toBe(7);
  });

  it('answers unavailable while the log or the store is away, and goes on by itself', async () => {
    const rig = createRig();
    const node = await rig.node();
    const ada = await node.guest('Ada');
    const { roomId } = await roomOf(ada);
    rig.store.away = true;
    expect(await ada.ask('room:list', { scope: 'mine' })).toMatchObject({ error: { code: 'unavailable', retryable: true } });
    expect(await ada.ask('room:history', { roomId })).toMatchObject({ error: { code: 'unavailable' } });
    await say(ada, roomId, 'needs no store');
    const refused = await fetch(`${node.url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"Bob"}' });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } });
    rig.store.away = false;
    rig.logs.kill();
    expect((await fetch(`${node.url}/readyz`)).status).toBe(503);
    expect(await (await fetch(`${node.url}/readyz`)).json()).toEqual({ ok: false, failing: { log: 'not connected' } });
    const sending = ada.ask('message:send', { roomId, cmid: cmid(), body: 'waits a moment' });
    await waitFor('the room to be told dead', () => ada.heard('room:live').length === 1);
    rig.logs.restart();
    const answer = await sending;
    expect(answer.ok || answer.error.retryable).toBe(true);
    await waitFor('the room to be told alive', () => ada.heard('room:live').at(-1)?.live === true);
    await say(ada, roomId, 'again');
    await waitForBodies(ada, 'again');
    expect((await fetch(`${node.url}/readyz`)).status).toBe(200);
    expect(node.errors).toEqual([]);
  });

  it('is ready once the store has answered, and stays so if it goes away later', async () => {
    const rig = createRig();
    rig.store.away = true;
    const node = await rig.node();
    expect(await (await fetch(`${node.url}/readyz`)).json()).toEqual({ ok: false, failing: { store: 'has not answered yet' } });
    rig.store.away = false;
    await waitFor('readiness', async () => (await fetch(`${node.url}/readyz`)).ok);
    rig.store.away = true;
    expect((await fetch(`${node.url}/readyz`)).status).toBe(200);
  });

  it('answers a defect with an id that is in its log, and nothing else about it', async () => {
    const rig = createRig();
    const node = await rig.node();
    const ada = await node.guest('Ada');
    rig.store.listRooms = () => Promise.reject(new TypeError('secret detail'));
    const answer = await ada.ask('room:list', { scope: 'mine' });
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal', retryable: true } });
    const id = /[0-9A-Z]{26}/.exec(answer.ok ? '' : answer.error.message)?.[0];
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(node.errors.join()).toContain(id);
    expect(node.errors.join()).toContain('secret detail');
  });

  it('logs also a defect with one room among several, and one in letting somebody in', async () => {
    const rig = createRig();
    const ada = await (await rig.node()).guest('Ada');
    const { roomId } = await roomOf(ada);
    const bug = (): never => { throw new TypeError('secret detail'); };
    const node = await rig.node({
      wrapLog: (log) => Object.assign(log, { watchHeads: bug }),
      sessions: { ...sessions, verify: (token) => (token === 'a bug' ? bug() : sessions.verify(token)) },
    });
    const bob = await node.guest('Bob');
    expect(await bob.must('room:join', { roomIds: [roomId] })).toMatchObject({ rooms: [{ ok: false, error: { code: 'internal' } }] });
    expect(node.errors).toHaveLength(1);
    await expect(connect(node.url, { ...bob.session, token: 'a bug' })).rejects.toMatchObject({ data: { code: 'internal' } });
    expect(node.errors).toHaveLength(2);
    for (const line of node.errors) expect(line).toContain('secret detail');
  });

  it('answers polling clients too', async () => {
    const node = await createRig().node();
    const [ada, bob] = [await node.guest('Ada', { transports: ['polling'] }), await node.guest('Bob')];
    const { roomId } = await roomOf(ada, bob);
    await say(bob, roomId, 'by polling');
    await waitForBodies(ada, 'by polling');
    expect(ada.socket.io.engine.transport.name).toBe('polling');
  });

  it('tells its clients to come back when it leaves, finishes what was begun, and closes as a lost network does', async () => {
    let held: PromiseWithResolvers<void> | null = null;
    let appending = false;
    const node = await createRig().node({ wrapLog: (log) => withAppend(log, async (append) => {
      appending = held !== null;
      await held?.promise;
      return append();
    }) });
    const ada = await node.guest('Ada');
    const { roomId } = await roomOf(ada);
    const reason = new Promise<string>((resolve) => { ada.socket.once('disconnect', resolve); });
    held = Promise.withResolvers<void>();
    const sending = ada.must('message:send', { roomId, cmid: cmid(), body: 'in the last moment' });
    await waitFor('its append', () => appending);
    const closed = node.gateway.close();
    expect(await ada.ask('room:list', { scope: 'mine' })).toMatchObject({ error: { code: 'shutting_down', retryable: true } });
    held.resolve();
    expect(await sending).toMatchObject({ epoch: 1 });
    await closed;
    // A client does not connect again by itself after a disconnect that the server asked for.
    expect(['transport close', 'transport error']).toContain(await reason);
    expect(ada.heard('session:reconnect')).toHaveLength(1);
    await expect(fetch(`${node.url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('leaves in time although a client neither reads nor answers', async () => {
    const node = await createRig().node();
    const ada = await node.guest('Ada');
    (ada.socket.io.engine as unknown as { transport: { ws: { _socket: Socket } } }).transport.ws._socket.pause();
    const began = performance.now();
    await node.gateway.close();
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('keeps a room only while someone listens to it', async () => {
    const node = await createRig().node({ settings: { feed: { lingerMs: 1 } } });
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    await roomOf(ada, bob);
    expect(await metric(node, 'rooms')).toBe(1);
    bob.socket.close();
    expect(await metric(node, 'rooms')).toBe(1);
    ada.socket.close();
    await waitFor('the room to be let go', async () => (await metric(node, 'rooms')) === 0);
  });
});

describe('two gateways without fan-out between them', () => {
  it('deliver everything in one order all the same, by heads and the log', async () => {
    const rig = createRig();
    const nodes = [await rig.node(), await rig.node()];
    const [ada, bob] = [await nodes[0]!.guest('Ada'), await nodes[1]!.guest('Bob')];
    const { roomId } = await roomOf(ada, bob);
    const bodies = Array.from({ length: 40 }, (_, n) => `${n}`);
    await Promise.all(bodies.map((body, n) => say(n % 2 ? ada : bob, roomId, body)));
    for (const each of [ada, bob]) await waitForBodies(each, ...bodies);
    expect(bodiesOf(ada)).toHaveLength(40);
    expect(bodiesOf(ada)).toEqual(bodiesOf(bob));
    await ada.must('member:remove', { roomId, cmid: cmid(), userId: bob.session.user.id });
    await waitFor('removal on the other gateway', () => bob.heard('room:removed').length === 1);
  });
});
