import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { newCmid, type AuditQuery } from '@parley/domain';
import type { AuditEntry } from '@parley/protocol';
import { actor, said } from '../../room-script.ts';
import type { ModerationCase, ModerationRig } from './rig.ts';
import { idOf, scene, type Scene } from './scene.ts';

const allOf = async ({ moderation }: ModerationRig, query: Omit<AuditQuery, 'limit'>, limit = 3): Promise<AuditEntry[]> => {
  const found: AuditEntry[] = [];
  for (let before: string | undefined; ;) {
    const { entries, next } = await moderation.audit({ ...query, before, limit });
    ok(entries.length <= limit);
    found.push(...entries);
    if (next === null) return found;
    before = next;
  }
};
const actsOf = (entries: readonly AuditEntry[]): string[] => entries.map(({ act }) => act).toSorted();

/** Everything that belongs into the log, once, and much that does not. */
const busyRoom = async (rig: ModerationRig): Promise<Scene> => {
  const room = await scene(rig);
  const { script, offender, moderator, owner, reporter, messageId } = room;
  const known = script.entries.length;
  script.say(said('mine', reporter), said('theirs', offender));
  const by = moderator.id;
  script.say({ type: 'message.hidden', data: { messageId, reason: 'rude words' }, by });
  script.say({ type: 'message.restored', data: { messageId }, by });
  script.say({ type: 'message.hidden', data: { messageId, reason: 'scored too high' }, by: null });
  script.say({ type: 'message.deleted', data: { messageId: idOf(script, 'theirs'), reason: 'spam' }, by });
  script.say({ type: 'message.deleted', data: { messageId: idOf(script, 'mine') }, by: reporter.id });
  script.say({ type: 'member.muted', data: { userId: offender.id, until: 5_000, reason: 'Rude, again' }, by });
  script.say({ type: 'member.unmuted', data: { userId: offender.id }, by });
  script.say({ type: 'member.left', data: { userId: offender.id, reason: 'go' }, by }, { type: 'member.banned', data: { userId: offender.id, until: null, reason: 'enough' }, by });
  script.say({ type: 'member.unbanned', data: { userId: offender.id }, by });
  script.say({ type: 'member.role_changed', data: { userId: reporter.id, role: 'moderator' }, by: owner.id });
  script.say({ type: 'room.updated', data: { slowModeMs: 5_000, readOnly: false }, by });
  script.say({ type: 'room.updated', data: { topic: 'peace' }, by });
  script.say({ type: 'member.left', data: { userId: reporter.id }, by: reporter.id });
  await rig.takeIn(script.entries.slice(known));
  return room;
};
const ACTS = [
  'member.banned', 'member.left', 'member.muted', 'member.role_changed', 'member.role_changed', 'member.unbanned', 'member.unmuted', 'message.deleted', 'message.hidden', 'message.hidden',
  'message.restored', 'room.updated',
];

export const AUDIT: readonly ModerationCase[] = [
  {
    name: 'every act of moderation in a room is a line of the audit log, and what members do to their own is none',
    run: async (rig) => {
      const { script, offender, moderator, messageId } = await busyRoom(rig);
      const entries = await allOf(rig, { roomId: script.roomId });
      deepStrictEqual(actsOf(entries), ACTS);
      const line = (act: string): AuditEntry => entries.find((entry) => entry.act === act)!;
      const events = script.events;
      const common = { roomId: script.roomId, by: moderator.id, messageId: null };
      const banned = events.find(({ type }) => type === 'member.banned')!;
      deepStrictEqual(line('member.banned'), { ...common, id: banned.id, at: banned.at, act: 'member.banned', userId: offender.id, reason: 'enough', detail: '', until: null });
      deepStrictEqual([line('member.muted').until, line('member.muted').userId], [5_000, offender.id]);
      deepStrictEqual([line('message.deleted').userId, line('message.deleted').reason], [offender.id, 'spam'], 'a message\'s author is whom it is against');
      deepStrictEqual([line('message.restored').userId, line('message.restored').messageId], [offender.id, messageId]);
      deepStrictEqual(entries.filter(({ detail }) => detail !== '').map(({ detail }) => detail).toSorted(), ['role=moderator', 'role=moderator', 'slowModeMs=5000 readOnly=false']);
      strictEqual(entries.filter(({ act, by }) => act === 'message.hidden' && by === null).length, 1);
    },
  },
  {
    name: 'what is taken in again adds no line',
    run: async (rig) => {
      const { script } = await busyRoom(rig);
      await rig.takeIn(script.entries);
      deepStrictEqual(actsOf(await allOf(rig, { roomId: script.roomId })), ACTS);
    },
  },
  {
    name: 'the log is searched by room, by who, to whom, by act, by time and by words of the reason, and all of these together',
    run: async (rig) => {
      const [{ script, offender, moderator, owner }, other] = [await busyRoom(rig), await busyRoom(rig)];
      const { roomId } = script;
      deepStrictEqual(actsOf(await allOf(rig, { by: owner.id })), ['member.role_changed', 'member.role_changed']);
      deepStrictEqual((await allOf(rig, { userId: offender.id })).length, 9);
      deepStrictEqual((await allOf(rig, { act: 'member.banned', roomId })).length, 1);
      deepStrictEqual(actsOf(await allOf(rig, { roomId, text: 'rude' })), ['member.muted', 'message.hidden']);
      deepStrictEqual(actsOf(await allOf(rig, { roomId, text: 'AGAIN rude' })), ['member.muted'], 'all words, whatever their case and order');
      deepStrictEqual(await allOf(rig, { roomId, text: 'rud' }), [], 'whole words');
      deepStrictEqual(actsOf(await allOf(rig, { roomId, by: moderator.id, userId: offender.id, act: 'message.hidden', text: 'words' })), ['message.hidden']);
      deepStrictEqual(await allOf(rig, { roomId, by: other.moderator.id }), []);
      const all = await allOf(rig, { roomId });
      const { at } = all[Math.floor(all.length / 2)]!;
      deepStrictEqual(actsOf([...(await allOf(rig, { roomId, from: at })), ...(await allOf(rig, { roomId, until: at }))]), ACTS, 'from is in, until is not');
      strictEqual((await allOf(rig, { roomId, from: at })).every((entry) => entry.at >= at), true);
      for (const text of ['\'', '%', '& | !', '"unclosed', ' ']) await allOf(rig, { roomId, text });
    },
  },
  {
    name: 'pages go from the newest to the oldest, each line once',
    run: async (rig) => {
      const { script } = await busyRoom(rig);
      const { roomId } = script;
      const [whole] = [await allOf(rig, { roomId }, 100)];
      for (const limit of [1, 5]) deepStrictEqual(await allOf(rig, { roomId }, limit), whole);
      ok(whole.every(({ at }, n) => n === 0 || at <= whole[n - 1]!.at));
      deepStrictEqual(await rig.moderation.audit({ roomId, before: 'no cursor', limit: 5 }), { entries: [], next: null });
    },
  },
  {
    name: 'acts on the whole server are lines too',
    run: async (rig) => {
      const [admin, user] = [actor('Admin').id, actor('Olaf').id];
      const until = Date.now() + 60_000;
      await rig.moderation.act({ act: 'user.banned', userId: user, until, reason: 'spam everywhere', by: admin, cmid: newCmid() });
      await rig.moderation.act({ act: 'user.unbanned', userId: user, by: admin, cmid: newCmid() });
      const entries = await allOf(rig, { userId: user });
      deepStrictEqual(actsOf(entries), ['user.banned', 'user.unbanned']);
      const { at, id: _, ...banned } = entries.find(({ act }) => act === 'user.banned')!;
      deepStrictEqual(banned, { act: 'user.banned', by: admin, roomId: null, userId: user, messageId: null, reason: 'spam everywhere', detail: '', until });
      ok(Math.abs(at - Date.now()) < 60_000);
    },
  },
];
