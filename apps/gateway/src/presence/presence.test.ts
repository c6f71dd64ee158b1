import { describe, expect, it, vi } from 'vitest';
import { newUserId } from '@parley/domain';
import { LIMITS, type PresenceView } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import type { Client } from '@parley/testkit/wire-client';
import { connect } from '@parley/testkit/wire-client';
import { cmid, createRig, metric, roomOf, type NodeOptions } from '../testing/rig.ts';
import type { PresenceLimits } from './limits.ts';

const QUICK: Partial<PresenceLimits> = { tellEveryMs: 30, graceMs: 50, seenEveryMs: 30 };
const settings = (more: Partial<PresenceLimits> = {}): NodeOptions => ({ settings: { presence: { ...QUICK, ...more } } });
const idOf = ({ session }: Client) => session.user.id;

/** What a client that watches a room knows of it. */
const follow = async (client: Client, roomId: string, userIds: string[] = []) => {
  const answer = await client.must('presence:watch', { roomId, userIds });
  const before = client.heard('presence:changed').length;
  const now = () => {
    const told = client.heard('presence:changed').slice(before).filter((each) => each.roomId === roomId);
    const users = new Map<string, PresenceView>([answer, ...told].flatMap((each) => each.users.map((view) => [view.userId, view] as const)));
    return { counts: told.at(-1) ?? answer, users, frames: told.length };
  };
  return { answer, now, statusOf: (who: Client) => now().users.get(idOf(who))?.status };
};

describe('presence', () => {
  it('names who is there, and tells of who comes, goes and returns to another gateway', async () => {
    const rig = createRig();
    const [one, other] = [await rig.node(settings()), await rig.node(settings())];
    const [ada, bob] = [await one.guest('Ada'), await other.guest('Bob')];
    const { roomId } = await roomOf(ada);
    const view = await follow(ada, roomId);
    expect(view.answer).toMatchObject({ online: 1, away: 0, complete: true, users: [{ userId: idOf(ada), status: 'online' }] });
    await bob.must('room:join', { roomId });
    await waitFor('bob to be there', () => view.statusOf(bob) === 'online');
    expect(view.now().counts).toMatchObject({ online: 2, away: 0, complete: true });
    bob.socket.close();
    await waitFor('bob to be gone', () => view.statusOf(bob) === 'offline');
    expect(view.now().counts.online).toBe(1);
    expect(Math.abs(Date.now() - view.now().users.get(idOf(bob))!.lastSeenAt!)).toBeLessThan(10_000);
  });

  it('of several devices is online while any is, away once all are', async () => {
    const rig = createRig();
    const [one, other] = [await rig.node(settings()), await rig.node(settings())];
    const [ada, phone] = [await one.guest('Ada'), await one.guest('Bob')];
    const { roomId } = await roomOf(ada, phone);
    const laptop = await connect(other.url, phone.session);
    await laptop.must('room:join', { roomId });
    const view = await follow(ada, roomId);
    await phone.must('presence:set', { status: 'away' });
    await laptop.must('presence:set', { status: 'away' });
    await waitFor('bob to be away', () => view.statusOf(phone) === 'away');
    expect(view.now().counts).toMatchObject({ online: 1, away: 1 });
    await laptop.must('presence:set', { status: 'online' });
    await waitFor('bob to be back', () => view.statusOf(phone) === 'online');
    laptop.socket.close();
    await waitFor('the phone alone to count', () => view.statusOf(phone) === 'away');
    await phone.must('presence:set', { status: 'online' });
    await waitFor('bob to be back', () => view.statusOf(phone) === 'online');
  });

  it('knows of a device that nobody is at also if it said so before it listened', async () => {
    const node = await createRig().node(settings());
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const { roomId } = await roomOf(ada);
    await bob.must('presence:set', { status: 'away' });
    await bob.must('room:join', { roomId });
    expect((await follow(ada, roomId)).statusOf(bob)).toBe('away');
  });

  it('shows nothing of a reload within the grace', async () => {
    const node = await createRig().node(settings({ graceMs: 60_000 }));
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const { roomId } = await roomOf(ada, bob);
    const view = await follow(ada, roomId);
    bob.socket.close();
    await waitFor('the socket to be gone', async () => (await metric(node, 'sockets')) === 1);
    const again = await connect(node.url, bob.session);
    await again.must('room:join', { roomId });
    await again.must('presence:set', { status: 'away' });
    await waitFor('what came after to be told', () => view.statusOf(bob) === 'away');
    expect(ada.heard('presence:changed').flatMap(({ users }) => users).map(({ status }) => status)).toEqual(['away']);
    again.socket.close();
  });

  it('in a room above the threshold tells counts, and of each socket’s window alone', async () => {
    const node = await createRig().node(settings({ room: 2 }));
    const [ada, eve, bob, cy, dan] = await Promise.all(['Ada', 'Eve', 'Bob', 'Cy', 'Dan'].map((name) => node.guest(name)));
    const { roomId } = await roomOf(ada!, eve!);
    const everybody = await follow(eve!, roomId);
    expect(everybody.answer.users).toHaveLength(2);
    for (const each of [bob!, cy!, dan!]) await each.must('room:join', { roomId });
    await waitFor('all to be there', () => everybody.now().counts.online === 5);
    const window = await follow(ada!, roomId, [idOf(bob!)]);
    expect(window.answer).toMatchObject({ online: 5, users: [{ userId: idOf(bob!), status: 'online' }] });
    for (const each of [bob!, cy!]) await each.must('presence:set', { status: 'away' });
    await waitFor('both to be away', () => window.now().counts.away === 2 && everybody.now().counts.away === 2);
    await waitFor('the window to be told', () => window.statusOf(bob!) === 'away');
    expect(window.now().users.has(idOf(cy!))).toBe(false);
    expect(everybody.statusOf(cy!)).not.toBe('away');
    const moved = await follow(ada!, roomId, [idOf(cy!)]);
    expect(moved.answer.users).toEqual([{ userId: idOf(cy!), status: 'away' }]);
    await bob!.must('presence:set', { status: 'online' });
    await cy!.must('presence:set', { status: 'online' });
    await waitFor('the new window to be told', () => moved.statusOf(cy!) === 'online');
    expect(moved.now().users.has(idOf(bob!))).toBe(false);
  });

  it('tells of the window named last, also where the one before is answered after it', async () => {
    const rig = createRig();
    const node = await rig.node(settings({ room: 1, seenWithinMs: 60_000 }));
    const [ada, bob, cy] = [await node.guest('Ada'), await node.guest('Bob'), await node.guest('Cy')];
    const { roomId } = await roomOf(ada, bob);
    const mayAnswer = Promise.withResolvers<void>();
    const findTargets = rig.store.findTargets.bind(rig.store);
    rig.store.findTargets = (...asked) => mayAnswer.promise.then(() => findTargets(...asked));
    const before = ada.ask('presence:watch', { roomId, userIds: [idOf(cy)] });
    const last = await follow(ada, roomId, [idOf(bob)]);
    mayAnswer.resolve();
    await before;
    await bob.must('presence:set', { status: 'away' });
    await waitFor('bob to be away', () => last.statusOf(bob) === 'away');
  });

  it('tells a frame a tick, however many change', async () => {
    const node = await createRig().node(settings({ tellEveryMs: 400 }));
    const ada = await node.guest('Ada');
    const { roomId } = await roomOf(ada);
    const view = await follow(ada, roomId);
    const others = await Promise.all(Array.from({ length: 40 }, (_, n) => node.guest(`user ${n}`)));
    const began = Date.now();
    await Promise.all(others.map((each) => each.must('room:join', { roomId })));
    await waitFor('all to be there', () => view.now().counts.online === 41);
    expect(view.now().frames).toBeLessThanOrEqual(2 + (Date.now() - began) / 400);
    expect(view.now().users.size).toBe(41);
  });

  it('is told only to sockets that listen, of up to so many rooms, until they stop', async () => {
    const node = await createRig().node(settings({ roomsPerSocket: 2 }));
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const rooms = [await roomOf(ada), await roomOf(ada), await roomOf(ada)].map(({ roomId }) => roomId);
    expect(await bob.ask('presence:watch', { roomId: rooms[0]! })).toMatchObject({ error: { code: 'not_member' } });
    for (const roomId of rooms.slice(0, 2)) for (const _ of [1, 2]) await ada.must('presence:watch', { roomId });
    expect(await ada.ask('presence:watch', { roomId: rooms[2]! })).toMatchObject({ error: { code: 'limit_reached' } });
    await ada.must('presence:unwatch', { roomId: rooms[0]! });
    await ada.must('presence:watch', { roomId: rooms[2]! });
    for (const roomId of rooms) await bob.must('room:join', { roomId });
    await waitFor('the change', () => ada.heard('presence:changed').some(({ roomId }) => roomId === rooms[2]));
    await waitFor('the other change', () => ada.heard('presence:changed').some(({ roomId }) => roomId === rooms[1]));
    expect(ada.heard('presence:changed').some(({ roomId }) => roomId === rooms[0])).toBe(false);
  });

  it('is heard no more by who was removed from the room', async () => {
    const node = await createRig().node(settings());
    const [ada, bob, cy] = [await node.guest('Ada'), await node.guest('Bob'), await node.guest('Cy')];
    const { roomId } = await roomOf(ada, bob);
    await follow(bob, roomId);
    const view = await follow(ada, roomId);
    await ada.must('member:remove', { roomId, cmid: cmid(), userId: idOf(bob) });
    await waitFor('bob to be removed', () => bob.heard('room:removed').length === 1);
    const heard = bob.heard('presence:changed').length;
    await cy.must('room:join', { roomId });
    await waitFor('cy to be there', () => view.statusOf(cy) === 'online');
    await waitFor('bob to be gone', () => view.statusOf(bob) === 'offline');
    expect(bob.heard('presence:changed')).toHaveLength(heard);
    expect(await bob.ask('presence:watch', { roomId })).toMatchObject({ error: { code: 'not_member' } });
  });

  it('is told to nobody while this gateway cannot know whom it may tell, and all of it after', async () => {
    const rig = createRig();
    const node = await rig.node(settings());
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const { roomId } = await roomOf(ada, bob);
    const view = await follow(ada, roomId);
    rig.logs.kill();
    await waitFor('the room to be told dead', () => ada.heard('room:live').at(-1)?.live === false);
    const heard = ada.heard('presence:changed').length;
    await bob.must('presence:set', { status: 'away' });
    await bob.must('typing:set', { roomId, typing: true });
    expect(await ada.ask('presence:watch', { roomId })).toMatchObject({ error: { code: 'unavailable', retryable: true } });
    // What is not told is not to be waited for: several ticks.
    await new Promise((resolve) => { setTimeout(resolve, 4 * QUICK.tellEveryMs!); });
    expect([ada.heard('presence:changed').length, ada.heard('typing:changed').length]).toEqual([heard, 0]);
    rig.logs.restart();
    await waitFor('bob to be away', () => view.statusOf(bob) === 'away');
  });

  it('says when a member was last seen, of a stranger nothing, and nothing while the store is away', async () => {
    const rig = createRig();
    const node = await rig.node(settings());
    const [ada, bob, stranger] = [await node.guest('Ada'), await node.guest('Bob'), await node.guest('Eve')];
    const [{ roomId }, other] = [await roomOf(ada, bob), await roomOf(stranger)];
    await rig.store.ingest(rig.logs.open(), roomId as never);
    const went = Date.now();
    for (const each of [bob, stranger]) each.socket.close();
    await waitFor('both to be noted', () => rig.store.seen.has(idOf(bob)) && rig.store.seen.has(idOf(stranger)));
    expect(other.roomId).not.toBe(roomId);
    const named = [idOf(bob), idOf(stranger), newUserId()];
    const seen = async () => (await ada.must('presence:watch', { roomId, userIds: named })).users.filter(({ userId }) => userId !== idOf(ada));
    const at = (await seen())[0]?.lastSeenAt ?? 0;
    expect(at).toBeGreaterThanOrEqual(went - 50);
    expect(await seen()).toEqual([{ userId: named[0], status: 'offline', lastSeenAt: at }, { userId: named[1], status: 'offline' }, { userId: named[2], status: 'offline' }]);
    rig.store.away = true;
    expect((await seen())[0]).toEqual({ userId: named[0], status: 'offline' });
  });

  it('keeps what it saw until the store takes it', async () => {
    const rig = createRig();
    const node = await rig.node(settings());
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    await roomOf(ada, bob);
    rig.store.away = true;
    bob.socket.close();
    const noteSeen = vi.spyOn(rig.store, 'noteSeen');
    const asked = () => noteSeen.mock.calls.length;
    await waitFor('it to be refused', () => asked() > 1);
    rig.store.away = false;
    await waitFor('it to be taken', () => rig.store.seen.has(idOf(bob)));
    const after = asked();
    ada.socket.close();
    await waitFor('the next to be taken', () => rig.store.seen.has(idOf(ada)));
    expect(asked()).toBe(after + 1);
  });
});

describe('typing', () => {
  it('is told to the others who listen, none of them the user, and no more often than it is news', async () => {
    const node = await createRig().node(settings());
    const [ada, bob, eve] = [await node.guest('Ada'), await node.guest('Bob'), await node.guest('Eve')];
    const { roomId } = await roomOf(ada, bob);
    const again = await connect(node.url, ada.session);
    await again.must('room:join', { roomId });
    const began = performance.now();
    for (const _ of [1, 2, 3]) await ada.must('typing:set', { roomId, typing: true });
    for (const _ of [1, 2]) await ada.must('typing:set', { roomId, typing: false });
    await waitFor('bob to hear', () => bob.heard('typing:changed').length === 2);
    // Who stops and starts all the time is told of no more often than who goes on.
    await waitFor('bob to hear it again', async () => {
      await ada.must('typing:set', { roomId, typing: true });
      return bob.heard('typing:changed').length === 3;
    });
    expect(performance.now() - began).toBeGreaterThan(1_900);
    expect(bob.heard('typing:changed')).toEqual([true, false, true].map((typing) => ({ roomId, userId: idOf(ada), name: 'Ada', typing })));
    for (const each of [ada, again, eve]) expect(each.heard('typing:changed')).toEqual([]);
    expect(await eve.ask('typing:set', { roomId, typing: true })).toMatchObject({ error: { code: 'not_member' } });
    again.socket.close();
  });

  it('is told to nobody where too many are there', async () => {
    const node = await createRig().node(settings({ room: 1 }));
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const { roomId } = await roomOf(ada, bob);
    const small = await roomOf(ada);
    await ada.must('typing:set', { roomId, typing: true });
    await ada.must('message:send', { roomId, cmid: cmid(), body: 'after' });
    await waitFor('what came after', () => bob.events().some(({ type }) => type === 'message.created'));
    expect(bob.heard('typing:changed')).toEqual([]);
    expect(small.roomId).toBeTruthy();
    expect(LIMITS.presenceRoom).toBe(1_000);
  });
});
