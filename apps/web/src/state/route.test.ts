import { describe, expect, it } from 'vitest';
import type { RoomId } from '@parley/protocol';
import { HOME_HREF, roomHref, roomOfHash } from './route.ts';

const ID = `r0a${'0'.repeat(24)}` as RoomId;

describe('route', () => {
  it('leads to a room and back', () => {
    expect(roomOfHash(roomHref(ID))).toBe(ID);
    expect(roomOfHash(HOME_HREF)).toBeNull();
  });

  it.each(['', '#', '#/rooms/', '#/rooms/nonsense', `#/rooms/${ID}/x`, `#/rooms/${ID}?x`, '#/rooms/<script>'])('takes %j for home', (hash) => {
    expect(roomOfHash(hash)).toBeNull();
  });
});
