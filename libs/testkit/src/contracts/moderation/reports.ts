import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert';
import { newCmid } from '@parley/domain';
import { actor, joined, openRoom, said } from '../../room-script.ts';
import type { ModerationCase } from './rig.ts';
import { idOf, scene } from './scene.ts';

export const REPORTS: readonly ModerationCase[] = [
  {
    name: 'reports of one message are one case, in which each reporter counts once',
    run: async (rig) => {
      const { moderation } = rig;
      const { report, moderator, offender, messageId, script } = await scene(rig);
      const first = await moderation.report(report());
      strictEqual(first.isNew, true);
      deepStrictEqual(await moderation.report(report({ at: 2_000, category: 'hate', remark: 'again' })), { ...first, isNew: false });
      const second = await moderation.report(report({ by: moderator.id, at: 3_000, category: 'hate' }));
      const worker = await moderation.report(report({ by: null, at: 4_000 }));
      deepStrictEqual([second.caseId, second.isNew, worker.caseId, worker.isNew], [first.caseId, true, first.caseId, true]);
      strictEqual((await moderation.report(report({ by: null, at: 5_000 }))).isNew, false);
      deepStrictEqual(await moderation.caseOf(first.caseId, 6_000), {
        id: first.caseId, roomId: script.roomId, roomName: 'lobby', messageId, userId: offender.id, userName: 'Olaf', status: 'open', reports: 3, categories: ['spam', 'hate'],
        openedAt: 1_000, lastReportAt: 4_000, claimedBy: null, claimedUntil: null, decision: null, decidedBy: null, decidedAt: null,
      });
      const detail = await moderation.caseDetail(first.caseId, 6_000);
      deepStrictEqual(detail?.reports.map(({ byName, category, remark, at }) => [byName, category, remark, at]), [['Rita', 'spam', 'look', 1_000], ['Mo', 'hate', 'look', 3_000], ['', 'spam', 'look', 4_000]]);
    },
  },
  {
    name: 'a user is a case of each room, apart from those of their messages',
    run: async (rig) => {
      const { moderation } = rig;
      const [one, other] = [await scene(rig), await scene(rig)];
      const subjects = [one.report(), one.report({ messageId: null }), other.report({ messageId: null, userId: one.offender.id })];
      const cases = await Promise.all(subjects.map(async (each) => (await moderation.report(each)).caseId));
      strictEqual(new Set(cases).size, 3);
      strictEqual((await moderation.report(one.report({ messageId: null, by: one.owner.id }))).caseId, cases[1]);
    },
  },
  {
    name: 'of many who report at once nobody opens a second case, and each is counted',
    run: async (rig) => {
      const { moderation } = rig;
      const { report } = await scene(rig);
      const crowd = Array.from({ length: 20 }, (_, n) => actor(`reporter ${n}`));
      const filed = await Promise.all([...crowd, ...crowd].map((each) => moderation.report(report({ by: each.id }))));
      deepStrictEqual([new Set(filed.map(({ caseId }) => caseId)).size, filed.filter(({ isNew }) => isNew).length], [1, 20]);
      strictEqual((await moderation.caseOf(filed[0]!.caseId, 1_000))?.reports, 20);
    },
  },
  {
    name: 'what is reported again after its case was closed is a new case, but a report sent again is the one it was',
    run: async (rig) => {
      const { moderation } = rig;
      const { report, moderator } = await scene(rig);
      const cmid = newCmid();
      const first = await moderation.report(report({ cmid }));
      await moderation.claim(first.caseId, moderator.id, 2_000);
      await moderation.decide(first.caseId, 'dismissed', moderator.id, 3_000, '');
      deepStrictEqual(await moderation.report(report({ cmid, at: 4_000 })), { ...first, isNew: false });
      const again = await moderation.report(report({ cmid: newCmid(), at: 5_000 }));
      notStrictEqual(again.caseId, first.caseId);
      strictEqual(again.isNew, true);
    },
  },
  {
    name: 'a case shows the message with ten before it and ten after, also the words of hidden ones, and of deleted ones none',
    run: async (rig) => {
      const { moderation } = rig;
      const { script, report, messageId, moderator } = await scene(rig, { before: 15, after: 15 });
      const known = script.entries.length;
      script.say({ type: 'message.hidden', data: { messageId, reason: 'rude' }, by: moderator.id });
      script.say({ type: 'message.deleted', data: { messageId: idOf(script, '+1') } });
      await rig.takeIn(script.entries.slice(known));
      const { caseId } = await moderation.report(report());
      const { context } = (await moderation.caseDetail(caseId, 1_000))!;
      deepStrictEqual(context.map(({ body }) => body), [
        ...Array.from({ length: 10 }, (_, n) => `-${10 - n}`), 'offence', null, ...Array.from({ length: 9 }, (_, n) => `+${n + 2}`),
      ]);
      deepStrictEqual(context.filter(({ hidden }) => hidden).map(({ id }) => id), [messageId]);
      ok(context.every(({ seq }, n) => n === 0 || seq > context[n - 1]!.seq));
    },
  },
  {
    name: 'of a direct room a case shows two messages on each side, and of a user there none',
    run: async (rig) => {
      const { moderation } = rig;
      const [ada, bo] = [actor('Ada'), actor('Bo')];
      const script = openRoom({ owner: ada, kind: 'direct' });
      // As the domain names direct rooms.
      Object.assign(script, { roomId: script.roomId.replace('r', 'd') });
      const direct = Object.assign(script, { entries: [], state: null, position: 0 });
      direct.say({ type: 'room.created', data: { name: '', kind: 'direct', pair: [ada.id, bo.id] } }, { type: 'member.joined', data: { userId: ada.id, name: 'Ada', role: 'member' } }, joined(bo));
      for (const n of [1, 2, 3, 4, 5, 6, 7]) direct.say(said(`${n}`, n % 2 ? ada : bo));
      await rig.takeIn(direct.entries);
      const about = { roomId: script.roomId, userId: bo.id, by: ada.id, category: 'other', remark: '', at: 1 } as const;
      const message = await moderation.report({ ...about, messageId: idOf(direct, '4') });
      const user = await moderation.report({ ...about, messageId: null });
      deepStrictEqual((await moderation.caseDetail(message.caseId, 2))?.context.map(({ body }) => body), ['2', '3', '4', '5', '6']);
      deepStrictEqual((await moderation.caseDetail(user.caseId, 2))?.context, []);
    },
  },
  {
    name: 'of a reported user a case shows what they said last',
    run: async (rig) => {
      const { moderation } = rig;
      const { script, report, offender } = await scene(rig);
      const known = script.entries.length;
      for (let n = 1; n <= 12; n += 1) script.say(said(`word ${n}`, offender), said('in between', script.owner));
      await rig.takeIn(script.entries.slice(known));
      const { caseId } = await moderation.report(report({ messageId: null }));
      deepStrictEqual((await moderation.caseDetail(caseId, 1_000))?.context.map(({ body }) => body), Array.from({ length: 10 }, (_, n) => `word ${n + 3}`));
    },
  },
  {
    name: 'a record of all rooms names a ban from the server, one of a room does not',
    run: async (rig) => {
      const { moderation } = rig;
      const { script, offender } = await scene(rig);
      const at = Date.now();
      const until = at + 60_000;
      await moderation.act({ act: 'user.banned', userId: offender.id, until, reason: 'everywhere', by: null, cmid: newCmid() });
      const everywhere = await moderation.record(offender.id, null, at);
      deepStrictEqual(everywhere?.sanctions, [{ kind: 'ban', userId: offender.id, roomId: null, reason: 'everywhere', since: everywhere?.sanctions[0]?.since, until, by: null }]);
      deepStrictEqual((await moderation.record(offender.id, script.roomId, at))?.sanctions, []);
      deepStrictEqual((await moderation.record(offender.id, null, until))?.sanctions, [], 'it has run out');
    },
  },
  {
    name: 'a record counts cases by how they ended, in all rooms or in one, and names the newest acts',
    run: async (rig) => {
      const { moderation, takeIn } = rig;
      const { script, report, offender, moderator } = await scene(rig);
      const other = await scene(rig);
      const close = async (caseId: Awaited<ReturnType<typeof moderation.report>>['caseId'], decision: 'upheld' | 'dismissed') => {
        await moderation.claim(caseId, moderator.id, 1_000);
        await moderation.decide(caseId, decision, moderator.id, 1_001, '');
      };
      await close((await moderation.report(report())).caseId, 'upheld');
      await close((await moderation.report(report({ messageId: null }))).caseId, 'dismissed');
      await moderation.report(report());
      await moderation.report(other.report({ messageId: null, userId: offender.id }));
      const known = script.entries.length;
      script.say({ type: 'member.muted', data: { userId: offender.id, until: null, reason: 'shouting' }, by: moderator.id });
      await takeIn(script.entries.slice(known));
      const here = await moderation.record(offender.id, script.roomId, 2_000);
      deepStrictEqual([here?.name, here?.reports], ['Olaf', { open: 1, upheld: 1, dismissed: 1 }]);
      deepStrictEqual(new Set(here?.acts.map(({ act }) => act)), new Set(['member.muted', 'case.closed']));
      deepStrictEqual(here?.sanctions.map(({ kind, roomId, until, by }) => [kind, roomId, until, by]), [['mute', script.roomId, null, moderator.id]]);
      const everywhere = await moderation.record(offender.id, null, 2_000);
      deepStrictEqual(everywhere?.reports, { open: 2, upheld: 1, dismissed: 1 });
      const elsewhere = await moderation.record(offender.id, other.script.roomId, 2_000);
      deepStrictEqual([elsewhere?.reports, elsewhere?.acts, elsewhere?.sanctions], [{ open: 1, upheld: 0, dismissed: 0 }, [], []]);
      strictEqual(await moderation.record(actor('nobody').id, null, 2_000), null);
    },
  },
];
