import { describe, expect, it } from 'vitest';
import { newCmid, newUserId, roomIdOf, type RoomLog } from '@parley/domain';
import type { RoomId } from '@parley/protocol';
import { cmid, createRig, say } from '../testing/rig.ts';

/** Every command that names a room and can be asked by anybody, as a stranger would try it. */
const attempts = (roomId: string): [string, object][] => {
  const change = { roomId, cmid: cmid() };
  const messageId = '0'.repeat(26);
  const userId = newUserId();
  return [
    ['room:join', { roomId }], ['room:join', { roomIds: [roomId] }], ['room:join', { roomIds: [roomId], resume: true }], ['room:leave', change], ['room:update', { ...change, name: 'x' }], ['room:members', { roomId }],
    ['room:sync', { roomId, epoch: 1, after: 0 }], ['room:history', { roomId }], ['room:sanctions', { roomId }], ['message:send', { ...change, body: 'x' }], ['message:edit', { ...change, messageId, body: 'x' }],
    ['message:delete', { ...change, messageId }], ['message:hide', { ...change, messageId, reason: 'r' }], ['message:restore', { ...change, messageId }], ['member:remove', { ...change, userId }],
    ['member:role', { ...change, userId, role: 'member' }], ['member:mute', { ...change, userId, forMs: null, reason: 'r' }], ['member:unmute', { ...change, userId }], ['member:ban', { ...change, userId, forMs: null, reason: 'r' }],
    ['member:unban', { ...change, userId }], ['presence:watch', { roomId }], ['typing:set', { roomId, typing: true }], ['report:create', { cmid: cmid(), roomId, subject: { messageId }, category: 'spam' }],
  ];
};

/** Counts what the log is asked: who can be told from the time an answer takes, can be told from how often it is asked. */
const counted = (asked: { reads: number }) => (log: RoomLog): RoomLog =>
  new Proxy(log, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (name !== 'watchHeads') asked.reads += 1;
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });

describe('a room that a stranger may not see', () => {
  it('is answered as one that is not there: the same words, for every command', async () => {
    const node = await createRig().node();
    const [ada, bob, eve] = [await node.guest('Ada'), await node.guest('Bob'), await node.guest('Eve')];
    const secret = (await ada.must('room:create', { kind: 'private', name: 'secret', cmid: cmid() })).room.id;
    const direct = (await ada.must('room:create', { kind: 'direct', userId: bob.session.user.id, cmid: cmid() })).room.id;
    await say(ada, secret, 'x');
    const missing = roomIdOf(newUserId(), newCmid());
    const nowhere = attempts(missing);
    const strip = (answer: unknown, roomId: string): string => JSON.stringify(answer).replaceAll(roomId, 'ROOM');
    for (const roomId of [secret, direct]) {
      for (const [index, [name, request]] of attempts(roomId).entries()) {
        const [there, gone] = [await eve.raw(name, request), await eve.raw(name, nowhere[index]![1])];
        expect(strip(there, roomId), name).toBe(strip(gone, missing));
        expect(strip(gone, missing), name).toContain('room_not_found');
      }
    }
    expect(node.errors).toEqual([]);
  });

  it('is in no list, and nobody hears that it was looked for', async () => {
    const node = await createRig().node();
    const [ada, eve] = [await node.guest('Ada'), await node.guest('Eve')];
    const { room } = await ada.must('room:create', { kind: 'private', name: 'secret', cmid: cmid() });
    const before = ada.events().length;
    for (const [name, request] of attempts(room.id)) await eve.raw(name, request);
    expect(await eve.must('room:list', { scope: 'public' })).toMatchObject({ rooms: [] });
    expect(ada.events()).toHaveLength(before);
  });

  it('is looked for no longer than one that is not there is: the log is asked about as often', async () => {
    const asked = { reads: 0 };
    const rig = createRig();
    const [node, elsewhere] = [await rig.node({ wrapLog: counted(asked) }), await rig.node()];
    const [eve, zoe] = [await node.guest('Eve'), await elsewhere.guest('Zoe')];
    const costOf = async (roomId: RoomId): Promise<number> => {
      const before = asked.reads;
      await eve.raw('room:history', { roomId });
      return asked.reads - before;
    };
    // Neither is known to this gateway.
    const { room } = await zoe.must('room:create', { kind: 'private', name: 'secret', cmid: cmid() });
    const [there, gone] = [await costOf(room.id), await costOf(roomIdOf(newUserId(), newCmid()))];
    expect(there).toBeGreaterThan(0);
    expect(Math.abs(there - gone)).toBeLessThanOrEqual(2);
  });
});
