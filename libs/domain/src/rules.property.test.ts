import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS, type EventId, type RoomEvent, type UserId } from '@parley/protocol';
import type { Actor, CommandBody } from './command.ts';
import { evolve } from './evolve.ts';
import type { RoomState } from './state.ts';
import { actor, RoomBook } from './testing/room-book.ts';

const PEOPLE = ['ann', 'ben', 'cat', 'dan', 'eve'].map(actor);
const person = fc.constantFrom(...PEOPLE);
/** Messages are named by how many there were before: the rules of a message never said come up too. */
type Ask = { by: Actor | null; body: CommandBody; message: number };

const body: fc.Arbitrary<CommandBody> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<CommandBody>({ name: 'room:join' }) },
  { weight: 2, arbitrary: fc.constant<CommandBody>({ name: 'room:leave' }) },
  { weight: 5, arbitrary: fc.constant<CommandBody>({ name: 'message:send', body: 'hi' }) },
  { weight: 3, arbitrary: fc.constant<CommandBody>({ name: 'message:edit', messageId: '' as EventId, body: 'ho' }) },
  { weight: 3, arbitrary: fc.constant<CommandBody>({ name: 'message:delete', messageId: '' as EventId }) },
  { weight: 2, arbitrary: person.map((user): CommandBody => ({ name: 'member:add', user })) },
  { weight: 2, arbitrary: person.map(({ id }): CommandBody => ({ name: 'member:remove', userId: id })) },
  { weight: 4, arbitrary: fc.record({ who: person, role: fc.constantFrom('owner', 'moderator', 'member') }).map(({ who, role }): CommandBody => ({ name: 'member:role', userId: who.id, role })) },
  { weight: 1, arbitrary: fc.option(fc.string(), { nil: undefined }).map((topic): CommandBody => ({ name: 'room:update', topic })) },
  { weight: 1, arbitrary: person.map((peer): CommandBody => ({ name: 'room:create', kind: 'direct', peer })) },
);
const ask: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 60, arbitrary: fc.record({ by: person, body, message: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant<Ask>({ by: null, body: { name: 'epoch:seal', reason: 'test' }, message: 0 }) },
);
const creation: fc.Arbitrary<CommandBody> = fc.oneof(
  fc.constantFrom('public' as const, 'private' as const).map((kind): CommandBody => ({ name: 'room:create', kind, title: 'room' })),
  fc.constantFrom(...PEOPLE.slice(1)).map((peer): CommandBody => ({ name: 'room:create', kind: 'direct', peer })),
);
const history = fc.record({ creation, asks: fc.array(ask, { maxLength: 80, size: 'max' }) });

const play = (book: RoomBook, { by, body: asked, message }: Ask): RoomEvent[] => {
  const before = book.log.length;
  const ids = [...book.messages.keys()];
  const messageId = ids[message % Math.max(1, ids.length)] ?? ('none' as EventId);
  book.do(by, 'messageId' in asked ? { ...asked, messageId } : asked);
  return book.log.slice(before);
};

/** Runs `check` after each command, with what was before it. */
const everywhere = (check: (book: RoomBook, events: RoomEvent[], before: { members: Map<UserId, string>; deleted: Set<EventId>; sealed: boolean }) => void): void => {
  fc.assert(
    fc.property(history, ({ creation: first, asks }) => {
      const book = new RoomBook();
      for (const each of [{ by: PEOPLE[0]!, body: first, message: 0 }, ...asks]) {
        const before = {
          members: new Map(book.members),
          deleted: new Set([...book.messages].filter(([, { deleted }]) => deleted).map(([id]) => id)),
          sealed: book.state?.sealed ?? false,
        };
        check(book, play(book, each), before);
      }
    }),
    { numRuns: 300, seed: 20_260_101 },
  );
};

describe('any interleaving of commands', () => {
  it('yields a dense log whose replay gives the same state', () => {
    everywhere((book) => {
      expect(book.log.map(({ seq }) => seq)).toEqual(book.log.map((_, n) => n + 1));
      let replayed: RoomState | null = null;
      for (const event of book.log) replayed = evolve(replayed, event);
      expect(replayed).toEqual(book.state);
    });
  });

  it('keeps in the state what the log says of its members', () => {
    everywhere(({ state, members }) => {
      expect(state!.memberCount).toBe(members.size);
      expect(state!.roles).toEqual(Object.fromEntries([...members].filter(([, role]) => role !== 'member')));
    });
  });

  it('leaves a room that has members with exactly one owner, and a direct one with its two', () => {
    everywhere(({ state, members }) => {
      const owners = [...members.values()].filter((role) => role === 'owner').length;
      if (state!.kind === 'direct') expect([owners, [...members.keys()].sort()]).toEqual([0, state!.pair]);
      else expect(owners).toBe(members.size > 0 ? 1 : 0);
      expect([...members.values()].filter((role) => role === 'moderator').length).toBeLessThanOrEqual(LIMITS.moderators);
    });
  });

  it('lets nobody who is not a member do anything but join', () => {
    everywhere((_, events, { members }) => {
      for (const event of events) {
        if (event.type === 'room.created' || event.by === null || members.has(event.by) || members.size === 0) continue;
        expect([event.type, event.type === 'member.joined' && event.data.userId]).toEqual(['member.joined', event.by]);
      }
    });
  });

  it('lets only the author edit, and only the author, or whoever has a role, delete; once', () => {
    everywhere((book, events, { members, deleted }) => {
      for (const event of events) {
        if (event.type !== 'message.edited' && event.type !== 'message.deleted') continue;
        const { messageId } = event.data;
        expect(deleted.has(messageId)).toBe(false);
        const own = book.messages.get(messageId)!.by === event.by;
        if (event.type === 'message.edited' || book.state!.kind === 'direct') expect(own).toBe(true);
        else expect(own || members.get(event.by!) !== 'member').toBe(true);
      }
    });
  });

  it('lets nobody change the place of one who stands as high', () => {
    const rank = { member: 0, moderator: 1, owner: 2 } as Record<string, number>;
    everywhere((_, events, { members }) => {
      for (const event of events) {
        if (event.type === 'member.left' && event.data.userId !== event.by) expect(rank[members.get(event.by!)!]).toBeGreaterThan(rank[members.get(event.data.userId)!]!);
        if (event.type === 'member.role_changed') expect(members.get(event.by!)).toBe('owner');
        if (event.type === 'member.joined' && event.data.userId !== event.by && members.size > 0) expect(members.get(event.by!)).not.toBe('member');
      }
    });
  });

  it('appends nothing after the epoch was sealed', () => {
    everywhere((_, events, { sealed }) => {
      if (sealed) expect(events).toEqual([]);
    });
  });

  it('joins nobody twice, and lets nobody leave who is not there', () => {
    everywhere((book) => {
      const there = new Set<UserId>();
      for (const event of book.log) {
        if (event.type === 'member.joined') {
          expect(there.has(event.data.userId)).toBe(false);
          there.add(event.data.userId);
        }
        if (event.type === 'member.left') expect(there.delete(event.data.userId)).toBe(true);
      }
    });
  });
});
