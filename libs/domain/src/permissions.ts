import type { CommandName, ErrorCode, Role, RoomKind } from '@parley/protocol';

/** As what somebody gives a command. An admin of the server who is in the room has what either of the two may. */
export const STANDPOINTS = ['stranger', 'member', 'moderator', 'owner', 'admin'] as const;
export type Standpoint = (typeof STANDPOINTS)[number];

/**
 * - `yes`
 * - `own`: only on what is one's own, else `forbidden`
 * - `below`: only on those one stands above, else `forbidden`
 * - `pace`: only slow mode and read-only, else `forbidden`
 * - any error code: no, and this is the answer
 */
export type Permission = 'yes' | 'own' | 'below' | 'pace' | ErrorCode;

type Cells = Record<Standpoint, Permission>;
/** `null`: the standpoint does not exist there. */
export type Row = Record<RoomKind, { [S in Standpoint]: Permission | null }>;

const cells = (stranger: Permission, member: Permission, moderator: Permission, owner: Permission, admin: Permission): Cells => ({ stranger, member, moderator, owner, admin });

/** The same in every kind of room; direct rooms have neither owner nor moderators. */
const row = (open: Cells, closed: Cells, direct: { stranger: Permission; member: Permission; admin: Permission }): Row => ({
  public: open, private: closed, direct: { moderator: null, owner: null, ...direct },
});

/** What a stranger is told of a private or direct room is what it is told of one that does not exist. */
const UNKNOWN = 'room_not_found';

/** Of a room: what `member`, `moderator`, `owner` and `admin` may, in public and private rooms; a direct room's member; an admin there. */
const inRoom = (member: Permission, moderator: Permission, owner: Permission, admin: Permission | null, direct: Permission, directAdmin: Permission = UNKNOWN): Row =>
  row(
    cells('not_member', member, moderator, owner, admin ?? 'not_member'),
    cells(UNKNOWN, member, moderator, owner, admin ?? UNKNOWN),
    { stranger: UNKNOWN, member: direct, admin: directAdmin },
  );

const everywhere = (all: Permission, admin: Permission = all): Row => row(cells(all, all, all, all, admin), cells(all, all, all, all, admin), { stranger: all, member: all, admin });

const MEMBERS = inRoom('yes', 'yes', 'yes', null, 'yes');
const ANYONE = everywhere('yes');
const ADMINS = everywhere('forbidden', 'yes');
const MODERATORS = inRoom('forbidden', 'yes', 'yes', 'yes', 'forbidden');
/** As moderators have it, in direct rooms an admin too: only what was reported is known to one. */
const REPORTED = inRoom('forbidden', 'yes', 'yes', 'yes', 'forbidden', 'yes');
const SANCTIONS = inRoom('forbidden', 'below', 'below', 'below', 'forbidden');
const CASES = row(
  cells('case_not_found', 'case_not_found', 'yes', 'yes', 'yes'), cells('case_not_found', 'case_not_found', 'yes', 'yes', 'yes'),
  { stranger: 'case_not_found', member: 'case_not_found', admin: 'yes' },
);

/**
 * Who may do what: every command by everybody in every kind of room. What else may stand in the way (a mute, a ban, slow
 * mode, a count) is the rule's own. Of commands without a room all kinds are the same; of a case, its room counts.
 */
export const PERMISSIONS: { readonly [N in CommandName]: Row } = {
  'room:create': ANYONE,
  'room:join': row(cells('yes', 'yes', 'yes', 'yes', 'yes'), cells(UNKNOWN, 'yes', 'yes', 'yes', UNKNOWN), { stranger: UNKNOWN, member: 'yes', admin: UNKNOWN }),
  'room:leave': inRoom('yes', 'yes', 'yes', null, 'forbidden'),
  'room:update': inRoom('forbidden', 'yes', 'yes', 'pace', 'forbidden'),
  'room:list': ANYONE,
  'room:members': MEMBERS,
  'room:sync': MEMBERS,
  'room:history': MEMBERS,
  'message:send': MEMBERS,
  'message:edit': inRoom('own', 'own', 'own', null, 'own'),
  'message:delete': inRoom('own', 'yes', 'yes', 'yes', 'own'),
  'message:hide': REPORTED,
  'message:restore': REPORTED,
  'member:add': inRoom('forbidden', 'yes', 'yes', null, 'forbidden'),
  'member:remove': SANCTIONS,
  'member:role': inRoom('forbidden', 'forbidden', 'yes', null, 'forbidden'),
  'member:mute': SANCTIONS,
  'member:unmute': SANCTIONS,
  'member:ban': SANCTIONS,
  'member:unban': SANCTIONS,
  'user:get': ANYONE,
  'presence:set': ANYONE,
  'presence:watch': MEMBERS,
  'presence:unwatch': ANYONE,
  'typing:set': MEMBERS,
  'room:sanctions': MODERATORS,
  'sanction:list': ANYONE,
  'user:ban': ADMINS,
  'user:unban': ADMINS,
  'user:record': REPORTED,
  'session:refresh': everywhere('own'),
  'session:revoke': everywhere('own', 'yes'),
  'report:create': MEMBERS,
  'report:list': REPORTED,
  'report:get': CASES,
  'report:claim': CASES,
  'report:release': CASES,
  'report:decide': CASES,
  'audit:list': REPORTED,
  'rule:list': ADMINS,
  'rule:save': ADMINS,
};

/** What the server may do by itself: the moderation worker hides and mutes, an operator closes an epoch. */
export const SYSTEM_MAY: ReadonlySet<string> = new Set(['message:hide', 'message:restore', 'member:mute', 'member:unmute', 'epoch:seal']);

const isRefusal = (permission: Permission): permission is ErrorCode => permission !== 'yes' && permission !== 'own' && permission !== 'below' && permission !== 'pace';

/** What the table says. `null` in the answer's place of an error code: nothing stands against it but the permission's own condition. */
export type Permit = { ok: true; condition: 'own' | 'below' | 'pace' | null } | { ok: false; code: ErrorCode };

const permitOf = (permission: Permission): Permit =>
  isRefusal(permission) ? { ok: false, code: permission } : { ok: true, condition: permission === 'yes' ? null : permission };

/** Whether somebody with `role` in a room of this kind may give the command. */
export const permit = (command: CommandName, kind: RoomKind, role: Role | null, isAdmin = false): Permit => {
  const own = PERMISSIONS[command][kind][role ?? 'stranger'] ?? 'forbidden';
  const admin = PERMISSIONS[command][kind].admin ?? 'forbidden';
  if (!isAdmin || own === 'yes' || isRefusal(admin)) return permitOf(own);
  return permitOf(isRefusal(own) || admin === 'yes' ? admin : own);
};
