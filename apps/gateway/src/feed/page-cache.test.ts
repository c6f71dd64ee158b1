import { describe, expect, it, vi } from 'vitest';
import { roomIdOf, newCmid, newUserId } from '@parley/domain';
import type { RoomEvent } from '@parley/protocol';
import { PageCache, type PageRead } from './page-cache.ts';

const roomId = roomIdOf(newUserId(), newCmid());
const log = (last: number): PageRead => async (after) => Array.from({ length: Math.min(500, last - after) }, (_, n) => ({ seq: after + n + 1, type: 'message.created', data: { body: '' } }) as RoomEvent);

describe('pages of old events', () => {
  it('are read once for all who are about as far behind', async () => {
    const cache = new PageCache({ maxBytes: 1e7, ttlMs: 10_000 });
    const read = vi.fn<PageRead>(log(2_000));
    const pages = await Promise.all(Array.from({ length: 90 }, (_, n) => cache.events(roomId, 1, 1_205 + n, read)));
    expect(read).toHaveBeenCalledTimes(1);
    pages.forEach((page, n) => expect(page[0]?.seq).toBe(1_206 + n));
  });

  it('are read once for who asks on in small steps, where events are so large that a page holds few', async () => {
    const cache = new PageCache({ maxBytes: 1e7, ttlMs: 10_000 });
    const read = vi.fn<PageRead>(async (after) => (await log(300)(after)).slice(0, 30));
    for (let after = 0; after < 300;) {
      const page = await cache.events(roomId, 1, after, read);
      expect(page[0]?.seq).toBe(after + 1);
      after += Math.min(8, page.length);
    }
    // Three hundreds of four pages each, the last of which reaches into the next.
    expect(read.mock.calls.length).toBeLessThanOrEqual(12);
  });

  it('serve who comes further through them', async () => {
    const cache = new PageCache({ maxBytes: 1e7, ttlMs: 10_000 });
    const read = vi.fn<PageRead>(log(2_000));
    for (let after = 0; after < 1_000; after += 50) expect((await cache.events(roomId, 1, after, read))[0]?.seq).toBe(after + 1);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('are read anew where what is kept is too short', async () => {
    const cache = new PageCache({ maxBytes: 1e7, ttlMs: 10_000 });
    expect(await cache.events(roomId, 1, 1_250, log(1_260))).toHaveLength(10);
    expect((await cache.events(roomId, 1, 1_260, log(1_270))).map(({ seq }) => seq)[0]).toBe(1_261);
  });

  it('do not keep a failure', async () => {
    const cache = new PageCache({ maxBytes: 1e7, ttlMs: 10_000 });
    await expect(cache.events(roomId, 1, 100, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await cache.events(roomId, 1, 100, log(101))).toHaveLength(1);
  });
});
