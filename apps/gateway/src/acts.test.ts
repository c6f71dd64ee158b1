import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventId, RoomEvent, RoomId, UserId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import { connect, type Client } from '@parley/testkit/wire-client';
import { bodiesOf, cmid, createRig, roomOf, say, waitForBodies, type Node, type Rig } from './testing/rig.ts';

const idOf = ({ session }: Client): UserId => session.user.id;
const again = async ({ url }: Node, { session }: Client): Promise<Client> => {
  const client = await connect(url, session);
  onTestFinished(() => void client.socket.close());
  return client;
};
/** A room of Ada's on one gateway, with Bob on another, and nothing between the two but the log. */
const two = async (rig: Rig = createRig()) => {
  const [first, second] = [await rig.node(), await rig.node()];
  const [ada, bob] = [await first.guest('Ada'), await second.guest('Bob')];
  const { roomId } = await roomOf(ada, bob);
  return { rig, first, second, ada, bob, roomId: roomId as RoomId };
};
const ban = (by: Client, roomId: string, of: Client, forMs: number | null = null) => by.must('member:ban', { roomId, cmid: cmid(), userId: idOf(of), forMs, reason: 'enough' });
const mute = (by: Client, roomId: string, of: Client, forMs: number | null = null) => by.must('member:mute', { roomId, cmid: cmid(), userId: idOf(of), forMs, reason: 'noise' });
/** All that the log has, however far the store is. */
const logOf = async ({ log }: Node, roomId: RoomId): Promise<RoomEvent[]> => (await log.read({ roomId, epoch: 1 }, 0, 10_000)).entries.flatMap(({ events }) => [...events]);

describe('a ban', () => {
  it('amid a stream of messages, from either gateway, is followed by none', async () => {
    const { first, ada, bob, roomId } = await two();
    const stop = new AbortController();
    const outcomes: string[] = [];
    const flood = async (by: Client): Promise<void> => {
      while (!stop.signal.aborted) {
        const answers = await Promise.all(Array.from({ length: 8 }, () => by.ask('message:send', { roomId, cmid: cmid(), body: 'x' })));
        for (const answer of answers) outcomes.push(answer.ok ? 'ok' : answer.error.code);
      }
    };
    // Another device of Bob's is on Ada's gateway.
    const device = await again(first, bob);
    const floods = [bob, device].map(flood);
    await waitFor('some to be said', () => outcomes.length > 40);
    await ban(ada, roomId, bob);
    await waitFor('some to be refused', () => outcomes.filter((outcome) => outcome === 'banned').length > 40);
    stop.abort();
    await Promise.all(floods);
    const events = await logOf(first, roomId);
    const at = events.findIndex(({ type }) => type === 'member.banned');
    expect(events[at - 1]?.type).toBe('member.left');
    expect(events.slice(0, at).some(({ by }) => by === idOf(bob))).toBe(true);
    expect(events.slice(at).filter(({ by }) => by === idOf(bob))).toEqual([]);
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'banned']));
  });

  it('silences every socket of the user, on whichever gateway, and says why and until when', async () => {
    const { first, ada, bob, roomId } = await two();
    const device = await again(first, bob);
    await device.must('room:join', { roomId });
    const { until } = await ban(ada, roomId, bob, 60_000);
    expect(until).toBeGreaterThan(Date.now() + 50_000);
    for (const each of [bob, device]) {
      await waitFor('removal', () => each.heard('room:removed').length === 1);
      expect(each.heard('room:removed')).toEqual([{ roomId, reason: 'enough', ban: { until } }]);
    }
    await waitFor('the sanction to be told', () => device.heard('sanction:changed').length === 1);
    expect(device.heard('sanction:changed')).toMatchObject([{ roomId, kind: 'ban', sanction: { reason: 'enough', until } }]);
    expect(device.heard('sanction:changed')[0]?.sanction).not.toHaveProperty('by');
    await say(ada, roomId, 'behind their backs');
    await waitForBodies(ada, 'behind their backs');
    for (const each of [bob, device]) {
      const banned = { error: { code: 'banned', retryable: false, sanction: { kind: 'ban', reason: 'enough', until } } };
      expect(await each.ask('room:sync', { roomId, epoch: 1, after: 0 })).toMatchObject(banned);
      expect(await each.ask('room:history', { roomId })).toMatchObject(banned);
      expect(await each.ask('room:join', { roomId })).toMatchObject(banned);
      expect(await each.ask('room:join', { roomIds: [roomId], resume: true })).toMatchObject({ rooms: [banned] });
      expect(bodiesOf(each)).toEqual([]);
    }
    expect(await ada.ask('member:add', { roomId, cmid: cmid(), userId: idOf(bob) })).toMatchObject({ error: { code: 'banned' } });
  });

  it('is answered the same when it is asked for again, from memory or from the store, and once it was undone', async () => {
    const { rig, first, ada, bob, roomId } = await two();
    const request = { roomId, cmid: cmid(), userId: idOf(bob), forMs: 60_000, reason: 'enough' };
    const answer = await ada.must('member:ban', request);
    expect(await ada.must('member:ban', request)).toEqual(answer);
    await ada.must('member:unban', { roomId, cmid: cmid(), userId: idOf(bob) });
    await rig.store.ingestAndPurge(first.log, roomId);
    const late = await rig.node();
    expect(await (await again(late, ada)).must('member:ban', request)).toEqual(answer);
    await bob.must('room:join', { roomId });
  });
});

describe('a mute', () => {
  it('is told to those concerned at once, wherever they are, and is over by itself', async () => {
    const { first, ada, bob, roomId } = await two();
    const elsewhere = await again(first, bob);
    const { until } = await mute(ada, roomId, bob, 1_000);
    for (const each of [bob, elsewhere]) await waitFor('it to be told', () => each.heard('sanction:changed').length === 1);
    expect(await bob.ask('message:send', { roomId, cmid: cmid(), body: 'x' })).toMatchObject({ error: { code: 'muted', sanction: { kind: 'mute', reason: 'noise', until } } });
    await waitFor('the mute to run out', async () => (await bob.ask('message:send', { roomId, cmid: cmid(), body: 'free' })).ok);
    expect(Date.now()).toBeGreaterThanOrEqual(until!);
    await mute(ada, roomId, bob);
    await ada.must('member:unmute', { roomId, cmid: cmid(), userId: idOf(bob) });
    await waitFor('the end to be told', () => bob.heard('sanction:changed').at(-1)?.sanction === null);
    await say(bob, roomId, 'again');
  });
});

describe('sanctions', () => {
  it('hold on gateways that start after them, whether the store has them or the log alone', async () => {
    const { rig, first, ada, bob, roomId } = await two();
    const cat = await first.guest('Cat');
    await cat.must('room:join', { roomId });
    await mute(ada, roomId, bob);
    await ban(ada, roomId, cat);
    for (const takeIn of [async () => undefined, () => rig.store.ingest(first.log, roomId), () => rig.store.ingestAndPurge(first.log, roomId)]) {
      await takeIn();
      const late = await rig.node();
      const [b, c] = [await again(late, bob), await again(late, cat)];
      await b.must('room:join', { roomId });
      expect(await b.ask('message:send', { roomId, cmid: cmid(), body: 'x' })).toMatchObject({ error: { code: 'muted' } });
      expect(await c.ask('room:join', { roomId })).toMatchObject({ error: { code: 'banned' } });
    }
  });

  it('are listed for whoever they are against, and for the moderators of the room', async () => {
    const { rig, first, ada, bob, roomId } = await two();
    await mute(ada, roomId, bob, 60_000);
    await ban(ada, roomId, bob);
    await rig.store.ingest(first.log, roomId);
    const { sanctions } = await bob.must('sanction:list', {});
    expect(sanctions).toMatchObject([{ kind: 'ban', roomId, reason: 'enough', until: null }, { kind: 'mute', roomId, reason: 'noise' }]);
    for (const sanction of sanctions) expect(sanction).not.toHaveProperty('by');
    expect(await ada.must('sanction:list', {})).toEqual({ ok: true, sanctions: [] });
    expect(await ada.must('room:sanctions', { roomId })).toMatchObject({ sanctions: [{ kind: 'ban', by: idOf(ada) }, { kind: 'mute', by: idOf(ada) }], next: null });
  });

  it('of the room itself: slow mode says when to try again, a read-only room refuses', async () => {
    const { ada, bob, roomId } = await two();
    await ada.must('room:update', { roomId, cmid: cmid(), slowModeMs: 60_000 });
    await say(bob, roomId, 'one');
    const refused = await bob.raw('message:send', { roomId, cmid: cmid(), body: 'two' });
    expect(refused).toMatchObject({ error: { code: 'slow_mode', retryable: true } });
    expect(refused.error!.retryAfterMs).toBeGreaterThan(30_000);
    await ada.must('room:update', { roomId, cmid: cmid(), slowModeMs: 0, readOnly: true });
    expect(await bob.ask('message:send', { roomId, cmid: cmid(), body: 'two' })).toMatchObject({ error: { code: 'read_only' } });
    expect(await bob.must('room:join', { roomId })).toMatchObject({ room: { readOnly: true } });
    await say(ada, roomId, 'mine');
  });
});

describe('a hidden message', () => {
  const setUp = async () => {
    const scene = await two();
    const { id } = await say(scene.bob, scene.roomId, 'hateful');
    await waitForBodies(scene.ada, 'hateful');
    const hide = () => scene.ada.must('message:hide', { roomId: scene.roomId, cmid: cmid(), messageId: id, reason: 'spam' });
    const restore = () => scene.ada.must('message:restore', { roomId: scene.roomId, cmid: cmid(), messageId: id });
    return { ...scene, id, hide, restore };
  };
  const messageIn = async (client: Client, roomId: RoomId, id: EventId) => (await client.must('room:history', { roomId })).messages.find((message) => message.id === id);

  it('is told of everywhere, and shows its body to nobody who comes later, from memory, the log or the store', async () => {
    const { rig, first, second, ada, bob, roomId, id, hide } = await setUp();
    await hide();
    for (const each of [ada, bob]) await waitFor('the hide', () => each.events().some(({ type }) => type === 'message.hidden'));
    for (const takeIn of [async () => undefined, () => rig.store.ingest(first.log, roomId), () => rig.store.ingestAndPurge(first.log, roomId)]) {
      await takeIn();
      for (const node of [first, second, await rig.node()]) {
        const late = await node.guest('Late');
        await late.must('room:join', { roomId });
        const { events } = await late.must('room:sync', { roomId, epoch: 1, after: 0 });
        expect(JSON.stringify(events)).not.toContain('hateful');
        expect(events.find((event) => event.id === id)).toMatchObject({ type: 'message.created', data: { body: '', redacted: true } });
        const page = await late.must('room:history', { roomId });
        expect(JSON.stringify(page)).not.toContain('hateful');
        expect(page.messages.find((message) => message.id === id)).toMatchObject({ body: null, hidden: { reason: 'spam' } });
      }
    }
  });

  it('comes back as it was, wherever the hide and the restore stand', async () => {
    const { rig, first, ada, roomId, id, hide, restore } = await setUp();
    await hide();
    await rig.store.ingestAndPurge(first.log, roomId);
    expect(await messageIn(ada, roomId, id)).toMatchObject({ body: null });
    await restore();
    for (const takeIn of [async () => undefined, () => rig.store.ingestAndPurge(first.log, roomId)]) {
      await takeIn();
      for (const node of [first, await rig.node()]) {
        const late = await again(node, ada);
        await late.must('room:join', { roomId });
        const message = await messageIn(late, roomId, id);
        expect(message?.body).toBe('hateful');
        expect(message).not.toHaveProperty('hidden');
        expect(JSON.stringify(await late.must('room:sync', { roomId, epoch: 1, after: 0 }))).toContain('hateful');
      }
    }
  });

  it('that is deleted with a reason is gone for good', async () => {
    const { ada, roomId, id, hide } = await setUp();
    await hide();
    await ada.must('message:delete', { roomId, cmid: cmid(), messageId: id, reason: 'illegal' });
    await waitFor('the deletion', () => ada.events().some((event) => event.type === 'message.deleted' && event.data.reason === 'illegal'));
    expect(await ada.ask('message:restore', { roomId, cmid: cmid(), messageId: id })).toMatchObject({ error: { code: 'message_not_found' } });
    expect(await messageIn(ada, roomId, id)).toMatchObject({ body: null, deletedAt: expect.any(Number) });
  });
});
