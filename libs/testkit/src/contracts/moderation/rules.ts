import { deepStrictEqual, strictEqual } from 'node:assert';
import { newUserId } from '@parley/domain';
import { rulesSchema, type Rules } from '@parley/protocol';
import type { ModerationCase } from './rig.ts';

const rulesOf = (...words: string[]): Rules => rulesSchema.parse([
  { id: 'words', kind: 'words', action: 'reject', reason: 'not here 🙂', words },
  { id: 'flood', kind: 'flood', action: 'hide', reason: 'slower', count: 3, perMs: 1_000 },
]);

export const RULES: readonly ModerationCase[] = [
  {
    name: 'rules are read as they were saved, with their version, and every change is an act on the server',
    run: async ({ moderation }) => {
      const admin = newUserId();
      const { version } = await moderation.rules();
      const known = (await moderation.inForce(Number.MAX_SAFE_INTEGER, 1)).upTo;
      strictEqual(await moderation.saveRules(version, rulesOf('one', 'zwei', 'три'), admin), version + 1);
      deepStrictEqual(await moderation.rules(), { version: version + 1, rules: rulesOf('one', 'zwei', 'три') });
      strictEqual(await moderation.saveRules(version + 1, [], null), version + 2);
      deepStrictEqual(await moderation.rules(), { version: version + 2, rules: [] });
      const acts = (await moderation.actsAfter(known, 100)).filter((act) => act.act === 'rules.changed');
      deepStrictEqual(acts.map((act) => [act.act === 'rules.changed' && act.version, act.by]), [[version + 1, admin], [version + 2, null]]);
    },
  },
  {
    name: 'rules of another version than the newest are not saved, and of several at once one is',
    run: async ({ moderation }) => {
      const { version } = await moderation.rules();
      strictEqual(await moderation.saveRules(version + 1, [], null), null);
      const saved = await Promise.all(Array.from({ length: 5 }, (_, i) => moderation.saveRules(version, rulesOf(`word ${i}`), null)));
      strictEqual(saved.filter((each) => each === version + 1).length, 1);
      strictEqual(saved.filter((each) => each === null).length, 4);
      deepStrictEqual(await moderation.rules(), { version: version + 1, rules: rulesOf(`word ${saved.indexOf(version + 1)}`) });
    },
  },
  {
    name: 'as many rules as there may be are saved and read',
    run: async ({ moderation }) => {
      const { version } = await moderation.rules();
      const rules = rulesOf(...Array.from({ length: 19_000 }, (_, i) => `the ${i}th word, or phrase`));
      strictEqual(await moderation.saveRules(version, rules, null), version + 1);
      deepStrictEqual((await moderation.rules()).rules, rules);
      await moderation.saveRules(version + 1, [], null);
    },
  },
];
