import { beforeEach, describe, expect, it } from 'vitest';
import { newUserId } from '@parley/domain';
import { LIMITS, ProtocolError, type RoomEvent, type UserId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import { actor, created } from '@parley/testkit/room-script';
import { RoomFeed } from './room-feed.ts';
import { Scene } from './testing/scene.ts';

const said = (body: string) => ({ type: 'message.created', data: { name: 'Ada', body } }) as const;
const joined = (userId: UserId) => ({ type: 'member.joined', data: { userId, name: 'Bob', role: 'member' } }) as const;
const left = (userId: UserId) => ({ type: 'member.left', data: { userId } }) as const;
const seqs = (events: readonly RoomEvent[]): number[] => events.map(({ seq }) => seq);

const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'ok', (error: unknown) => (error instanceof ProtocolError ? error.code : String(error)));

describe('the feed of a room', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = new Scene();
    await scene.write(...created(scene.script.owner));
  });

  it('delivers hints in order and once, however they come', async () => {
    scene.headsHeard = false;
    const feed = await scene.open({ gapMs: 10_000 });
    const a = await scene.write(said('a'));
    const b = await scene.write(said('b'), said('c'));
    feed.observe(1, b);
    expect(scene.delivered).toEqual([]);
    feed.observe(1, a);
    feed.observe(1, b);
    feed.observe(1, a);
    expect(seqs(scene.delivered)).toEqual([3, 4, 5]);
    feed.close();
  });

  it('reads from the log what a head tells and no hint brings', async () => {
    const feed = await scene.open();
    await scene.write(said('a'));
    await scene.write(said('b'), said('c'));
    await waitFor('delivery', () => scene.delivered.length === 3);
    expect(seqs(scene.delivered)).toEqual([3, 4, 5]);
    expect(scene.counts.hintLost).toBeGreaterThan(0);
    feed.close();
  });

  it('leaves the log alone while hints come in time', async () => {
    const feed = await scene.open({ gapMs: 10_000 });
    for (const body of ['a', 'b', 'c']) feed.observe(1, await scene.write(said(body)));
    await waitFor('the head to be told', () => scene.heads.includes(5));
    expect(scene.counts).toMatchObject({ hintLost: 0, repaired: 0 });
    expect(scene.packets).toBe(3);
    feed.close();
  });

  it('lets no one hear what comes after they left', async () => {
    const bob = newUserId();
    scene.listeners.add(bob);
    scene.members.add(bob);
    await scene.write(joined(bob));
    const feed = await scene.open({ gapMs: 10_000 });
    feed.observe(1, await scene.write(left(bob), said('behind their back')));
    expect(scene.said).toEqual([`removed ${bob}`]);
    expect(feed.leftSince(bob, 3)).toBe(true);
    expect(feed.leftSince(bob, 4)).toBe(false);
    feed.close();
  });

  it('does not end a membership by a leave from before it', async () => {
    const bob = newUserId();
    const feed = await scene.open({ gapMs: 10_000 });
    scene.listeners.add(bob);
    const events = await scene.write(joined(bob), left(bob), joined(bob));
    // Bob's last join was answered, and he listens, before any of it has passed here.
    feed.admit(bob, 5);
    feed.observe(1, events);
    expect(scene.said).toEqual([]);
    feed.observe(1, await scene.write(left(bob)));
    expect(scene.said).toEqual([`removed ${bob}`]);
    feed.close();
  });

  it('answers a sync from memory, from the log, and from the archive, without a gap', async () => {
    const feed = await scene.open({ tail: { events: 10, bytes: 1e6, early: 10 }, gapMs: 10_000 });
    for (let n = 0; n < 30; n += 1) feed.observe(1, await scene.write(said(`${n}`)));
    const upTo = async (after: number): Promise<number[]> => {
      const page = await feed.sync(1, after);
      const more = page.more ? await upTo(page.events.at(-1)!.seq) : [];
      return [...seqs(page.events), ...more];
    };
    const all = seqs(scene.script.events);
    expect(await upTo(28)).toEqual(all.slice(28));
    expect(scene.reads).toBe(0);
    expect(await upTo(0)).toEqual(all);
    await scene.store.ingest(scene.log, scene.script.roomId);
    await scene.writer.purge({ roomId: scene.script.roomId, epoch: 1 }, scene.script.entries[20]!.entry.position);
    expect(await codeOf(scene.open().then((other) => other.sync(1, 0).finally(() => other.close())))).toBe('ok');
    const other = await scene.open();
    expect((await other.sync(1, 3)).events[0]?.seq).toBe(4);
    other.close();
    feed.close();
  });

  it('says that it does not know rather than leave something out', async () => {
    for (let n = 0; n < 5; n += 1) await scene.write(said(`${n}`));
    const { script } = scene;
    await scene.store.ingest(scene.log, script.roomId);
    await scene.writer.purge({ roomId: script.roomId, epoch: 1 }, script.entries[3]!.entry.position);
    const feed = await scene.open();
    scene.store.away = true;
    await expect(feed.sync(1, 0)).rejects.toThrow('the store is away');
    scene.store.away = false;
    expect(seqs((await feed.sync(1, 0)).events)).toEqual(seqs(script.events));
    feed.close();
  });

  it('orders a reload of an older epoch and of a gap that is too large, and of nothing else', async () => {
    const feed = await scene.open();
    expect(await codeOf(feed.sync(1, 0))).toBe('ok');
    feed.observe(1, [{ ...scene.script.events[0]!, seq: LIMITS.syncGap + 1 }]);
    expect(await codeOf(feed.sync(1, 0))).toBe('reload');
    feed.close();
  });

  it('finds out what a client knows and it does not', async () => {
    scene.headsHeard = false;
    const feed = await scene.open({ gapMs: 10_000 });
    await scene.write(said('a'));
    expect(await feed.sync(1, 3)).toMatchObject({ seq: 3, events: [], more: false });
    expect(seqs(scene.delivered)).toEqual([3]);
    feed.close();
  });

  it('follows the room into the epoch that goes on from here', async () => {
    const feed = await scene.open();
    await scene.write({ type: 'epoch.sealed', data: { reason: 'a test' }, by: null });
    await scene.write(scene.script.nextEpoch(), said('in the new one'));
    await waitFor('the new epoch', () => feed.epoch === 2 && scene.delivered.length === 3);
    expect(seqs(scene.delivered)).toEqual([3, 4, 5]);
    expect(await codeOf(feed.sync(1, 3))).toBe('reload');
    expect(seqs((await feed.sync(2, 4)).events)).toEqual([5]);
    feed.close();
  });

  it('begins anew in an epoch that does not go on from here, without those who are no longer members', async () => {
    const [bob, eve] = [newUserId(), newUserId()];
    const feed = await scene.open();
    await scene.write(said('lost'), said('too'));
    await waitFor('delivery', () => scene.delivered.length === 2);
    const { script } = scene;
    script.state = { ...script.state!, seq: 2, lastId: script.entries[0]!.entry.events[1]!.id };
    for (const each of [bob, eve]) scene.listeners.add(each);
    scene.members.add(bob);
    await scene.write(script.nextEpoch());
    await waitFor('the new epoch', () => feed.epoch === 2);
    expect(feed.seq).toBe(3);
    expect(scene.said).toEqual([`removed ${eve}`]);
    await waitFor('its head', () => scene.heads.at(-1) === 3);
    expect(await codeOf(feed.sync(1, 4))).toBe('reload');
    feed.close();
  });

  it('begins anew without those who came to listen while it did', async () => {
    const [bob, eve] = [newUserId(), newUserId()];
    const { script } = scene;
    const parts = scene.parts();
    const isMember = async (userId: UserId): Promise<boolean> => {
      // Let in by what was known before: the leave that the new beginning skips.
      if (userId === bob) scene.listeners.add(eve);
      return userId === bob;
    };
    const feed = await RoomFeed.open(script.roomId, { ...parts, now: async () => ({ epoch: script.epoch, seq: script.seq, isMember }) });
    scene.listeners.add(bob);
    await scene.write(said('lost'));
    await waitFor('delivery', () => scene.delivered.length === 1);
    script.state = { ...script.state!, seq: 2, lastId: script.entries[0]!.entry.events[1]!.id };
    await scene.write(script.nextEpoch());
    await waitFor('the new epoch', () => feed.epoch === 2);
    expect([...scene.listeners]).toEqual([bob]);
    feed.close();
  });

  it('leaves nothing out of a sync where the log is trimmed while it is read', async () => {
    const feed = await scene.open({ tail: { events: 1, bytes: 1e6, early: 10 }, gapMs: 10_000 });
    for (let n = 0; n < 6; n += 1) feed.observe(1, await scene.write(said(`${n}`)));
    await scene.store.ingest(scene.log, scene.script.roomId);
    // The page lacks its middle, as when a purge came between two of its reads.
    scene.trimmed = [5];
    scene.store.away = true;
    const page = await feed.sync(1, 3);
    expect({ ...page, events: seqs(page.events) }).toEqual({ epoch: 1, seq: 8, events: [4], more: true });
    scene.store.away = false;
    expect(seqs((await feed.sync(1, 4)).events)).toEqual([5, 6, 7, 8]);
    feed.close();
  });

  it('stops delivering when heads cannot be confirmed, and catches up before it goes on', async () => {
    const feed = await scene.open({ staleAfterMs: 100 });
    scene.logs.kill();
    feed.missHeads();
    const at = performance.now();
    feed.judge(at + 50);
    expect(scene.said).toEqual([]);
    feed.judge(at + 500);
    expect(scene.said).toEqual(['not live']);
    const bob = actor('Bob');
    scene.headsHeard = false;
    scene.logs.up = true;
    const [event] = await scene.write(said('while away'));
    feed.observe(1, [event!]);
    expect(scene.delivered).toEqual([]);
    await scene.write(left(bob.id));
    await waitFor('the log to be read', () => scene.said.includes(`removed ${bob.id}`));
    await waitFor('confirmation', () => {
      feed.judge(performance.now());
      return feed.live;
    });
    expect(scene.said).toEqual(['not live', `removed ${bob.id}`, 'live']);
    expect(seqs(scene.delivered)).toEqual([3, 4]);
    feed.close();
  });

  it('does not answer syncs while it is not sure', async () => {
    const feed = await scene.open({ staleAfterMs: 1 });
    scene.logs.kill();
    feed.missHeads();
    feed.judge(performance.now() + 100);
    expect(await codeOf(feed.sync(1, 0))).toBe('unavailable');
    feed.close();
  });
});
