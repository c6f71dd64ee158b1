import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS, type Cmid, type RoomEvent } from '@parley/protocol';
import { ChatClient, memoryOutbox, type ChatError, type ClientOptions, type RoomHandle } from './index.ts';
import { FakeGateway, roomId, sessionOf, userId } from './testing/fake-gateway.ts';
import { until } from './testing/wait.ts';

const QUICK = { connectMs: 2_000, answerMs: 150, reconnectMinMs: 10, reconnectMaxMs: 50, stableMs: 200, gapMs: 5, retryMinMs: 5, retryMaxMs: 40, changeMs: 5_000, spreadMs: 20 };

let gateway: FakeGateway;
const clients: ChatClient[] = [];
const clientOf = (n: number, options: Partial<ClientOptions> = {}): ChatClient => {
  const client = new ChatClient({ url: gateway.url, session: sessionOf(n), timings: QUICK, transports: ['websocket'], ...options });
  clients.push(client);
  return client;
};
const online = async (n: number, options: Partial<ClientOptions> = {}): Promise<{ client: ChatClient; room: RoomHandle }> => {
  const client = clientOf(n, options);
  client.connect();
  const room = client.joinRoom(roomId(1));
  await room.ready;
  return { client, room };
};
const bodies = (room: RoomHandle): (string | null)[] => room.messages.map((item) => (item.state === 'confirmed' ? item.message.body : item.body));
const log = () => gateway.rooms.get(roomId(1))!;
const confirmed = (room: RoomHandle, count: number) => until(`${count} messages are confirmed`, () => room.messages.filter(({ state }) => state === 'confirmed').length === count);
const sends = () => gateway.seen.filter(({ name }) => name === 'message:send').map(({ request }) => request);

beforeEach(async () => {
  gateway = await new FakeGateway().start();
  gateway.addRoom(1);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await gateway.stop();
});

describe('a message', () => {
  it('reaches everybody in the one order of the log, and its sender once', async () => {
    const [ann, bob] = [await online(1), await online(2)];
    for (let n = 0; n < 10; n += 1) {
      ann.room.send(`a${n}`);
      bob.room.send(`b${n}`);
    }
    await Promise.all([confirmed(ann.room, 20), confirmed(bob.room, 20)]);
    const said = log().events.flatMap((event) => (event.type === 'message.created' ? [event.data.body] : []));
    expect(bodies(ann.room)).toEqual(said);
    expect(bodies(bob.room)).toEqual(said);
    expect(said.filter((body) => body.startsWith('a'))).toEqual(Array.from({ length: 10 }, (_, n) => `a${n}`));
    expect(ann.client.outboxSize).toBe(0);
  });

  it('is shown from the moment of sending under one key, through its states', async () => {
    const { client, room } = await online(1);
    const states: string[] = [];
    client.on('outbox', ({ entry }) => states.push(entry.state));
    gateway.faults = { ...gateway.faults, dropHint: 1 };
    const cmid = room.send('hello');
    const key = `${userId(1)}:${cmid}`;
    expect(room.messages).toMatchObject([{ key, state: 'queued', body: 'hello' }]);
    await until('it is acked', () => room.messages[0]?.state === 'sent');
    expect(room.cursor).toEqual({ epoch: 1, seq: 2 });
    await confirmed(room, 1);
    expect(room.messages).toMatchObject([{ key, state: 'confirmed', message: { body: 'hello' } }]);
    expect(states).toEqual(['queued', 'sending', 'sent']);
  });

  it('whose ack is lost is sent again with the same cmid and `after`, and stands in the log once', async () => {
    const { client, room } = await online(1, { timings: { ...QUICK, answerMs: 40 } });
    gateway.faults = { ...gateway.faults, loseAck: 1, dropHint: 1 };
    gateway.syncPage = 0;
    const cmid = room.send('once');
    await until('it was sent three times', () => sends().length >= 3);
    gateway.faults = { ...gateway.faults, loseAck: 0 };
    gateway.syncPage = 7;
    await until('it left the outbox', () => client.outboxSize === 0);
    const [first, second, third] = sends();
    expect([first?.['attempt'], second?.['attempt'], third?.['attempt']]).toEqual([1, 2, 3]);
    for (const request of sends()) expect(request).toMatchObject({ cmid, after: { epoch: 1, seq: 2 } });
    expect(log().events.filter((event) => event.cmid === cmid)).toHaveLength(1);
  });

  it('whose ack is lost is settled by its own event', async () => {
    const { client, room } = await online(1, { timings: { ...QUICK, answerMs: 5_000 } });
    gateway.faults = { ...gateway.faults, loseAck: 1 };
    room.send('one');
    room.send('two');
    await confirmed(room, 2);
    expect(client.outboxSize).toBe(0);
    expect(sends()).toHaveLength(2);
  });

  it('cut off between log and ack is sent again on the next connection, without waiting for the answer', async () => {
    const { client, room } = await online(1, { timings: { ...QUICK, answerMs: 60_000 } });
    gateway.faults = { ...gateway.faults, cut: 1, dropHint: 1 };
    gateway.syncPage = 0;
    const cmid = room.send('cut');
    await until('the connection is lost', () => client.status !== 'online');
    gateway.faults = { ...gateway.faults, cut: 0 };
    await until('it left the outbox', () => client.outboxSize === 0);
    gateway.syncPage = 7;
    await confirmed(room, 1);
    expect(sends().map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(log().events.filter((event) => event.cmid === cmid)).toHaveLength(1);
  });

  it('typed while the server is away arrives once it is back, once, in order', async () => {
    const { client, room } = await online(1);
    await gateway.stop();
    await until('it is noticed', () => client.status === 'offline');
    room.send('one');
    room.send('two');
    expect(room.messages.map(({ state }) => state)).toEqual(['queued', 'queued']);
    await gateway.start();
    await confirmed(room, 2);
    expect(bodies(room)).toEqual(['one', 'two']);
    expect(sends()).toHaveLength(2);
  });

  it('outlives its client in the storage and is sent by the next one', async () => {
    const storage = memoryOutbox();
    const first = clientOf(1, { storage });
    const cmid = first.joinRoom(roomId(1)).send('later');
    await until('it is stored', () => first.outboxSize === 1);
    expect(await storage.load()).toMatchObject([{ cmid, by: userId(1), command: 'message:send', payload: { body: 'later' }, after: null }]);
    const { client, room } = await online(1, { storage });
    await confirmed(room, 1);
    await until('the outbox is empty', () => client.outboxSize === 0);
    await expect.poll(() => storage.load()).toEqual([]);
    expect(log().events.filter((event) => event.cmid === cmid)).toHaveLength(1);
  });

  it('is sent by a client of its own user only', async () => {
    const storage = memoryOutbox();
    clientOf(1, { storage }).joinRoom(roomId(1)).send('mine');
    const { client, room } = await online(2, { storage });
    room.send('his');
    await confirmed(room, 1);
    expect(client.outboxSize).toBe(0);
    expect(sends().map(({ body }) => body)).toEqual(['his']);
  });

  it('sent by two tabs that share a storage stands in the log once', async () => {
    const storage = memoryOutbox();
    const [one, two] = [clientOf(1, { storage }), clientOf(1, { storage })];
    for (let n = 0; n < 5; n += 1) one.joinRoom(roomId(1)).send(`m${n}`);
    const room = two.joinRoom(roomId(1));
    one.connect();
    two.connect();
    await confirmed(room, 5);
    await until('both outboxes are empty', () => one.outboxSize + two.outboxSize === 0);
    expect(bodies(room)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
    expect(log().events.filter(({ type }) => type === 'message.created')).toHaveLength(5);
  });

  it('refused for good is kept as failed, lets the next ones pass, and can be retried or discarded', async () => {
    const { client, room } = await online(1);
    gateway.failNext.push({ name: 'message:send', code: 'forbidden' }, { name: 'message:send', code: 'forbidden' });
    const [first, second] = [room.send('no'), room.send('never')];
    room.send('yes');
    await confirmed(room, 1);
    expect(room.messages.map(({ state }) => state)).toEqual(['confirmed', 'failed', 'failed']);
    expect(room.messages[1]).toMatchObject({ entry: { error: { code: 'forbidden', retryable: false } } });
    expect(room.discard(second)).toBe(true);
    const again = room.retry(first);
    expect(again).not.toBe(first);
    await confirmed(room, 2);
    expect(bodies(room)).toEqual(['yes', 'no']);
    expect(client.outboxSize).toBe(0);
    expect(room.retry(first)).toBeUndefined();
  });

  it('refused for a while is sent again after the time asked for', async () => {
    const { room } = await online(1);
    gateway.failNext.push({ name: 'message:send', code: 'rate_limited', retryAfterMs: 120 });
    const started = performance.now();
    room.send('patience');
    await confirmed(room, 1);
    expect(performance.now() - started).toBeGreaterThanOrEqual(119);
  });

  it('never sent can be taken back, one on its way cannot', async () => {
    const { client, room } = await online(1, { timings: { ...QUICK, answerMs: 60_000 } });
    gateway.faults = { ...gateway.faults, loseAck: 1, dropHint: 1 };
    gateway.syncPage = 0;
    const [first, second] = [room.send('on its way'), room.send('waiting')];
    await until('the first is under way', () => sends().length === 1);
    expect(room.discard(first)).toBe(false);
    expect(room.discard(second)).toBe(true);
    expect(client.outboxSize).toBe(1);
    expect(room.messages).toHaveLength(1);
  });

  it('beyond a limit is refused at once by a typed error', async () => {
    const { room } = await online(1, { outboxLimit: 2 });
    const codeOf = (act: () => void): string => {
      try {
        act();
      } catch (error) {
        return (error as ChatError).code;
      }
      return 'none';
    };
    expect(codeOf(() => room.send('é'.repeat(LIMITS.bodyBytes / 2 + 1)))).toBe('too_large');
    expect(codeOf(() => room.send(' \n'))).toBe('bad_request');
    await gateway.stop();
    room.send('1');
    room.send('2');
    expect(codeOf(() => room.send('3'))).toBe('outbox_full');
  });

  it('edited and deleted shows as such to everybody, also in older history', async () => {
    const [ann, bob] = [await online(1), await online(2, { historyPage: 2 })];
    for (const body of ['one', 'two', 'three']) ann.room.send(body);
    await confirmed(ann.room, 3);
    const ids = ann.room.messages.map((item) => (item.state === 'confirmed' ? item.message.id : null));
    ann.room.edit(ids[0]!, 'ONE');
    ann.room.delete(ids[1]!);
    expect(ann.room.messages[0]).toMatchObject({ change: { item: { command: 'message:edit' } } });
    for (const { room } of [ann, bob]) await until('both are applied', () => bodies(room).join() === 'ONE,,three');
    expect(ann.room.messages[0]).not.toHaveProperty('change');
  });
});

describe('a room', () => {
  it('is followed without a gap through lost, doubled and reordered hints', async () => {
    const { client, room } = await online(1);
    const seqs: number[] = [];
    client.on('events', ({ events }) => seqs.push(...events.map(({ seq }) => seq)));
    gateway.faults = { ...gateway.faults, dropHint: 0.3, repeatHint: 0.3, delayHint: 0.5 };
    for (let n = 0; n < 100; n += 1) gateway.say(log(), userId(9), `m${n}`);
    await until('all is applied', () => room.cursor?.seq === 102);
    expect(seqs).toEqual(Array.from({ length: 100 }, (_, n) => n + 3));
  });

  it('learns of a lost last hint from the head', async () => {
    const { room } = await online(1);
    gateway.faults = { ...gateway.faults, dropHint: 1 };
    gateway.say(log(), userId(9), 'quiet');
    await confirmed(room, 1);
  });

  it('catches up after a reconnect, page by page and without a pause', async () => {
    const { client, room } = await online(1, { timings: { ...QUICK, gapMs: 60_000 } });
    const seen: RoomEvent[] = [];
    room.on('events', (events) => seen.push(...events));
    await gateway.stop();
    await until('it is noticed', () => client.status === 'offline');
    for (let n = 0; n < 30; n += 1) gateway.append(log(), userId(9), null, [['message.created', { name: '', body: `m${n}` }]]);
    await gateway.start();
    await confirmed(room, 30);
    expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, n) => n + 3));
    expect(gateway.seen.filter(({ name }) => name === 'room:sync').length).toBeGreaterThanOrEqual(5);
  });

  it('joined by the hundred is resumed in as few calls as the limit allows', async () => {
    for (let n = 2; n <= 150; n += 1) gateway.addRoom(n);
    const client = clientOf(1, { keepMessages: 0 });
    client.connect();
    const rooms = Array.from({ length: 150 }, (_, n) => client.joinRoom(roomId(n + 1)));
    await Promise.all(rooms.map(({ ready }) => ready));
    gateway.seen.length = 0;
    gateway.cutAll();
    const resumes = () => gateway.seen.flatMap(({ request }) => ('roomIds' in request ? [(request['roomIds'] as unknown[]).length] : []));
    await until('both calls came', () => resumes().length === 2);
    expect(resumes()).toEqual([LIMITS.joinRooms, 50]);
    gateway.say(gateway.rooms.get(roomId(150))!, userId(9), 'heard');
    await until('the last room is heard', () => rooms[149]?.cursor?.seq === 3);
    expect(gateway.seen.some(({ name, request }) => name === 'room:join' && 'roomId' in request)).toBe(false);
  });

  it('of a higher epoch is loaded anew, without what was lost', async () => {
    const { client, room } = await online(1);
    const resets: unknown[] = [];
    room.on('reset', (reset) => resets.push(reset));
    for (const body of ['kept', 'lost']) room.send(body);
    await confirmed(room, 2);
    gateway.openEpoch(log(), 1);
    await until('the epoch is followed', () => room.cursor?.epoch === 2);
    expect(bodies(room)).toEqual(['kept']);
    expect(resets).toEqual([{ epoch: 2, seq: 4 }]);
    room.send('on');
    await confirmed(room, 2);
    expect(log().events.at(-1)).toMatchObject({ epoch: 2, seq: 5 });
    expect(client.outboxSize).toBe(0);
  });

  it('is not begun from a history that is older than the epoch heard of', async () => {
    const client = clientOf(1);
    const room = client.joinRoom(roomId(1));
    const resets: number[] = [];
    room.on('reset', ({ epoch }) => resets.push(epoch));
    gateway.beforeHistoryAnswer = () => {
      gateway.beforeHistoryAnswer = () => {};
      gateway.openEpoch(log());
    };
    client.connect();
    await room.ready;
    expect(resets).toEqual([2]);
  });

  it('that is gone after a reconnect is closed, and the others go on', async () => {
    gateway.addRoom(2);
    const { client, room } = await online(1);
    const other = client.joinRoom(roomId(2));
    await other.ready;
    const ends: unknown[] = [];
    other.on('closed', ({ error }) => ends.push(error?.code));
    gateway.rooms.delete(other.id);
    gateway.cutAll();
    await until('it is closed', () => other.state === 'closed');
    expect(ends).toEqual(['room_not_found']);
    gateway.say(log(), userId(9), 'on');
    await confirmed(room, 1);
  });

  it('ignores what comes from a lower epoch', async () => {
    gateway.openEpoch(log());
    const { room } = await online(1);
    const { seq } = room.cursor!;
    gateway.broadcast(log(), 'room:events', { roomId: room.id, epoch: 1, events: [{ ...log().events.at(-1)!, epoch: 1, seq: seq + 1 }] });
    gateway.say(log(), userId(9), 'true');
    await confirmed(room, 1);
    expect(bodies(room)).toEqual(['true']);
  });

  it('too far behind is loaded anew', async () => {
    const { client, room } = await online(1);
    const resets: unknown[] = [];
    room.on('reset', (reset) => resets.push(reset));
    await gateway.stop();
    await until('it is noticed', () => client.status === 'offline');
    gateway.append(log(), userId(9), null, Array.from({ length: LIMITS.syncGap + 1 }, (_, n) => ['message.created', { name: '', body: `m${n}` }] as const).map(([type, data]) => [type, data]));
    await gateway.start();
    await until('it was reset', () => resets.length === 1);
    expect(bodies(room)).toEqual(Array.from({ length: 50 }, (_, n) => `m${LIMITS.syncGap - 49 + n}`));
  });

  it('is read upwards to its beginning', async () => {
    for (let n = 0; n < 25; n += 1) gateway.say(log(), userId(9), `m${n}`);
    const { room } = await online(1, { historyPage: 10 });
    expect(bodies(room)).toEqual(Array.from({ length: 10 }, (_, n) => `m${n + 15}`));
    expect(await Promise.all([room.loadOlder(), room.loadOlder()])).toEqual([true, true]);
    expect(room.messages).toHaveLength(20);
    expect([await room.loadOlder(), await room.loadOlder(), room.hasOlder]).toEqual([true, false, false]);
    expect(bodies(room)).toEqual(Array.from({ length: 25 }, (_, n) => `m${n}`));
  });

  it('folds edits over a page of history that was read before them', async () => {
    const first = gateway.say(log(), userId(9), 'old');
    for (let n = 0; n < 3; n += 1) gateway.say(log(), userId(9), `m${n}`);
    const { room } = await online(1, { historyPage: 3 });
    gateway.beforeHistoryAnswer = async () => {
      gateway.broadcast(log(), 'room:events', { roomId: room.id, epoch: 1, events: gateway.append(log(), userId(9), null, [['message.edited', { messageId: first.id, body: 'new' }]]) });
      await until('the edit is known', () => room.cursor?.seq === log().events.length);
    };
    await room.loadOlder();
    expect(bodies(room)[0]).toBe('new');
  });

  it('keeps so many messages and no more', async () => {
    const { room } = await online(1, { keepMessages: 5 });
    for (let n = 0; n < 12; n += 1) gateway.say(log(), userId(9), `m${n}`);
    await until('all is applied', () => room.cursor?.seq === 14);
    expect(bodies(room)).toEqual(['m7', 'm8', 'm9', 'm10', 'm11']);
    expect(room.hasOlder).toBe(true);
  });

  it('can be followed from a cursor of one’s own, every event', async () => {
    for (let n = 0; n < 20; n += 1) gateway.say(log(), userId(9), `m${n}`);
    const client = clientOf(1, { keepMessages: 0 });
    const seqs: number[] = [];
    client.on('events', ({ events }) => seqs.push(...events.map(({ seq }) => seq)));
    client.connect();
    client.joinRoom(roomId(1), { epoch: 1, seq: 0 });
    await until('all is applied', () => seqs.length === 22);
    expect(seqs).toEqual(Array.from({ length: 22 }, (_, n) => n + 1));
  });

  it('that one was removed from is closed', async () => {
    const { client, room } = await online(1);
    const told: unknown[] = [];
    client.on('room', (change) => told.push(change));
    gateway.broadcast(log(), 'room:removed', { roomId: room.id });
    await until('it is closed', () => room.state === 'closed');
    expect(told).toEqual([{ change: 'removed', roomId: room.id }]);
    expect(client.rooms.size).toBe(0);
  });

  it('that does not exist ends with a typed error', async () => {
    const client = clientOf(1);
    client.connect();
    await expect(client.joinRoom(roomId(77)).ready).rejects.toMatchObject({ code: 'room_not_found', retryable: false });
  });

  it('tells that it may be late, and asks what it missed once it is live again', async () => {
    const { room } = await online(1);
    await until('no head will tell it', () => gateway.headsDue === 0);
    gateway.broadcast(log(), 'room:live', { roomId: room.id, live: false });
    await until('it is late', () => room.delayed);
    gateway.append(log(), userId(9), null, [['message.created', { name: '', body: 'untold' }]]);
    gateway.broadcast(log(), 'room:live', { roomId: room.id, live: true });
    await confirmed(room, 1);
    expect(room.delayed).toBe(false);
  });

  it('is created, found again by listing, and left', async () => {
    const client = clientOf(1);
    client.connect();
    const room = await client.createRoom({ kind: 'public', name: 'New' });
    expect((await client.listRooms({ scope: 'public' })).rooms.map(({ id }) => id)).toContain(room.id);
    await room.leave();
    expect(room.state).toBe('closed');
    expect(gateway.rooms.get(room.id)?.members.size).toBe(0);
  });
});

describe('a connection', () => {
  it('refused for its session waits for a new one, and the outbox with it', async () => {
    const client = clientOf(1);
    const told: string[] = [];
    client.on('session', ({ error }) => told.push(error.code));
    gateway.refuseConnections = 'session_expired';
    const room = client.joinRoom(roomId(1));
    const cmid: Cmid = room.send('waits');
    client.connect();
    await until('it is refused', () => client.status === 'refused');
    expect(told).toEqual(['session_expired']);
    gateway.refuseConnections = null;
    client.renew(sessionOf(1));
    await confirmed(room, 1);
    expect(log().events.at(-1)?.cmid).toBe(cmid);
    expect(() => client.renew(sessionOf(2))).toThrow(/another user/);
  });

  it('whose session ends on the way keeps what waits', async () => {
    const { client, room } = await online(1);
    gateway.failNext.push({ name: 'message:send', code: 'session_expired' });
    room.send('still here');
    await until('it is refused', () => client.status === 'refused');
    expect(room.messages).toMatchObject([{ state: 'sending' }]);
    client.renew(sessionOf(1));
    await confirmed(room, 1);
  });

  it('learns that its session ended though nobody tells', async () => {
    const { client } = await online(1, { session: { ...sessionOf(1), expiresAt: Date.now() + 100 } });
    gateway.failNext.push({ name: 'user:get', code: 'session_expired' });
    await until('it is refused', () => client.status === 'refused');
  });

  it('works by polling alone', async () => {
    const { room } = await online(1, { transports: ['polling'] });
    room.send('slowly');
    await confirmed(room, 1);
  });

  it('asked to come back later does so', async () => {
    const { client } = await online(1);
    const statuses: string[] = [];
    client.on('status', ({ status }) => statuses.push(status));
    const asked = performance.now();
    gateway.toAll('session:reconnect', { afterMs: 100 });
    await until('it went', () => client.status === 'offline');
    await until('it is back', () => client.status === 'online');
    expect(performance.now() - asked).toBeGreaterThanOrEqual(99);
    expect(statuses).toEqual(['offline', 'connecting', 'online']);
  });

  it('refused for a while tries again by itself', async () => {
    gateway.refuseConnections = 'unavailable';
    const client = clientOf(1);
    client.connect();
    await until('it was refused', () => client.status === 'offline');
    gateway.refuseConnections = null;
    await until('it is back', () => client.status === 'online');
  });

  it('closed is gone and sends nothing, also when it was about to connect', async () => {
    const { client, room } = await online(1);
    client.close();
    room.send('kept');
    await until('the server noticed', () => gateway.connections === 0);
    expect(client.status).toBe('offline');
    const early = clientOf(2);
    early.connect();
    early.close();
    expect(early.status).toBe('offline');
    client.connect();
    await confirmed(room, 1);
  });

  it('survives listeners that throw and input that makes no sense', async () => {
    const { client, room } = await online(1);
    const faults: unknown[] = [];
    client.on('fault', ({ error }) => faults.push(error));
    room.on('events', () => {
      throw new TypeError('mine');
    });
    for (const nonsense of [null, 7, {}, { roomId: room.id, epoch: 1, events: 'no' }, { roomId: room.id, epoch: 1, events: [{}] }]) gateway.toAll('room:events', nonsense);
    gateway.say(log(), userId(9), 'fine');
    await confirmed(room, 1);
    expect(faults.map((fault) => (fault as Error).name)).toEqual([...Array.from({ length: 5 }, () => 'ChatError'), 'TypeError']);
  });
});
