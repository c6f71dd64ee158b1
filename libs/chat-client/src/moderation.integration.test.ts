import { describe, expect, it } from 'vitest';
import type { EventId, SanctionView } from '@parley/protocol';
import { roomId, sessionOf, userId } from './testing/fake-gateway.ts';
import { until } from './testing/wait.ts';
import { bodies, confirmed, createWorld } from './testing/world.ts';

const world = createWorld();
const { clientOf, online, log } = world;

const mute = (until: number | null, more: Partial<SanctionView> = {}): SanctionView => ({ kind: 'mute', userId: userId(1), roomId: roomId(1), reason: 'spam', since: Date.now(), until, ...more });

describe('a message that a moderator hides', () => {
  it('loses its body for everybody, and has it again once it is restored', async () => {
    const { room } = await online(1);
    const { client } = await online(2);
    room.send('one');
    room.send('two');
    await confirmed(room, 2);
    const [first] = room.messages;
    if (first?.state !== 'confirmed') throw new Error('nothing is confirmed');
    await client.moderation.hide(roomId(1), first.message.id, 'rude');
    await until('it is hidden', () => bodies(room)[0] === null);
    expect(room.messages[0]).toMatchObject({ message: { hidden: { reason: 'rude' } } });
    await client.moderation.restore(roomId(1), first.message.id);
    await until('it is shown', () => bodies(room)[0] === 'one');
    expect(room.messages[0]).not.toHaveProperty('message.hidden');
  });

  it('and that was hidden before it was read here is fetched when it is restored', async () => {
    const said = world.gateway.say(log(), userId(2), 'first');
    for (let n = 0; n < 5; n += 1) world.gateway.say(log(), userId(2), `later ${n}`);
    world.gateway.happens(log(), userId(2), ['message.hidden', { messageId: said.id, reason: 'rude' }]);
    const { room } = await online(1);
    expect(bodies(room)[0]).toBeNull();
    world.gateway.failNext.push({ name: 'room:history', code: 'unavailable' });
    world.gateway.happens(log(), userId(2), ['message.restored', { messageId: said.id }]);
    await until('it is shown', () => bodies(room)[0] === 'first');
    expect(world.gateway.failNext).toEqual([]);
  });

  it('again while its body is fetched stays hidden', async () => {
    const said = world.gateway.say(log(), userId(2), 'first');
    world.gateway.happens(log(), userId(2), ['message.hidden', { messageId: said.id, reason: 'rude' }]);
    const { room } = await online(1);
    let asked = false;
    world.gateway.beforeHistoryAnswer = () => {
      if (asked) return;
      asked = true;
      world.gateway.happens(log(), userId(2), ['message.hidden', { messageId: said.id, reason: 'rude again' }]);
      world.gateway.say(log(), userId(2), 'after');
    };
    world.gateway.happens(log(), userId(2), ['message.restored', { messageId: said.id }]);
    await confirmed(room, 2);
    await until('it is hidden again', () => asked && room.messages[0]?.state === 'confirmed' && room.messages[0].message.hidden?.reason === 'rude again');
    expect(bodies(room)).toEqual([null, 'after']);
  });
});

describe('a sanction', () => {
  it('is known when the room is opened, and ends by itself', async () => {
    world.gateway.sanctions = [mute(Date.now() + 400)];
    const { client, room } = await online(1);
    await until('it is known', () => room.standing.mute !== null);
    expect(room.standing.mute?.reason).toBe('spam');
    const told: unknown[] = [];
    client.on('sanction', (event) => told.push(event));
    await until('it is over', () => room.standing.mute === null);
    expect(told).toEqual([{ roomId: roomId(1), kind: 'mute', sanction: null }]);
  });

  it('that the log tells of holds at once, and so does its end', async () => {
    const { room } = await online(1);
    world.gateway.happens(log(), userId(2), ['member.muted', { userId: userId(1), until: null, reason: 'loud' }]);
    await until('it holds', () => room.standing.mute?.reason === 'loud');
    world.gateway.happens(log(), userId(2), ['member.unmuted', { userId: userId(1) }]);
    await until('it is over', () => room.standing.mute === null);
    world.gateway.happens(log(), userId(2), ['member.muted', { userId: userId(3), until: null, reason: 'loud' }], ['message.created', { name: '', body: 'x' }]);
    await confirmed(room, 1);
    expect(room.standing.mute).toBeNull();
  });

  it('refuses what waits, which is kept with why and until when, over a reload too', async () => {
    const { client, room } = await online(1);
    const until_ = Date.now() + 60_000;
    world.gateway.failNext.push({ name: 'message:send', code: 'muted', sanction: { kind: 'mute', reason: 'spam', until: until_ } });
    room.send('kept');
    await until('it failed', () => room.messages[0]?.state === 'failed');
    expect(client.unsent(roomId(1))).toMatchObject([{ state: 'failed', item: { payload: { body: 'kept' }, failure: { code: 'muted', sanction: { reason: 'spam', until: until_ } } } }]);
    expect(room.standing.mute).toMatchObject({ reason: 'spam', until: until_ });
  });

  it('that bans ends the room, and says why and until when', async () => {
    const { client, room } = await online(1);
    const told: unknown[] = [];
    const closed: unknown[] = [];
    client.on('room', (event) => told.push(event));
    room.on('closed', ({ error }) => closed.push([error?.code, error?.sanction]));
    const ban = { until: Date.now() + 60_000 };
    world.gateway.toAll('room:removed', { roomId: roomId(1), reason: 'enough', ban });
    await until('it is told', () => told.length > 0);
    expect(told).toEqual([{ change: 'removed', roomId: roomId(1), reason: 'enough', ban }]);
    expect(closed).toEqual([['banned', { kind: 'ban', reason: 'enough', until: ban.until }]]);
    expect(client.sanction(roomId(1), 'ban')).toMatchObject({ reason: 'enough' });
    world.gateway.toAll('sanction:changed', { roomId: roomId(1), kind: 'ban', sanction: null });
    await until('it is over', () => client.sanction(roomId(1), 'ban') === null);
  });
});

describe('slow mode', () => {
  it('holds the next message back until the room takes it, and lets it be discarded meanwhile', async () => {
    const { room } = await online(1);
    world.gateway.failNext.push({ name: 'message:send', code: 'slow_mode', retryAfterMs: 200 });
    const began = performance.now();
    room.send('patient');
    await until('it waits', () => room.standing.nextAt !== null);
    expect(room.messages).toMatchObject([{ state: 'queued' }]);
    await confirmed(room, 1);
    expect(performance.now() - began).toBeGreaterThanOrEqual(199);
    await until('the wait is over', () => room.standing.nextAt === null);
    world.gateway.failNext.push({ name: 'message:send', code: 'slow_mode', retryAfterMs: 60_000 });
    const cmid = room.send('impatient');
    await until('it waits', () => room.standing.nextAt !== null);
    expect(room.discard(cmid)).toBe(true);
    room.send('next');
    await confirmed(room, 2);
  });

  it('counts from what one said last, and does not count for those it spares', async () => {
    const { room } = await online(1);
    world.gateway.happens(log(), userId(2), ['room.updated', { slowModeMs: 60_000, readOnly: true }]);
    await until('it is known', () => room.standing.readOnly);
    room.send('one');
    await until('it counts', () => room.standing.nextAt !== null);
    world.gateway.happens(log(), userId(2), ['member.role_changed', { userId: userId(1), role: 'moderator' }]);
    await until('it is spared', () => room.standing.nextAt === null);
    expect(room.standing).toMatchObject({ readOnly: false, slowModeMs: 0 });
    world.gateway.happens(log(), userId(2), ['member.role_changed', { userId: userId(1), role: 'member' }], ['room.updated', { slowModeMs: 0 }]);
    await until('it is over', () => room.standing.readOnly && room.standing.nextAt === null);
  });
});

describe('a session', () => {
  it('that expires goes on with a fresh token, which the next connection has', async () => {
    const { client, room } = await online(1, { session: { ...sessionOf(1), expiresAt: Date.now() + 5_000 } });
    const renewed: string[] = [];
    client.on('renewed', ({ session }) => renewed.push(session.token));
    world.gateway.nextToken = 'user 1';
    world.gateway.failNext.push({ name: 'session:refresh', code: 'unavailable' });
    world.gateway.toAll('session:expiring', { expiresAt: Date.now() + 50 });
    await until('it is renewed', () => renewed.length === 1);
    world.gateway.cutAll();
    await until('it is back', () => client.status === 'online' && !room.delayed);
    expect(renewed).toEqual(['user 1']);
  });

  it('that the server ends is over for good, and says why', async () => {
    const { client } = await online(1);
    const told: unknown[] = [];
    client.on('session', ({ error }) => told.push([error.code, error.sanction?.reason]));
    world.gateway.toAll('session:ended', { error: { code: 'banned', message: '', retryable: false, sanction: { kind: 'ban', reason: 'fraud', until: null } } });
    await until('it is refused', () => client.status === 'refused');
    expect(told).toEqual([['banned', 'fraud']]);
    expect(client.sanction(null, 'ban')).toMatchObject({ reason: 'fraud', until: null });
  });
});

describe('what a room does not have', () => {
  it('is told as it is: an act on a message nobody knows is refused', async () => {
    const client = clientOf(1);
    client.connect();
    await until('it is online', () => client.status === 'online');
    await expect(client.moderation.hide(roomId(9), '0'.repeat(26) as EventId, 'x')).rejects.toMatchObject({ code: 'room_not_found' });
  });
});
