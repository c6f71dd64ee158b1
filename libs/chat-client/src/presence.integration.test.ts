import { describe, expect, it } from 'vitest';
import { LIMITS, type CommandName, type PresenceStatus, type PresenceView } from '@parley/protocol';
import type { RoomHandle } from './index.ts';
import { roomId, userId } from './testing/fake-gateway.ts';
import { until } from './testing/wait.ts';
import { createWorld } from './testing/world.ts';

const world = createWorld();
const { online, log } = world;

const view = (n: number, status: PresenceStatus, lastSeenAt?: number): PresenceView => ({ userId: userId(n), status, ...(lastSeenAt === undefined ? {} : { lastSeenAt }) });
const asked = (name: CommandName): Record<string, unknown>[] => world.gateway.seen.filter((command) => command.name === name).map(({ request }) => request);
const statuses = ({ presence }: RoomHandle, ...users: number[]): PresenceStatus[] => users.map((n) => presence.of(userId(n)).status);
const changed = (there: { online: number; away: number; complete?: boolean }, ...users: PresenceView[]): void =>
  world.gateway.broadcast(log(), 'presence:changed', { roomId: roomId(1), complete: true, ...there, users });

describe('presence in a room', () => {
  it('is asked for only while it is watched, and then follows what changes', async () => {
    const { room } = await online(1);
    world.gateway.presence = () => ({ online: 1, away: 1, complete: true, users: [view(1, 'online'), view(2, 'away'), view(3, 'offline', 77)] });
    expect(statuses(room, 1, 2)).toEqual(['unknown', 'unknown']);
    expect(asked('presence:watch')).toEqual([]);
    room.presence.watch([userId(3)]);
    await until('it is answered', () => room.presence.current.known);
    expect(asked('presence:watch')).toEqual([{ roomId: roomId(1), userIds: [userId(3)] }]);
    expect([room.presence.current.online, room.presence.current.away, room.presence.current.complete, room.presence.current.everybody]).toEqual([1, 1, true, true]);
    // Whom it does not name in a room of which everybody there is known is not there.
    expect(statuses(room, 1, 2, 3, 4)).toEqual(['online', 'away', 'offline', 'offline']);
    expect(room.presence.of(userId(3)).lastSeenAt).toBe(77);
    changed({ online: 2, away: 0 }, view(2, 'online'));
    await until('the change is heard', () => room.presence.current.online === 2);
    changed({ online: 1, away: 0 }, view(2, 'offline', 99));
    await until('the other one left', () => room.presence.current.online === 1);
    expect(statuses(room, 1, 2)).toEqual(['online', 'offline']);
    expect(room.presence.current.there.map((each) => each.userId)).toEqual([userId(1)]);
    room.presence.unwatch();
    await until('the server is told', () => asked('presence:unwatch').length === 1);
    expect(statuses(room, 1, 2)).toEqual(['unknown', 'unknown']);
    changed({ online: 9, away: 0 });
    await world.gateway.stop();
    expect(room.presence.current.online).toBe(0);
  });

  it('is unknown without a connection, and watched again with the window of now', async () => {
    const { client, room } = await online(1);
    world.gateway.presence = (userIds) => ({ online: userIds.length, away: 0, complete: true, users: userIds.map((each) => ({ userId: each, status: 'online' })) });
    room.presence.watch([userId(2)]);
    await until('it is answered', () => statuses(room, 2)[0] === 'online');
    await world.gateway.stop();
    await until('the loss is noticed', () => client.status !== 'online');
    expect([room.presence.current.known, room.presence.current.online, ...statuses(room, 2)]).toEqual([false, 0, 'unknown']);
    room.presence.watch([userId(3), userId(4)]);
    await world.gateway.start();
    await until('it is known again', () => room.presence.current.known);
    expect(statuses(room, 3, 4)).toEqual(['online', 'online']);
    expect(asked('presence:watch').map((request) => request['userIds'])).toEqual([[userId(2)], [userId(3), userId(4)]]);
  });

  it('refused for a while is asked for again, and messages do not wait for it', async () => {
    const { room } = await online(1);
    world.gateway.presence = () => ({ online: 1, away: 0, complete: true, users: [] });
    world.gateway.failNext.push({ name: 'presence:watch', code: 'unavailable' }, { name: 'presence:watch', code: 'rate_limited', retryAfterMs: 20 }, { name: 'typing:set', code: 'unavailable' });
    room.presence.watch();
    room.typing.set(true);
    room.send('meanwhile');
    await until('it is answered', () => room.presence.current.known && room.cursor?.seq === 3);
    expect(asked('presence:watch')).toHaveLength(3);
  });

  it('refused for good is asked for again only when asked to', async () => {
    const { client, room } = await online(1);
    world.gateway.failNext.push({ name: 'presence:watch', code: 'limit_reached' });
    room.presence.watch();
    await until('it is refused', () => world.gateway.failNext.length === 0);
    await client.getUsers([userId(1)]);
    expect(asked('presence:watch')).toHaveLength(1);
    room.presence.watch();
    await until('it is answered', () => room.presence.current.known);
  });

  it('in a room where too many are there is known of the window alone', async () => {
    const { room } = await online(1);
    const there = { online: LIMITS.presenceRoom + 1, away: 5, complete: true };
    world.gateway.presence = (userIds) => ({ ...there, users: userIds.map((each) => ({ userId: each, status: 'online' })) });
    room.presence.watch([userId(2)]);
    await until('it is answered', () => room.presence.current.known);
    expect([room.presence.current.everybody, ...statuses(room, 2, 3)]).toEqual([false, 'online', 'unknown']);
    changed(there, view(3, 'online'), view(2, 'away'));
    await until('the change is heard', () => statuses(room, 2)[0] === 'away');
    expect(statuses(room, 3)).toEqual(['unknown']);
    room.presence.watch([userId(3)]);
    await until('the window has moved', () => statuses(room, 3)[0] === 'online');
    expect(statuses(room, 2)).toEqual(['unknown']);
    expect(() => room.presence.watch(Array.from({ length: LIMITS.presenceWindow + 1 }, (_, n) => userId(n)))).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  it('keeps of a room that became too big only who is in the window', async () => {
    const { room } = await online(1);
    world.gateway.presence = () => ({ online: LIMITS.presenceRoom, away: 0, complete: true, users: [view(2, 'online'), view(3, 'online')] });
    room.presence.watch([userId(2)]);
    await until('it is answered', () => room.presence.current.everybody);
    changed({ online: LIMITS.presenceRoom + 1, away: 0 });
    await until('the change is heard', () => !room.presence.current.everybody);
    expect(statuses(room, 2, 3)).toEqual(['online', 'unknown']);
  });

  it('of those the server cannot ask about is unknown, not offline', async () => {
    const { room } = await online(1);
    world.gateway.presence = () => ({ online: 1, away: 0, complete: false, users: [view(1, 'online')] });
    room.presence.watch();
    await until('it is answered', () => room.presence.current.known);
    expect([room.presence.current.complete, ...statuses(room, 1, 2)]).toEqual([false, 'online', 'unknown']);
  });

  it('of those who were unknown is asked for again once the server can tell', async () => {
    const { room } = await online(1);
    world.gateway.presence = () => ({ online: 1, away: 0, complete: false, users: [view(1, 'online'), view(2, 'unknown')] });
    room.presence.watch([userId(2)]);
    await until('it is answered', () => room.presence.current.known);
    world.gateway.presence = () => ({ online: 1, away: 0, complete: true, users: [view(1, 'online'), view(2, 'offline', 5)] });
    changed({ online: 1, away: 0 });
    await until('it is told', () => room.presence.of(userId(2)).lastSeenAt === 5);
    changed({ online: 1, away: 0, complete: false });
    changed({ online: 1, away: 0 });
    await until('it is complete again', () => room.presence.current.complete);
    expect(asked('presence:watch')).toHaveLength(2);
  });

  it('is unknown while the gateway is cut off, and asked for again after', async () => {
    const { room } = await online(1);
    world.gateway.presence = () => ({ online: 1, away: 0, complete: true, users: [view(2, 'online')] });
    room.presence.watch();
    await until('it is answered', () => room.presence.current.known);
    world.gateway.broadcast(log(), 'room:live', { roomId: roomId(1), live: false });
    await until('it is cut off', () => room.delayed);
    expect(statuses(room, 2)).toEqual(['unknown']);
    world.gateway.broadcast(log(), 'room:live', { roomId: roomId(1), live: true });
    await until('it is known again', () => statuses(room, 2)[0] === 'online');
    world.gateway.broadcast(log(), 'room:live', { roomId: roomId(1), live: true });
    world.gateway.say(log(), userId(9), 'after that');
    await until('that is heard', () => room.cursor?.seq === 3);
    expect(asked('presence:watch')).toHaveLength(2);
  });

  it('is asked for anew of the gateway one is moved to, and what was typed at the old one is forgotten', async () => {
    const { client, room } = await online(1);
    world.gateway.presence = (userIds) => ({ online: 1, away: 0, complete: true, users: userIds.map((each) => ({ userId: each, status: 'online' })) });
    client.setActivity('away');
    room.presence.watch([userId(2)]);
    await until('it is answered', () => room.presence.current.known);
    world.gateway.broadcast(log(), 'typing:changed', { roomId: roomId(1), userId: userId(2), name: 'Bob', typing: true });
    room.typing.set(true);
    await until('it is heard', () => room.typing.users.length === 1);
    world.gateway.presence = () => ({ online: 2, away: 0, complete: true, users: [] });
    world.gateway.toAll('session:reconnect', { afterMs: 0 });
    await until('the new one has answered', () => room.presence.current.online === 2);
    await until('the new one knows of this device', () => asked('presence:set').length === 2);
    expect(room.typing.users).toEqual([]);
    room.typing.set(true);
    await until('one types on', () => asked('typing:set').length === 2);
  });

  it('is watched no more once the room is closed', async () => {
    const { room } = await online(1);
    room.presence.watch();
    await until('it is answered', () => room.presence.current.known);
    room.close();
    await until('the server is told', () => asked('presence:unwatch').length === 1);
    expect(room.presence.current.known).toBe(false);
  });
});

describe('a device', () => {
  it('that nobody is at says so before it listens again, so that nobody seems to come back', async () => {
    const { client } = await online(1);
    client.setActivity('away');
    await until('it is told', () => asked('presence:set').length === 1);
    const before = world.gateway.seen.length;
    world.gateway.cutAll();
    const later = () => world.gateway.seen.slice(before).map(({ name }) => name).filter((name) => name === 'presence:set' || name === 'room:join');
    await until('both are told again', () => later().length === 2);
    expect(later()).toEqual(['presence:set', 'room:join']);
  });

  it('says whether somebody is at it, and says so again on each connection', async () => {
    const { client } = await online(1);
    client.setActivity('online');
    client.setActivity('away');
    await until('it is told', () => asked('presence:set').length === 1);
    world.gateway.cutAll();
    await until('it is told again', () => asked('presence:set').length === 2);
    client.setActivity('online');
    await until('it is back', () => asked('presence:set').length === 3);
    expect(asked('presence:set').map(({ status }) => status)).toEqual(['away', 'away', 'online']);
    world.gateway.cutAll();
    await until('it is cut off', () => client.status !== 'online');
    await until('it is connected again', () => client.status === 'online');
    await client.getUsers([userId(1)]);
    expect(asked('presence:set')).toHaveLength(3);
  });
});

describe('typing', () => {
  it('is heard by the others until the message arrives', async () => {
    const ada = await online(1);
    const bob = await online(2);
    ada.room.typing.set(true);
    ada.room.typing.set(true);
    await until('it is heard', () => bob.room.typing.users.length === 1);
    expect(bob.room.typing.users).toEqual([{ userId: userId(1), name: 'User 1' }]);
    expect(ada.room.typing.users).toEqual([]);
    ada.room.send('said');
    await until('it is over', () => bob.room.typing.users.length === 0);
    ada.room.typing.set(false);
    await until('the end is told', () => asked('typing:set').length === 2);
    expect(asked('typing:set').map(({ typing }) => typing)).toEqual([true, false]);
  });

  it('is over when the connection is', async () => {
    const { client, room } = await online(1);
    world.gateway.broadcast(log(), 'typing:changed', { roomId: roomId(1), userId: userId(2), name: 'Bob', typing: true });
    await until('it is heard', () => room.typing.users.length === 1);
    await world.gateway.stop();
    await until('the loss is noticed', () => client.status !== 'online');
    expect(room.typing.users).toEqual([]);
  });
});
