import { describe, expect, it } from 'vitest';
import { LIMITS } from '@parley/protocol';
import { memoryOutbox, type ChatError } from './index.ts';
import { roomId, userId } from './testing/fake-gateway.ts';
import { until } from './testing/wait.ts';
import { bodies, confirmed, createWorld, QUICK } from './testing/world.ts';

const world = createWorld();
const { clientOf, online, log, sends } = world;

const codeOf = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    return (error as ChatError).code;
  }
  return 'none';
};

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
    world.gateway.faults = { ...world.gateway.faults, dropHint: 1 };
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
    world.gateway.faults = { ...world.gateway.faults, loseAck: 1, dropHint: 1 };
    world.gateway.syncPage = 0;
    const cmid = room.send('once');
    await until('it was sent three times', () => sends().length >= 3);
    world.gateway.faults = { ...world.gateway.faults, loseAck: 0 };
    world.gateway.syncPage = 7;
    await until('it left the outbox', () => client.outboxSize === 0);
    const [first, second, third] = sends();
    expect([first?.['attempt'], second?.['attempt'], third?.['attempt']]).toEqual([1, 2, 3]);
    for (const request of sends()) expect(request).toMatchObject({ cmid, after: { epoch: 1, seq: 2 } });
    expect(log().events.filter((event) => event.cmid === cmid)).toHaveLength(1);
  });

  it('whose ack is lost is settled by its own event', async () => {
    const { client, room } = await online(1, { timings: { ...QUICK, answerMs: 5_000 } });
    world.gateway.faults = { ...world.gateway.faults, loseAck: 1 };
    room.send('one');
    room.send('two');
    await confirmed(room, 2);
    expect(client.outboxSize).toBe(0);
    expect(sends()).toHaveLength(2);
  });

  it('cut off between log and ack is sent again on the next connection, without waiting for the answer', async () => {
    const { client, room } = await online(1, { timings: { ...QUICK, answerMs: 60_000 } });
    world.gateway.faults = { ...world.gateway.faults, cut: 1, dropHint: 1 };
    world.gateway.syncPage = 0;
    const cmid = room.send('cut');
    await until('the connection is lost', () => client.status !== 'online');
    world.gateway.faults = { ...world.gateway.faults, cut: 0 };
    await until('it left the outbox', () => client.outboxSize === 0);
    world.gateway.syncPage = 7;
    await confirmed(room, 1);
    expect(sends().map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(log().events.filter((event) => event.cmid === cmid)).toHaveLength(1);
  });

  it('typed while the server is away arrives once it is back, once, in order', async () => {
    const { client, room } = await online(1);
    await world.gateway.stop();
    await until('it is noticed', () => client.status === 'offline');
    room.send('one');
    room.send('two');
    expect(room.messages.map(({ state }) => state)).toEqual(['queued', 'queued']);
    await world.gateway.start();
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
    world.gateway.failNext.push({ name: 'message:send', code: 'forbidden' }, { name: 'message:send', code: 'forbidden' });
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
    world.gateway.failNext.push({ name: 'message:send', code: 'rate_limited', retryAfterMs: 120 });
    const started = performance.now();
    room.send('patience');
    await confirmed(room, 1);
    expect(performance.now() - started).toBeGreaterThanOrEqual(119);
  });

  it('never sent can be taken back, one on its way cannot', async () => {
    const { client, room } = await online(1, { timings: { ...QUICK, answerMs: 60_000 } });
    world.gateway.faults = { ...world.gateway.faults, loseAck: 1, dropHint: 1 };
    world.gateway.syncPage = 0;
    const [first, second] = [room.send('on its way'), room.send('waiting')];
    await until('the first is under way', () => sends().length === 1);
    expect(room.discard(first)).toBe(false);
    expect(room.discard(second)).toBe(true);
    expect(client.outboxSize).toBe(1);
    expect(room.messages).toHaveLength(1);
  });

  it('beyond a limit is refused at once by a typed error', async () => {
    const { room } = await online(1, { outboxLimit: 2 });
    expect(codeOf(() => room.send('é'.repeat(LIMITS.bodyBytes / 2 + 1)))).toBe('too_large');
    expect(codeOf(() => room.send(' \n'))).toBe('bad_request');
    await world.gateway.stop();
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
