import type { MemberView, RoomEvent, UserId } from '@parley/protocol';

/** What the room's log said of its members since their pages began to be read; `null`: left. Newer than any page. */
export type MemberChanges = ReadonlyMap<UserId, Partial<MemberView> | null>;

export const NO_CHANGES: MemberChanges = new Map();

/** The same where the events say nothing of members. */
export const foldMembers = (changes: MemberChanges, events: readonly RoomEvent[]): MemberChanges => {
  let next: Map<UserId, Partial<MemberView> | null> | null = null;
  const change = (userId: UserId, to: Partial<MemberView> | null) => (next ??= new Map(changes)).set(userId, to);
  for (const event of events) {
    if (event.type === 'member.joined') change(event.data.userId, { name: event.data.name, role: event.data.role });
    else if (event.type === 'member.left') change(event.data.userId, null);
    else if (event.type === 'member.role_changed') change(event.data.userId, { ...(next ?? changes).get(event.data.userId), role: event.data.role });
  }
  return next ?? changes;
};

/** The members read so far, as they are now; those who came are put at the end. */
export const applyChanges = (members: readonly MemberView[], changes: MemberChanges): readonly MemberView[] => {
  if (changes.size === 0) return members;
  const read = new Set(members.map(({ userId }) => userId));
  return [
    ...members.flatMap((member) => {
      const change = changes.get(member.userId);
      return change === null ? [] : [change ? { ...member, ...change } : member];
    }),
    ...[...changes].flatMap(([userId, change]): MemberView[] => (change?.name === undefined || read.has(userId) ? [] : [{ userId, name: change.name, role: change.role ?? 'member' }])),
  ];
};
