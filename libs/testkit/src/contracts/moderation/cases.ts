import { deepStrictEqual, strictEqual } from 'node:assert';
import { newCaseId, type CaseQuery } from '@parley/domain';
import { LIMITS, type CaseId, type CaseView } from '@parley/protocol';
import { actor } from '../../room-script.ts';
import type { ModerationCase, ModerationRig } from './rig.ts';
import { scene } from './scene.ts';

const STRANGER = actor('nobody').id;

const allOf = async ({ moderation }: ModerationRig, query: Partial<CaseQuery>, limit = 2): Promise<CaseId[]> => {
  const found: CaseId[] = [];
  for (let after: CaseId | undefined; ;) {
    const page = await moderation.cases({ in: 'all', notAbout: STRANGER, status: 'open', at: 10_000, ...query, after, limit });
    found.push(...page.cases.map(({ id }) => id));
    if (page.next === null) return found;
    after = page.next;
  }
};

const isCase = (answer: CaseView | string | null): answer is CaseView => typeof answer === 'object' && answer !== null;

export const CASES: readonly ModerationCase[] = [
  {
    name: 'of many who claim a case at once one has it',
    run: async (rig) => {
      const { moderation } = rig;
      const { report } = await scene(rig);
      for (let round = 0; round < 5; round += 1) {
        const { caseId } = await moderation.report(report({ cmid: undefined, by: actor('x').id, userId: actor(`offender ${round}`).id, messageId: null }));
        const crowd = Array.from({ length: 16 }, (_, n) => actor(`moderator ${n}`).id);
        const answers = await Promise.all(crowd.map((by) => moderation.claim(caseId, by, 2_000)));
        const winners = answers.filter(isCase);
        deepStrictEqual([winners.length, answers.filter((answer) => answer === 'claimed').length], [1, 15]);
        strictEqual(winners[0]!.claimedBy, crowd[answers.findIndex(isCase)]);
        deepStrictEqual(await moderation.caseOf(caseId, 2_000), winners[0]);
      }
    },
  },
  {
    name: 'a claim holds for its time, and longer if claimed again by the same; then anybody may have it',
    run: async (rig) => {
      const { moderation } = rig;
      const { report, owner, moderator } = await scene(rig);
      const { caseId } = await moderation.report(report());
      const claimed = await moderation.claim(caseId, moderator.id, 1_000);
      deepStrictEqual(isCase(claimed) && [claimed.status, claimed.claimedBy, claimed.claimedUntil], ['claimed', moderator.id, 1_000 + LIMITS.claimMs]);
      strictEqual(await moderation.claim(caseId, owner.id, LIMITS.claimMs), 'claimed');
      await moderation.claim(caseId, moderator.id, 2_000);
      strictEqual(await moderation.claim(caseId, owner.id, 1_500 + LIMITS.claimMs), 'claimed');
      const over = 2_000 + LIMITS.claimMs;
      deepStrictEqual(await moderation.caseOf(caseId, over).then((found) => [found?.status, found?.claimedBy]), ['open', null]);
      const taken = await moderation.claim(caseId, owner.id, over);
      strictEqual(isCase(taken) && taken.claimedBy, owner.id);
      strictEqual(await moderation.claim(newCaseId(1), owner.id, over), null);
    },
  },
  {
    name: 'whoever has claimed a case gives it back, and nobody else does',
    run: async (rig) => {
      const { moderation } = rig;
      const { report, owner, moderator } = await scene(rig);
      const { caseId } = await moderation.report(report());
      await moderation.claim(caseId, moderator.id, 1_000);
      strictEqual(await moderation.release(caseId, owner.id, 2_000), 'claimed');
      const released = await moderation.release(caseId, moderator.id, 2_000);
      deepStrictEqual(isCase(released) && [released.status, released.claimedBy], ['open', null]);
      deepStrictEqual(await moderation.release(caseId, moderator.id, 2_000), released, 'again');
      strictEqual(await moderation.release(newCaseId(1), owner.id, 2_000), null);
    },
  },
  {
    name: 'a case is decided once, by whoever has claimed it, with a line in the audit log',
    run: async (rig) => {
      const { moderation } = rig;
      const { report, owner, moderator, offender, script, messageId } = await scene(rig);
      const { caseId } = await moderation.report(report());
      strictEqual(await moderation.decide(caseId, 'upheld', moderator.id, 1_000, ''), 'unclaimed');
      await moderation.claim(caseId, moderator.id, 1_000);
      strictEqual(await moderation.decide(caseId, 'upheld', owner.id, 2_000, ''), 'claimed');
      strictEqual(await moderation.decide(caseId, 'upheld', moderator.id, 1_000 + LIMITS.claimMs, ''), 'unclaimed', 'the claim has run out');
      const decided = await moderation.decide(caseId, 'upheld', moderator.id, 3_000, 'enough is enough');
      deepStrictEqual(isCase(decided) && [decided.status, decided.decision, decided.decidedBy, decided.decidedAt, decided.claimedBy], ['closed', 'upheld', moderator.id, 3_000, null]);
      deepStrictEqual(await moderation.decide(caseId, 'upheld', moderator.id, 4_000, 'sent again'), decided);
      strictEqual(await moderation.decide(caseId, 'dismissed', moderator.id, 4_000, ''), 'closed');
      strictEqual(await moderation.decide(caseId, 'upheld', owner.id, 4_000, ''), 'closed');
      strictEqual(await moderation.claim(caseId, owner.id, 4_000), 'closed');
      strictEqual(await moderation.release(caseId, moderator.id, 4_000), 'closed');
      strictEqual(await moderation.decide(newCaseId(1), 'upheld', owner.id, 4_000, ''), null);
      const { entries } = await moderation.audit({ roomId: script.roomId, act: 'case.closed', limit: 10 });
      deepStrictEqual(entries, [
        { id: entries[0]?.id, at: 3_000, act: 'case.closed', by: moderator.id, roomId: script.roomId, userId: offender.id, messageId, reason: 'enough is enough', detail: 'decision=upheld', until: null },
      ]);
    },
  },
  {
    name: 'the queue pages through the cases of a status, the longest waiting first, of closed ones the newest',
    run: async (rig) => {
      const { moderation } = rig;
      const { report, moderator, offender, script } = await scene(rig);
      const here = { roomId: script.roomId };
      const ids: CaseId[] = [];
      for (let n = 0; n < 7; n += 1) ids.push((await moderation.report(report({ messageId: null, userId: actor(`${n}`).id, at: 1_000 + n }))).caseId);
      const own = (await moderation.report(report({ at: 2_000 }))).caseId;
      for (const n of [1, 3, 5]) await moderation.claim(ids[n]!, moderator.id, 9_000);
      for (const n of [3, 5]) await moderation.decide(ids[n]!, 'dismissed', moderator.id, 9_001, '');
      deepStrictEqual(await allOf(rig, { in: here }), [ids[0], ids[2], ids[4], ids[6], own]);
      deepStrictEqual(await allOf(rig, { in: here, notAbout: null }), [ids[0], ids[2], ids[4], ids[6], own]);
      deepStrictEqual(await allOf(rig, { in: here, notAbout: offender.id }), [ids[0], ids[2], ids[4], ids[6]]);
      deepStrictEqual(await allOf(rig, { in: here, status: 'claimed' }), [ids[1]]);
      deepStrictEqual(await allOf(rig, { in: here, status: 'closed' }, 1), [ids[5], ids[3]]);
      deepStrictEqual(await allOf(rig, { in: here, at: 9_000 + LIMITS.claimMs }), [ids[0], ids[1], ids[2], ids[4], ids[6], own], 'a claim that has run out');
    },
  },
  {
    name: 'whoever moderates rooms has the cases of these and of no others in the queue',
    run: async (rig) => {
      const { moderation, takeIn } = rig;
      const [one, other] = [await scene(rig), await scene(rig)];
      const [here, there] = [(await moderation.report(one.report())).caseId, (await moderation.report(other.report())).caseId];
      deepStrictEqual(await allOf(rig, { in: { moderatedBy: one.moderator.id } }), [here]);
      deepStrictEqual(await allOf(rig, { in: { moderatedBy: other.owner.id } }), [there]);
      deepStrictEqual(await allOf(rig, { in: { moderatedBy: one.reporter.id } }), [], 'a member');
      const all = await allOf(rig, {}, 100);
      deepStrictEqual(all.filter((id) => id === here || id === there).length, 2);
      const known = one.script.entries.length;
      one.script.say({ type: 'member.role_changed', data: { userId: one.moderator.id, role: 'member' } });
      await takeIn(one.script.entries.slice(known));
      deepStrictEqual(await allOf(rig, { in: { moderatedBy: one.moderator.id } }), [], 'no longer a moderator');
    },
  },
];
