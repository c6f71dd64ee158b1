import { beforeEach, describe, expect, it } from 'vitest';
import { newUserId } from '@parley/domain';
import { ProtocolError, type EventId, type RoomEvent } from '@parley/protocol';
import { actor, created, joined, said } from '@parley/testkit/room-script';
import { Scene } from './testing/scene.ts';

const hidden = (messageId: EventId) => ({ type: 'message.hidden', data: { messageId, reason: 'spam' } }) as const;
const deleted = (messageId: EventId) => ({ type: 'message.deleted', data: { messageId } }) as const;
const restored = (messageId: EventId) => ({ type: 'message.restored', data: { messageId } }) as const;
const edited = (messageId: EventId, body: string) => ({ type: 'message.edited', data: { messageId, body } }) as const;

/** Bodies as a client would see them; `-` for one that was left out. */
const bodies = (events: readonly RoomEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'message.created' || event.type === 'message.edited' ? [event.data.redacted ? `-${event.data.body}` : event.data.body] : []));

describe('the body of a message that was taken back', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = new Scene();
    await scene.write(...created(scene.script.owner));
  });
  const say = async (body: string): Promise<RoomEvent> => (await scene.write(said(body, scene.script.owner)))[0]!;

  it.each([['hidden', hidden], ['deleted', deleted]] as const)('is not in what is kept, once it is %s, nor are its edits', async (_, takenBack) => {
    const feed = await scene.open();
    const [a] = [await say('a'), await say('b')];
    feed.observe(1, await scene.write(edited(a.id, 'a2')));
    await feed.confirm();
    expect(bodies((await feed.sync(1, 0)).events)).toEqual(['a', 'b', 'a2']);
    feed.observe(1, await scene.write(takenBack(a.id)));
    expect(bodies((await feed.sync(1, 0)).events)).toEqual(['-', 'b', '-']);
    expect(bodies(scene.delivered)).toEqual(['a', 'b', 'a2']);
    feed.close();
  });

  it('is delivered to nobody where it is taken back in the same breath', async () => {
    const feed = await scene.open();
    const draft = scene.script.draft(said('a', scene.script.owner));
    const id = draft.events[0]!.id;
    const entry = { ...draft, events: [...draft.events, { ...draft.events[0]!, ...hidden(id), seq: 4, id: `${id.slice(0, -1)}0` as EventId, by: null, cmid: null } as RoomEvent] };
    feed.observe(1, entry.events);
    expect(scene.delivered.map(({ type }) => type)).toEqual(['message.created', 'message.hidden']);
    expect(bodies(scene.delivered)).toEqual(['-']);
    feed.close();
  });

  it('is not in what is read from the log or the archive, whichever of the two has the hide', async () => {
    for (const archived of [false, true]) {
      const [a, b] = [await say('a'), await say('b')];
      await scene.write(hidden(a.id));
      if (archived) await scene.store.ingest(scene.writer, scene.script.roomId);
      const feed = await scene.open();
      expect(bodies((await feed.sync(1, a.seq - 1)).events)).toEqual(['-', 'b']);
      feed.observe(1, await scene.write(deleted(b.id)));
      expect(bodies((await feed.sync(1, a.seq - 1)).events)).toEqual(['-', '-']);
      feed.close();
    }
  });

  it('is asked for once for a page, however many read it', async () => {
    const a = await say('a');
    await scene.write(hidden(a.id));
    let asked = 0;
    const { gone } = scene;
    scene.gone = (ids) => {
      asked += 1;
      return gone(ids);
    };
    const feed = await scene.open();
    const pages = await Promise.all(Array.from({ length: 50 }, () => feed.sync(1, 0)));
    pages.push(await feed.sync(1, 2));
    for (const { events } of pages) expect(bodies(events)).toEqual(['-']);
    expect(asked).toBe(1);
    feed.close();
  });

  it('is not in a page that was being read when it was taken back', async () => {
    const a = await say('a');
    const { promise: mayTell, resolve: tell } = Promise.withResolvers<void>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    scene.gone = async () => {
      ask();
      await mayTell;
      return new Set();
    };
    const feed = await scene.open();
    const page = feed.sync(1, 0);
    await asked;
    feed.observe(1, await scene.write(hidden(a.id)));
    tell();
    expect(bodies((await page).events)).toEqual(['-']);
    expect(bodies((await feed.sync(1, 2)).events)).toEqual(['-']);
    feed.close();
  });

  it('is there again for who reads once it was restored', async () => {
    const a = await say('a');
    await scene.write(hidden(a.id));
    const feed = await scene.open();
    expect(bodies((await feed.sync(1, 0)).events)).toEqual(['-']);
    feed.observe(1, await scene.write(restored(a.id)));
    expect(bodies((await feed.sync(1, 0)).events)).toEqual(['a']);
    feed.close();
  });

  it('is given to no newcomer where it cannot be known; who was there all along is not kept waiting', async () => {
    await say('a');
    scene.headsHeard = false;
    const feed = await scene.open();
    scene.gone = () => Promise.reject(new ProtocolError('unavailable'));
    await expect(feed.sync(1, 0)).rejects.toThrow(ProtocolError);
    await say('b');
    await feed.confirm();
    expect(bodies(scene.delivered)).toEqual(['b']);
    feed.close();
  });
});

describe('who is kept from a room', () => {
  it('is told why it was removed, until when it is banned, and of a mute', async () => {
    const scene = new Scene();
    const bob = actor('Bob');
    await scene.write(...created(scene.script.owner), joined(bob));
    const feed = await scene.open();
    const act = async (...events: Parameters<Scene['write']>) => feed.observe(1, await scene.write(...events));
    await act({ type: 'member.muted', data: { userId: bob.id, until: 5, reason: 'noise' } });
    await act({ type: 'member.unmuted', data: { userId: bob.id } });
    await act({ type: 'member.left', data: { userId: bob.id, reason: 'enough' } });
    await act(joined(bob));
    await act({ type: 'member.left', data: { userId: bob.id } }, { type: 'member.banned', data: { userId: bob.id, until: 7, reason: 'again' } });
    await act({ type: 'member.joined', data: { userId: newUserId(), name: 'Eve', role: 'member' } }, joined(bob), { type: 'member.left', data: { userId: bob.id }, by: bob.id });
    expect(scene.said).toEqual(['muted: noise', 'unmuted', `removed ${bob.id}: enough`, `removed ${bob.id}: again, banned until 7`, `removed ${bob.id}`]);
    feed.close();
  });
});
