import { describe, expect, it } from 'vitest';
import { LIMITS, type RoomEvent } from '@parley/protocol';
import { roomId, userId } from './testing/fake-gateway.ts';
import { until } from './testing/wait.ts';
import { bodies, confirmed, createWorld, QUICK } from './testing/world.ts';

const world = createWorld();
const { clientOf, online, log } = world;

describe('a room', () => {
  it('is followed without a gap through lost, doubled and reordered hints', async () => {
    const { client, room } = await online(1);
    const seqs: number[] = [];
    client.on('events', ({ events }) => seqs.push(...events.map(({ seq }) => seq)));
    world.gateway.faults = { ...world.gateway.faults, dropHint: 0.3, repeatHint: 0.3, delayHint: 0.5 };
    for (let n = 0; n < 100; n += 1) world.gateway.say(log(), userId(9), `m${n}`);
    await until('all is applied', () => room.cursor?.seq === 102);
    expect(seqs).toEqual(Array.from({ length: 100 }, (_, n) => n + 3));
  });

  it('learns of a lost last hint from the head', async () => {
    const { room } = await online(1);
    world.gateway.faults = { ...world.gateway.faults, dropHint: 1 };
    world.gateway.say(log(), userId(9), 'quiet');
    await confirmed(room, 1);
    expect(room.cursor?.seq).toBe(3);
  });

  it('catches up after a reconnect, page by page and without a pause', async () => {
    const { client, room } = await online(1, { timings: { ...QUICK, gapMs: 60_000 } });
    const seen: RoomEvent[] = [];
    room.on('events', (events) => seen.push(...events));
    await world.gateway.stop();
    await until('it is noticed', () => client.status === 'offline');
    for (let n = 0; n < 30; n += 1) world.gateway.append(log(), userId(9), null, [['message.created', { name: '', body: `m${n}` }]]);
    await world.gateway.start();
    await confirmed(room, 30);
    expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, n) => n + 3));
    expect(world.gateway.seen.filter(({ name }) => name === 'room:sync').length).toBeGreaterThanOrEqual(5);
  });

  it('joined by the hundred is resumed in as few calls as the limit allows', async () => {
    for (let n = 2; n <= 150; n += 1) world.gateway.addRoom(n);
    const client = clientOf(1, { keepMessages: 0 });
    client.connect();
    const rooms = Array.from({ length: 150 }, (_, n) => client.joinRoom(roomId(n + 1)));
    await Promise.all(rooms.map(({ ready }) => ready));
    world.gateway.seen.length = 0;
    world.gateway.cutAll();
    const resumes = () => world.gateway.seen.flatMap(({ request }) => ('roomIds' in request ? [(request['roomIds'] as unknown[]).length] : []));
    await until('both calls came', () => resumes().length === 2);
    expect(resumes()).toEqual([LIMITS.joinRooms, 50]);
    world.gateway.say(world.gateway.rooms.get(roomId(150))!, userId(9), 'heard');
    await until('the last room is heard', () => rooms[149]?.cursor?.seq === 3);
    expect(world.gateway.seen.some(({ name, request }) => name === 'room:join' && 'roomId' in request)).toBe(false);
  });

  it('is closed for who was removed while away, who does not come back by reconnecting', async () => {
    const { client, room } = await online(1);
    const closed: unknown[] = [];
    room.on('closed', ({ error }) => closed.push(error?.code));
    await world.gateway.stop();
    await until('it is noticed', () => client.status === 'offline');
    log().members.delete(client.user.id);
    await world.gateway.start();
    await until('it is closed', () => closed.length > 0);
    expect(closed).toEqual(['not_member']);
    expect(log().members.has(client.user.id)).toBe(false);
  });

  it('of a higher epoch is loaded anew, without what was lost', async () => {
    const { client, room } = await online(1);
    const resets: unknown[] = [];
    room.on('reset', (reset) => resets.push(reset));
    for (const body of ['kept', 'lost']) room.send(body);
    await confirmed(room, 2);
    world.gateway.openEpoch(log(), 1);
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
    world.gateway.beforeHistoryAnswer = () => {
      world.gateway.beforeHistoryAnswer = () => {};
      world.gateway.openEpoch(log());
    };
    client.connect();
    await room.ready;
    expect(resets).toEqual([2]);
  });

  it('that is gone after a reconnect is closed, and the others go on', async () => {
    world.gateway.addRoom(2);
    const { client, room } = await online(1);
    const other = client.joinRoom(roomId(2));
    await other.ready;
    const ends: unknown[] = [];
    other.on('closed', ({ error }) => ends.push(error?.code));
    world.gateway.rooms.delete(other.id);
    world.gateway.cutAll();
    await until('it is closed', () => other.state === 'closed');
    expect(ends).toEqual(['room_not_found']);
    world.gateway.say(log(), userId(9), 'on');
    await confirmed(room, 1);
  });

  it('ignores what comes from a lower epoch', async () => {
    world.gateway.openEpoch(log());
    const { room } = await online(1);
    const { seq } = room.cursor!;
    world.gateway.broadcast(log(), 'room:events', { roomId: room.id, epoch: 1, events: [{ ...log().events.at(-1)!, epoch: 1, seq: seq + 1 }] });
    world.gateway.say(log(), userId(9), 'true');
    await confirmed(room, 1);
    expect(bodies(room)).toEqual(['true']);
  });

  it('too far behind is loaded anew', async () => {
    const { client, room } = await online(1);
    const resets: unknown[] = [];
    room.on('reset', (reset) => resets.push(reset));
    await world.gateway.stop();
    await until('it is noticed', () => client.status === 'offline');
    world.gateway.append(log(), userId(9), null, Array.from({ length: LIMITS.syncGap + 1 }, (_, n) => ['message.created', { name: '', body: `m${n}` }] as const).map(([type, data]) => [type, data]));
    await world.gateway.start();
    await until('it was reset', () => resets.length === 1);
    expect(bodies(room)).toEqual(Array.from({ length: 50 }, (_, n) => `m${LIMITS.syncGap - 49 + n}`));
  });

  it('is read upwards to its beginning', async () => {
    for (let n = 0; n < 25; n += 1) world.gateway.say(log(), userId(9), `m${n}`);
    const { room } = await online(1, { historyPage: 10 });
    expect(bodies(room)).toEqual(Array.from({ length: 10 }, (_, n) => `m${n + 15}`));
    expect(await Promise.all([room.loadOlder(), room.loadOlder()])).toEqual([true, true]);
    expect(room.messages).toHaveLength(20);
    expect([await room.loadOlder(), await room.loadOlder(), room.hasOlder]).toEqual([true, false, false]);
    expect(bodies(room)).toEqual(Array.from({ length: 25 }, (_, n) => `m${n}`));
  });

  it('folds edits over a page of history that was read before them', async () => {
    const first = world.gateway.say(log(), userId(9), 'old');
    for (let n = 0; n < 3; n += 1) world.gateway.say(log(), userId(9), `m${n}`);
    const { room } = await online(1, { historyPage: 3 });
    world.gateway.beforeHistoryAnswer = async () => {
      world.gateway.broadcast(log(), 'room:events', { roomId: room.id, epoch: 1, events: world.gateway.append(log(), userId(9), null, [['message.edited', { messageId: first.id, body: 'new' }]]) });
      await until('the edit is known', () => room.cursor?.seq === log().events.length);
    };
    await room.loadOlder();
    expect(bodies(room)[0]).toBe('new');
  });

  it('keeps so many messages and no more', async () => {
    const { room } = await online(1, { keepMessages: 5 });
    for (let n = 0; n < 12; n += 1) world.gateway.say(log(), userId(9), `m${n}`);
    await until('all is applied', () => room.cursor?.seq === 14);
    expect(bodies(room)).toEqual(['m7', 'm8', 'm9', 'm10', 'm11']);
    expect(room.hasOlder).toBe(true);
  });

  it('can be followed from a cursor of one’s own, every event', async () => {
    for (let n = 0; n < 20; n += 1) world.gateway.say(log(), userId(9), `m${n}`);
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
    world.gateway.broadcast(log(), 'room:removed', { roomId: room.id });
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
    await until('no head will tell it', () => world.gateway.headsDue === 0);
    world.gateway.broadcast(log(), 'room:live', { roomId: room.id, live: false });
    await until('it is late', () => room.delayed);
    world.gateway.append(log(), userId(9), null, [['message.created', { name: '', body: 'untold' }]]);
    world.gateway.broadcast(log(), 'room:live', { roomId: room.id, live: true });
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
    expect(world.gateway.rooms.get(room.id)?.members.size).toBe(0);
  });
});
