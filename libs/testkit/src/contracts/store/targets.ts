import { deepStrictEqual } from 'node:assert';
import { NOBODY, standingChange, type Standing } from '@parley/domain';
import type { EventId, RoomEvent, UserId } from '@parley/protocol';
import { actor, isOf, joined, openRoom, said, type RoomScript, type ScriptedEvent } from '../../room-script.ts';
import type { StoreCase, StoreRig } from './rig.ts';

const standingsBy = (events: readonly RoomEvent[]): Map<UserId, Standing> => {
  const standings = new Map<UserId, Standing>();
  for (const event of events) {
    const changed = standingChange(event);
    if (changed) standings.set(changed.userId, { ...(standings.get(changed.userId) ?? NOBODY), ...changed.change });
  }
  return standings;
};

/** Without last messages that slow mode does not count, which a store may leave out. */
const counted = (script: RoomScript, standing: Standing): Standing => {
  const { slow } = script.state!;
  return { ...standing, said: slow && standing.said && standing.said.seq > slow.since ? standing.said : null };
};

const checkStandings = async ({ store }: StoreRig, script: RoomScript, userIds: readonly UserId[]): Promise<void> => {
  const expected = standingsBy(script.events);
  const { members } = await store.findTargets(script.roomId, { members: [...userIds], messages: [] });
  for (const userId of userIds) deepStrictEqual(counted(script, members.get(userId) ?? NOBODY), counted(script, expected.get(userId) ?? NOBODY));
};

export const TARGETS: readonly StoreCase[] = [
  {
    name: 'targets tell roles and authors, and what is deleted, hidden or not there',
    run: async ({ store, takeIn }) => {
      const script = openRoom();
      const [friend, gone, stranger] = [actor('Bo'), actor('Cy'), actor('Di')];
      script.say(joined(friend), joined(gone));
      script.say({ type: 'member.left', data: { userId: gone.id }, by: gone.id });
      script.say(said('kept', friend), said('deleted', friend), said('hidden', friend), said('shown again', friend));
      const [kept, deleted, hidden, shown] = script.events.filter(isOf('message.created')).map(({ id }) => id);
      script.say({ type: 'message.deleted', data: { messageId: deleted! } }, { type: 'message.hidden', data: { messageId: hidden!, reason: 'spam' } }, { type: 'message.hidden', data: { messageId: shown!, reason: 'spam' } });
      script.say({ type: 'message.restored', data: { messageId: shown! } });
      await takeIn(script.entries);
      const missing = openRoom().lastId as EventId;
      const targets = await store.findTargets(script.roomId, { members: [script.owner.id, friend.id, gone.id, stranger.id], messages: [kept!, deleted!, hidden!, shown!, missing] });
      deepStrictEqual([...targets.members].map(([userId, { role }]) => [userId, role]), [[script.owner.id, 'owner'], [friend.id, 'member'], [gone.id, null], [stranger.id, null]]);
      const by = friend.id;
      deepStrictEqual(targets.messages, new Map([
        [kept!, { by, deleted: false, hidden: null }], [deleted!, { by, deleted: true, hidden: null }], [hidden!, { by, deleted: false, hidden: 'spam' }], [shown!, { by, deleted: false, hidden: null }], [missing, null],
      ]));
      deepStrictEqual(await store.findTargets(script.roomId, { members: [], messages: [] }), { members: new Map(), messages: new Map() });
    },
  },
  {
    name: 'standings are what the events come to, however they were cut into batches',
    run: async (rig) => {
      const people = ['Bo', 'Cy', 'Di'].map(actor);
      const [bo, cy, di] = people as [typeof people[0], typeof people[0], typeof people[0]];
      const steps = ({ owner }: RoomScript): ScriptedEvent[][] => [
        people.map(joined),
        [said('before slow mode', bo)],
        [{ type: 'member.muted', data: { userId: bo.id, until: 5, reason: 'noise' } }],
        [{ type: 'member.left', data: { userId: bo.id }, by: bo.id }, joined(bo)],
        [{ type: 'room.updated', data: { slowModeMs: 1_000 } }, said('first', cy)],
        [said('second', cy), said('third', di)],
        [{ type: 'member.muted', data: { userId: bo.id, until: null, reason: 'again' }, by: null }, { type: 'room.updated', data: { slowModeMs: 5_000 } }],
        [{ type: 'member.left', data: { userId: di.id } }, { type: 'member.banned', data: { userId: di.id, until: null, reason: 'enough' } }],
        [{ type: 'member.muted', data: { userId: cy.id, until: null, reason: 'short' } }, { type: 'member.unmuted', data: { userId: cy.id } }],
        [{ type: 'member.unbanned', data: { userId: di.id } }, joined(di), said('back', di)],
        [{ type: 'member.banned', data: { userId: di.id, until: 9, reason: 'for a while' } }],
        [joined(di)],
        [{ type: 'member.role_changed', data: { userId: owner.id, role: 'moderator' } }, { type: 'member.role_changed', data: { userId: bo.id, role: 'owner' } }],
        [{ type: 'room.updated', data: { slowModeMs: 0 } }, said('fast', cy), { type: 'room.updated', data: { slowModeMs: 10 } }],
        [said('slow', di), { type: 'room.updated', data: { slowModeMs: 0 } }],
      ];
      for (const size of [1, 2, 5, 100]) {
        const script = openRoom();
        await rig.takeIn(script.entries);
        const all = steps(script);
        for (let from = 0; from < all.length; from += size) {
          await rig.takeIn(all.slice(from, from + size).map((events) => script.say(...events)));
          await checkStandings(rig, script, [script.owner.id, ...people.map(({ id }) => id)]);
        }
      }
    },
  },
];
