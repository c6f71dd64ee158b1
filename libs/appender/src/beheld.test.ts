import { describe, expect, it } from 'vitest';
import { RoomAppenders } from './room-appenders.ts';
import { say, setUp } from './testing/set-up.ts';

describe('a log that does not go on', () => {
  it('is told of, since nothing more is appended there that would wake anybody', async () => {
    const { server, store, log, send, createRoom, incidents } = setUp();
    const roomId = await createRoom();
    await store.ingest(log, roomId);
    server.remove(new Set(server.rooms.get(`${roomId}/1`)));
    server.rooms.set(`${roomId}/1`, []);
    expect(await send(say(roomId))).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } });
    expect(incidents).toContain('forked');
    expect(store.broken).toEqual([{ roomId, lost: [] }]);
  });

  it('has what it lost told from memory: what was acked and is neither in the store nor in the log, and nothing else', async () => {
    const { server, store, log, send, createRoom, incidents, appenders } = setUp();
    const roomId = await createRoom();
    await send(say(roomId, 'taken in'));
    await store.ingest(log, roomId);
    for (const body of ['acked', 'and lost']) await send(say(roomId, body));
    server.remove(new Set(server.rooms.get(`${roomId}/1`)));
    server.rooms.set(`${roomId}/1`, []);
    // The room goes on from the watermark, in the next epoch.
    store.moveFrom(roomId, 'another log');
    expect(await send(say(roomId, 'on'))).toMatchObject({ ok: true, epoch: 2, seq: 5 });
    const lost = store.broken.flatMap((each) => each.lost).filter(({ seq }) => seq > 3);
    expect(lost.map(({ seq, type, data }) => [seq, type, 'body' in data ? data.body : ''])).toEqual([[4, 'message.created', 'acked'], [5, 'message.created', 'and lost']]);
    expect(incidents).toContain('acked_lost');
    expect((await appenders.read(roomId))?.state.seq).toBe(5);
  });

  it('is no loss where only its beginning was trimmed', async () => {
    const { store, log, send, createRoom } = setUp();
    const roomId = await createRoom();
    for (let n = 0; n < 5; n += 1) await send(say(roomId));
    const late = new RoomAppenders({ log, store });
    await late.read(roomId);
    for (let n = 0; n < 5; n += 1) await send(say(roomId));
    await store.ingestAndPurge(log, roomId);
    expect((await late.read(roomId))?.state.seq).toBe(12);
    expect(store.broken).toEqual([]);
  });
});
