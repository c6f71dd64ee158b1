import type { MemberView, PresenceStatus, PresenceView } from '@parley/protocol';

export type MemberSection = 'online' | 'away' | 'offline';

export type MemberRow =
  | { kind: 'section'; key: string; section: MemberSection; count: number }
  | { kind: 'member'; key: string; member: MemberView; presence: PresenceView };

/** What the panel knows of who is there. */
export type MembersPresence = {
  of: (userId: MemberView['userId']) => PresenceView;
  /** How many are there; `null`: not known. */
  counts: { online: number; away: number; complete: boolean } | null;
  /** Everybody who is there is known, so the members can be told apart by it. */
  everybody: boolean;
};

const SECTIONS: readonly MemberSection[] = ['online', 'away', 'offline'];
const sectionOf = (status: PresenceStatus): MemberSection => (status === 'online' || status === 'away' ? status : 'offline');

/**
 * The panel's rows: who is there first, each section by name. Where one cannot tell who is there, or it is too many, the
 * members stand as they were read, so that nothing moves while one scrolls. `memberCount`: of the whole room.
 */
export const memberRows = (members: readonly MemberView[], presence: MembersPresence, memberCount: number): MemberRow[] => {
  const row = (member: MemberView): MemberRow => ({ kind: 'member', key: member.userId, member, presence: presence.of(member.userId) });
  const { counts } = presence;
  if (!presence.everybody || !counts) return members.map(row);
  const of: Record<MemberSection, MemberView[]> = { online: [], away: [], offline: [] };
  for (const member of members) of[sectionOf(presence.of(member.userId).status)].push(member);
  // The server counts those too whom the pages read so far do not hold.
  const size = (section: MemberSection): number => Math.max(of[section].length, section === 'offline' ? memberCount - counts.online - counts.away : counts[section]);
  return SECTIONS.flatMap((section) => of[section].length === 0 ? [] : [
    { kind: 'section' as const, key: section, section, count: size(section) },
    ...of[section].sort((a, b) => a.name.localeCompare(b.name) || (a.userId < b.userId ? -1 : 1)).map(row),
  ]);
};
