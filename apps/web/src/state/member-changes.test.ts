import { describe, expect, it } from 'vitest';
import type { EventId, MemberView, Role, RoomEvent, RoomId, UserId } from '@parley/protocol';
import { applyChanges, foldMembers, NO_CHANGES } from './member-changes.ts';

const id = (name: string): UserId => name.toLowerCase() as UserId;
const member = (name: string, role: Role = 'member'): MemberView => ({ userId: id(name), name, role });
const envelope = { roomId: 'r' as RoomId, epoch: 1, seq: 1, id: 'e' as EventId, at: 0, cmid: null, by: null };
const joined = (name: string): RoomEvent => ({ ...envelope, type: 'member.joined', data: { userId: id(name), name, role: 'member' } });
const left = (name: string): RoomEvent => ({ ...envelope, type: 'member.left', data: { userId: id(name) } });
const made = (name: string, role: Role): RoomEvent => ({ ...envelope, type: 'member.role_changed', data: { userId: id(name), role } });
const after = (...events: RoomEvent[]) => applyChanges([member('Ada', 'owner'), member('Bob')], foldMembers(NO_CHANGES, events)).map(({ name, role }) => `${name} ${role}`);

describe('the members of a room', () => {
  it('follow what its log says', () => {
    expect(after(joined('Eve'), left('Bob'), made('Ada', 'moderator'))).toEqual(['Ada moderator', 'Eve member']);
    expect(after(joined('Eve'), made('Eve', 'moderator'))).toEqual(['Ada owner', 'Bob member', 'Eve moderator']);
    expect(after(left('Bob'), joined('Bob'))).toEqual(['Ada owner', 'Bob member']);
    expect(after(joined('Eve'), left('Eve'))).toEqual(['Ada owner', 'Bob member']);
  });

  it('are not doubled by a page that holds them already, and nobody is made up', () => {
    expect(after(joined('Bob'))).toEqual(['Ada owner', 'Bob member']);
    expect(after(made('Nobody', 'moderator'))).toEqual(['Ada owner', 'Bob member']);
  });

  it('are the same array where the log says nothing of them', () => {
    const members = [member('Ada')];
    const changes = foldMembers(NO_CHANGES, [{ ...envelope, type: 'room.updated', data: { topic: 'x' } }]);
    expect(changes).toBe(NO_CHANGES);
    expect(applyChanges(members, changes)).toBe(members);
  });
});
