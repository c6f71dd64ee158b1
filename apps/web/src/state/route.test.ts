import { describe, expect, it } from 'vitest';
import type { CaseId, RoomId } from '@parley/protocol';
import { caseHref, HOME_HREF, MODERATION_HREF, roomHref, routeOfHash, sectionHref } from './route.ts';

const ID = `r0a${'0'.repeat(24)}` as RoomId;
const CASE = '0'.repeat(26) as CaseId;

describe('route', () => {
  it('leads to a room and back', () => {
    expect(routeOfHash(roomHref(ID))).toEqual({ at: 'room', roomId: ID });
    expect(routeOfHash(HOME_HREF)).toEqual({ at: 'home' });
  });

  it.each(['', '#', '#/rooms/', '#/rooms/nonsense', `#/rooms/${ID}/x`, `#/rooms/${ID}?x`, '#/rooms/<script>', `#x/rooms/${ID}`])('takes %j for home', (hash) => {
    expect(routeOfHash(hash)).toEqual({ at: 'home' });
  });

  it('leads to a section of the console, and to a case', () => {
    expect(routeOfHash(MODERATION_HREF)).toEqual({ at: 'moderation', section: 'queue', caseId: null });
    expect(routeOfHash(caseHref(CASE))).toEqual({ at: 'moderation', section: 'queue', caseId: CASE });
    expect(routeOfHash(sectionHref('audit'))).toEqual({ at: 'moderation', section: 'audit', caseId: null });
    expect(routeOfHash(`${MODERATION_HREF}/cases/<img>`)).toEqual({ at: 'moderation', section: 'queue', caseId: null });
  });
});
