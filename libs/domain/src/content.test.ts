import { describe, expect, it } from 'vitest';
import type { ContentFinding } from './content.ts';
import type { CommandBody } from './command.ts';
import { actor, roomOfThree } from './testing/room-book.ts';

const [ann, mia, ben, eve] = [actor('ann'), actor('mia'), actor('ben'), actor('eve')];
const finding = (action: ContentFinding['action'], sparesModerators = true, reason = `${action}!`): ContentFinding => ({ action, reason, sparesModerators });
const say: CommandBody = { name: 'message:send', body: 'x' };
const rename: CommandBody = { name: 'room:update', title: 'x' };

/** What becomes of a command in a room of an owner, a moderator and a member: its events, its code, or that it is hidden. */
const held = (by: typeof ann, body: CommandBody, ...findings: ContentFinding[]): string => {
  const found = { ...body, findings };
  const decision = roomOfThree().ask(by, found);
  return decision.ok ? `${decision.events.map(({ type }) => type).join(' ')}${decision.hide === undefined ? '' : ` hidden: ${decision.hide}`}` : `${decision.code} ${decision.message ?? ''}`.trim();
};

describe('what the rules of the server find', () => {
  it('refuses or hides what a member says', () => {
    expect(held(ben, say, finding('reject'))).toBe('content_refused reject!');
    expect(held(ben, say, finding('hide'), finding('report'))).toBe('message.created hidden: hide!');
    expect(held(ben, say, finding('hide'), finding('reject'))).toBe('content_refused reject!');
    expect(held(ben, say, finding('report'))).toBe('message.created');
    expect(held(ben, say)).toBe('message.created');
  });

  it('spares moderators and admins as each rule says', () => {
    expect([ann, mia, { ...ben, admin: true }].map((each) => held(each, say, finding('reject')))).toEqual(['message.created', 'message.created', 'message.created']);
    expect([ann, mia, { ...ben, admin: true }].map((each) => held(each, say, finding('reject'), finding('reject', false, 'all')))).toEqual(Array(3).fill('content_refused all'));
    expect(held(mia, say, finding('hide'), finding('hide', false, 'all'))).toBe('message.created hidden: all');
  });

  it('spares nobody but admins in how a room is named, where hiding is refusing', () => {
    expect(held(ann, rename, finding('reject'))).toBe('content_refused reject!');
    expect(held(ann, rename, finding('hide'))).toBe('content_refused hide!');
    expect(held(ann, rename, finding('report'))).toBe('room.updated');
    expect(held({ ...ann, admin: true }, rename, finding('reject'))).toBe('room.updated');
  });

  it('is not told to those who are refused anyway', () => {
    expect(held(eve, say, finding('reject'))).toBe('not_member');
    expect(held(ben, rename, finding('reject'))).toBe('forbidden');
  });
});
