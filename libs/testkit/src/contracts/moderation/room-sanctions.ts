import { deepStrictEqual, strictEqual } from 'node:assert';
import type { SanctionView, UserId } from '@parley/protocol';
import { actor, openRoom, type RoomScript, type ScriptedEvent } from '../../room-script.ts';
import type { ModerationCase, ModerationRig } from './rig.ts';

const LATER = 60_000;

/** Ten banned, the first three of them muted too, and one whose mute is over. */
const scene = async ({ takeIn }: ModerationRig): Promise<{ script: RoomScript; banned: UserId[]; over: UserId }> => {
  const script = openRoom();
  const banned = Array.from({ length: 10 }, (_, n) => actor(`B${n}`).id).sort();
  const over = actor('Over').id;
  const ban = (userId: UserId): ScriptedEvent => ({ type: 'member.banned', data: { userId, until: null, reason: `ban of ${userId}` } });
  const mute = (userId: UserId, until: number): ScriptedEvent => ({ type: 'member.muted', data: { userId, until, reason: 'noise' }, by: null });
  script.say(...banned.map(ban), ...banned.slice(0, 3).map((userId) => mute(userId, Date.now() + LATER)), mute(over, Date.now() - 1));
  await takeIn(script.entries);
  return { script, banned, over };
};

const allOf = async ({ moderation }: ModerationRig, { roomId }: RoomScript, limit: number): Promise<SanctionView[]> => {
  const all: SanctionView[] = [];
  for (let after: UserId | undefined; ;) {
    const { sanctions, next } = await moderation.roomSanctions(roomId, after, limit);
    all.push(...sanctions);
    if (next === null) return all;
    after = next;
  }
};

export const ROOM_SANCTIONS: readonly ModerationCase[] = [
  {
    name: 'what is in force in a room is listed in pages of users, and nothing that is over',
    run: async (rig) => {
      const { script, banned } = await scene(rig);
      const at = script.events.at(-1)!.at;
      for (const limit of [1, 3, 100]) {
        const all = await allOf(rig, script, limit);
        deepStrictEqual(all.map(({ userId, kind }) => `${userId} ${kind}`), banned.flatMap((userId, n) => (n < 3 ? [`${userId} ban`, `${userId} mute`] : [`${userId} ban`])));
        strictEqual(all.every((sanction) => sanction.roomId === script.roomId && sanction.since <= at), true);
        deepStrictEqual(all.slice(0, 2).map(({ reason, by, until }) => [reason, by, until === null]), [[`ban of ${banned[0]}`, script.owner.id, true], ['noise', null, false]]);
      }
      deepStrictEqual(await rig.moderation.roomSanctions(openRoom().roomId, undefined, 10), { sanctions: [], next: null });
    },
  },
  {
    name: 'what is in force against a user is told over all rooms, and no longer once it was undone',
    run: async (rig) => {
      const { script, banned, over } = await scene(rig);
      const userId = banned[0]!;
      const elsewhere = openRoom();
      elsewhere.say({ type: 'member.muted', data: { userId, until: null, reason: 'elsewhere' } });
      await rig.takeIn(elsewhere.entries);
      const kinds = async () => (await rig.moderation.sanctionsAgainst(userId)).map(({ roomId, kind }) => `${roomId === script.roomId ? 'here' : 'there'} ${kind}`).toSorted((a, b) => (a < b ? -1 : 1));
      deepStrictEqual(await kinds(), ['here ban', 'here mute', 'there mute']);
      await rig.takeIn([script.say({ type: 'member.unbanned', data: { userId } })]);
      deepStrictEqual(await kinds(), ['here mute', 'there mute']);
      deepStrictEqual(await rig.moderation.sanctionsAgainst(over), []);
    },
  },
];
