import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS, type CommandName, type EventId, type RoomKind } from '@parley/protocol';
import type { Actor, CommandBody } from './command.ts';
import { permit, PERMISSIONS, STANDPOINTS, type Permission, type Standpoint } from './permissions.ts';
import { permissionTables } from './testing/permission-tables.ts';
import { actor, RoomBook } from './testing/room-book.ts';

const KINDS: readonly RoomKind[] = ['public', 'private', 'direct'];
const people = { stranger: actor('stranger'), member: actor('member'), moderator: actor('moderator'), owner: actor('owner'), admin: { ...actor('admin'), admin: true } } satisfies Record<Standpoint, Actor>;
/** Below a moderator, and not the member who acts. */
const other = actor('other');
const newcomer = actor('newcomer');

/** A room of each kind with everybody in it, a message of each, and one hidden. */
const roomOf = (kind: RoomKind): { book: RoomBook; saidBy: (by: Actor) => EventId; hidden: EventId } => {
  const book = new RoomBook();
  const { member, moderator, owner } = people;
  if (kind === 'direct') book.do(member, { name: 'room:create', kind, peer: other });
  else {
    book.do(owner, { name: 'room:create', kind, title: 'all' });
    for (const user of [member, moderator, other]) book.do(owner, { name: 'member:add', user });
    book.do(owner, { name: 'member:role', userId: moderator.id, role: 'moderator' });
  }
  for (const by of [owner, moderator, member, other]) book.do(by, { name: 'message:send', body: 'hi' });
  const saidBy = (by: Actor): EventId => book.log.find((event) => event.type === 'message.created' && event.by === by.id)?.id ?? book.said;
  book.do(other, { name: 'message:send', body: 'hidden' });
  const hidden = book.said;
  book.do(null, { name: 'message:hide', messageId: hidden, reason: 'r' });
  return { book, saidBy, hidden };
};

/** A command that nothing stands in the way of but who gives it, and what its condition forbids. */
type Trial = { good: CommandBody; /** Of another's, of one above, of more than the pace. */ bad?: CommandBody };
const above = people.owner.id;
const trialOf = (name: CommandName, by: Actor, { saidBy, hidden }: ReturnType<typeof roomOf>): Trial | null => {
  switch (name) {
    case 'room:join': return { good: { name } };
    case 'room:leave': return by === people.owner ? null : { good: { name } };
    case 'room:update': return { good: { name, readOnly: true }, bad: { name, title: 'new' } };
    case 'message:send': return { good: { name, body: 'ho' } };
    case 'message:edit': return { good: { name, messageId: saidBy(by), body: 'ho' }, bad: { name, messageId: saidBy(other), body: 'ho' } };
    case 'message:delete': return { good: { name, messageId: saidBy(by) }, bad: { name, messageId: saidBy(other) } };
    case 'message:hide': return { good: { name, messageId: saidBy(other), reason: 'r' } };
    case 'message:restore': return { good: { name, messageId: hidden } };
    case 'member:add': return { good: { name, user: newcomer } };
    case 'member:remove': return { good: { name, userId: other.id }, bad: { name, userId: above } };
    case 'member:role': return { good: { name, userId: other.id, role: 'moderator' } };
    case 'member:mute': case 'member:ban': return { good: { name, userId: other.id, forMs: null, reason: 'r' }, bad: { name, userId: above, forMs: null, reason: 'r' } };
    case 'member:unmute': case 'member:unban': return { good: { name, userId: other.id }, bad: { name, userId: above } };
    default: return null;
  }
};

/** Commands that no log decides; the gateway's tests go through them. */
const OUTSIDE: ReadonlySet<CommandName> = new Set<CommandName>([
  'room:create', 'room:list', 'room:members', 'room:sync', 'room:history', 'user:get', 'presence:set', 'presence:watch', 'presence:unwatch', 'typing:set', 'room:sanctions',
  'sanction:list', 'user:ban', 'user:unban', 'user:record', 'session:refresh', 'session:revoke', 'report:create', 'report:list', 'report:get', 'report:claim', 'report:release', 'report:decide',
  'audit:list', 'rule:list', 'rule:save',
]);

const cells = (Object.keys(COMMANDS) as CommandName[]).flatMap((name) => KINDS.flatMap((kind) => STANDPOINTS.map((as): [CommandName, RoomKind, Standpoint, Permission | null] => [name, kind, as, PERMISSIONS[name][kind][as]])));

describe('the table of permissions', () => {
  it('stands in docs/moderation.md as it is', () => {
    const document = readFileSync(new URL('../../../docs/moderation.md', import.meta.url), 'utf8');
    expect(/<!-- permissions -->\n([\s\S]*?)\n<!-- \/permissions -->/.exec(document)?.[1]).toBe(permissionTables());
  });

  it('has a row for every command and no other, and a cell for everybody who can be in such a room', () => {
    expect(Object.keys(PERMISSIONS).sort()).toEqual(Object.keys(COMMANDS).sort());
    for (const [name, kind, as, permission] of cells) expect([name, kind, as, permission === null]).toEqual([name, kind, as, kind === 'direct' && (as === 'owner' || as === 'moderator')]);
  });

  it.each(cells.filter(([name, , , permission]) => !OUTSIDE.has(name) && permission !== null))('%s in a %s room by a %s: %s, and the rules do the same', (name, kind, as, permission) => {
    const room = roomOf(kind);
    const by: Actor = people[as];
    const trial = trialOf(name, by, room);
    if (!trial) {
      expect([name, as]).toEqual(['room:leave', 'owner']);
      return;
    }
    const answers = ['good', 'bad'].map((which) => {
      const body = trial[which as keyof Trial];
      if (!body) return null;
      const decision = room.book.ask(by, body);
      return decision.ok ? 'yes' : decision.code;
    });
    if (permission === 'own' || permission === 'below' || permission === 'pace') expect(answers).toEqual(['yes', 'forbidden']);
    // What one may do without a condition may still make no sense: nobody removes themselves.
    else expect(answers.filter((answer) => answer !== null)).toEqual(trial.bad ? [permission, permission] : [permission]);
  });

  it('tells a stranger of a private or direct room nothing else than of one that does not exist', () => {
    for (const [name, kind, as, permission] of cells) {
      if (as !== 'stranger' || kind === 'public') continue;
      // Or what it is told everywhere, whatever room it names.
      const isSame = permission === 'room_not_found' || permission === 'case_not_found' || PERMISSIONS[name].public.stranger === permission;
      expect([name, kind, isSame]).toEqual([name, kind, true]);
    }
  });

  it('gives an admin who is in the room what either may', () => {
    expect(permit('message:send', 'private', 'member', true)).toEqual({ ok: true, condition: null });
    expect(permit('message:edit', 'public', 'member', true)).toEqual({ ok: true, condition: 'own' });
    expect(permit('message:delete', 'public', 'member', true)).toEqual({ ok: true, condition: null });
    expect(permit('member:ban', 'public', 'member', true)).toEqual({ ok: true, condition: 'below' });
    expect(permit('room:update', 'public', 'member', true)).toEqual({ ok: true, condition: 'pace' });
    expect(permit('room:update', 'public', 'moderator', true)).toEqual({ ok: true, condition: null });
    expect(permit('member:role', 'public', 'moderator', true)).toEqual({ ok: false, code: 'forbidden' });
    expect(permit('room:history', 'private', null, true)).toEqual({ ok: false, code: 'room_not_found' });
  });
});
