import { describe, expect, it } from 'vitest';
import type { MemberView, PresenceStatus, UserId } from '@parley/protocol';
import { memberRows, type MembersPresence } from './member-rows.ts';

const STATUS: Readonly<Record<string, PresenceStatus>> = { Zoe: 'online', Ada: 'online', Bob: 'away', Eve: 'offline', Kim: 'unknown', Dan: 'offline' };
const members = Object.keys(STATUS).map((name): MemberView => ({ userId: name.toLowerCase() as UserId, name, role: 'member' }));
const presence = (more: Partial<MembersPresence> = {}): MembersPresence => ({
  of: (userId) => ({ userId, status: STATUS[members.find((member) => member.userId === userId)?.name ?? ''] ?? 'unknown' }),
  counts: { online: 2, away: 1, complete: true }, everybody: true, ...more,
});
const shape = (rows: ReturnType<typeof memberRows>) => rows.map((row) => (row.kind === 'section' ? `${row.section} ${row.count}` : row.member.name));

describe('memberRows', () => {
  it('puts who is there first, and sorts each section by name', () => {
    expect(shape(memberRows(members, presence(), 6))).toEqual(['online 2', 'Ada', 'Zoe', 'away 1', 'Bob', 'offline 3', 'Dan', 'Eve', 'Kim']);
  });

  it('counts those too whom the pages read so far do not hold', () => {
    expect(shape(memberRows(members, presence({ counts: { online: 7, away: 2, complete: true } }), 900)).filter((each) => each.includes(' '))).toEqual(['online 7', 'away 2', 'offline 891']);
  });

  it('leaves the members where they are while nobody knows who is there, or it is too many', () => {
    const asRead = ['Zoe', 'Ada', 'Bob', 'Eve', 'Kim', 'Dan'];
    expect(shape(memberRows(members, presence({ counts: null }), 6))).toEqual(asRead);
    expect(shape(memberRows(members, presence({ everybody: false }), 6))).toEqual(asRead);
  });

  it('shows no section without anybody in it', () => {
    expect(shape(memberRows(members.slice(0, 2), presence(), 2))).toEqual(['online 2', 'Ada', 'Zoe']);
  });
});
