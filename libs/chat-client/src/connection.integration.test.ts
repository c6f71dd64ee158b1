import { describe, expect, it } from 'vitest';
import type { Cmid } from '@parley/protocol';
import { roomId, sessionOf, userId } from './testing/fake-gateway.ts';
import { until } from './testing/wait.ts';
import { bodies, confirmed, createWorld } from './testing/world.ts';

const world = createWorld();
const { clientOf, online, log } = world;

/** How often the room was listened to again in another connection. */
const resumes = (): number => world.gateway.seen.filter(({ name, request }) => name === 'room:join' && request['resume'] === true).length;

describe('a connection', () => {
  it('refused for its session waits for a new one, and the outbox with it', async () => {
    const client = clientOf(1);
    const told: string[] = [];
    client.on('session', ({ error }) => told.push(error.code));
    world.gateway.refuseConnections = 'session_expired';
    const room = client.joinRoom(roomId(1));
    const cmid: Cmid = room.send('waits');
    client.connect();
    await until('it is refused', () => client.status === 'refused');
    expect(told).toEqual(['session_expired']);
    world.gateway.refuseConnections = null;
    client.renew(sessionOf(1));
    await confirmed(room, 1);
    expect(log().events.at(-1)?.cmid).toBe(cmid);
    expect(() => client.renew(sessionOf(2))).toThrow(/another user/);
  });

  it('whose session ends on the way keeps what waits', async () => {
    const { client, room } = await online(1);
    world.gateway.failNext.push({ name: 'message:send', code: 'session_expired' });
    room.send('still here');
    await until('it is refused', () => client.status === 'refused');
    expect(room.messages).toMatchObject([{ state: 'sending' }]);
    client.renew(sessionOf(1));
    await confirmed(room, 1);
  });

  it('learns that its session ended though nobody tells', async () => {
    const { client } = await online(1, { session: { ...sessionOf(1), expiresAt: Date.now() + 100 } });
    world.gateway.failNext.push({ name: 'user:get', code: 'session_expired' });
    await until('it is refused', () => client.status === 'refused');
    expect(world.gateway.failNext).toEqual([]);
  });

  it('works by polling alone', async () => {
    const { room } = await online(1, { transports: ['polling'] });
    room.send('slowly');
    await confirmed(room, 1);
    expect(bodies(room)).toEqual(['slowly']);
  });

  it('asked to move does so after the time told, and nobody notices', async () => {
    const { client, room } = await online(1);
    const noticed: unknown[] = [];
    client.on('status', (event) => noticed.push(event));
    room.on('change', () => { if (room.delayed) noticed.push('delayed'); });
    const asked = performance.now();
    world.gateway.toAll('session:reconnect', { afterMs: 100 });
    room.send('before');
    await until('it has moved', () => resumes() === 1);
    expect(performance.now() - asked).toBeGreaterThanOrEqual(99);
    room.send('after');
    await confirmed(room, 2);
    await until('the old one is closed', () => world.gateway.connections === 1);
    expect(noticed).toEqual([]);
  });

  it('that moves while much is said and heard loses nothing and doubles nothing', async () => {
    const [{ client, room }, other] = [await online(1), await online(2)];
    const heard: string[] = [];
    room.on('events', (events) => heard.push(...events.flatMap((event) => (event.type === 'message.created' ? [event.data.body] : []))));
    for (let n = 0; n < 60; n += 1) {
      for (const each of [room, other.room]) each.send(`${n}`);
      if (n % 20 === 10) world.gateway.toAll('session:reconnect', { afterMs: 0 });
      await until('the message is heard', () => heard.length > 2 * n);
    }
    await until('all is heard', () => heard.length === 120);
    expect(new Set(log().events.map(({ cmid }) => cmid).filter((cmid) => cmid !== null)).size).toBe(120);
    expect(heard).toEqual(log().events.flatMap((event) => (event.type === 'message.created' ? [event.data.body] : [])));
    expect([client.status, other.client.status]).toEqual(['online', 'online']);
  });

  it('that moves still gets the answers it waits for', async () => {
    const { room } = await online(1);
    const held = Promise.withResolvers<void>();
    world.gateway.beforeHistoryAnswer = () => held.promise;
    const page = room.history();
    await until('it was asked', () => world.gateway.seen.filter(({ name }) => name === 'room:history').length === 2);
    world.gateway.toAll('session:reconnect', { afterMs: 0 });
    await until('it has moved', () => resumes() === 1);
    expect(world.gateway.connections).toBe(2);
    held.resolve();
    await expect(page).resolves.toMatchObject({ epoch: 1 });
    await until('the old one is closed', () => world.gateway.connections === 1);
  });

  it('refused for now comes again when it was told to, and not before', async () => {
    const client = clientOf(1);
    world.gateway.refuseConnections = 'busy';
    world.gateway.comeAgainMs = 400;
    const began = performance.now();
    client.connect();
    await until('it was refused', () => world.gateway.refused === 1);
    world.gateway.refuseConnections = null;
    await until('it is in', () => client.status === 'online');
    expect(performance.now() - began).toBeGreaterThanOrEqual(400);
    expect(world.gateway.refused).toBe(1);
  });

  it('that is let in nowhere else stays where it is, and tries again', async () => {
    const { client, room } = await online(1);
    world.gateway.refuseConnections = 'unavailable';
    world.gateway.toAll('session:reconnect', { afterMs: 0 });
    await until('it was refused', () => world.gateway.refused > 1);
    room.send('still here');
    await confirmed(room, 1);
    expect(client.status).toBe('online');
    expect(resumes()).toBe(0);
    world.gateway.refuseConnections = null;
    await until('it has moved', () => resumes() === 1);
  });

  it('cut before it has moved comes back no sooner than it was told to', async () => {
    const { client } = await online(1);
    const asked = performance.now();
    world.gateway.toAll('session:reconnect', { afterMs: 300 });
    world.gateway.cutAll();
    await until('it went', () => client.status === 'offline');
    await until('it is back', () => client.status === 'online');
    expect(performance.now() - asked).toBeGreaterThanOrEqual(299);
  });

  it('cut while it is being let in elsewhere goes on there', async () => {
    const { client, room } = await online(1);
    const door = Promise.withResolvers<() => void>();
    world.gateway.door = door.resolve;
    world.gateway.toAll('session:reconnect', { afterMs: 0 });
    await until('it is at the door', () => world.gateway.arrived === 2);
    world.gateway.cutAll();
    await until('it went', () => client.status === 'connecting');
    (await door.promise)();
    room.send('here again');
    await confirmed(room, 1);
    expect(world.gateway.arrived).toBe(2);
  });

  it('whose session ends as it moves waits for a new one', async () => {
    const { client } = await online(1);
    world.gateway.refuseConnections = 'session_expired';
    world.gateway.toAll('session:reconnect', { afterMs: 0 });
    await until('it is refused', () => client.status === 'refused');
    await until('the server noticed', () => world.gateway.connections === 0);
  });

  it('refused for a while tries again by itself', async () => {
    world.gateway.refuseConnections = 'unavailable';
    const client = clientOf(1);
    client.connect();
    await until('it was refused', () => client.status === 'offline');
    world.gateway.refuseConnections = null;
    await until('it is back', () => client.status === 'online');
    expect(world.gateway.connections).toBe(1);
  });

  it('closed is gone and sends nothing, also when it was about to connect', async () => {
    const { client, room } = await online(1);
    client.close();
    room.send('kept');
    await until('the server noticed', () => world.gateway.connections === 0);
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
    for (const nonsense of [null, 7, {}, { roomId: room.id, epoch: 1, events: 'no' }, { roomId: room.id, epoch: 1, events: [{}] }]) world.gateway.toAll('room:events', nonsense);
    world.gateway.say(log(), userId(9), 'fine');
    await confirmed(room, 1);
    expect(faults.map((fault) => (fault as Error).name)).toEqual([...Array.from({ length: 5 }, () => 'ChatError'), 'TypeError']);
  });
});
