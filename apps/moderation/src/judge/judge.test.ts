import { newCmid, newUserId, realChance, roomIdOf } from '@parley/domain';
import { describe, expect, it } from 'vitest';
import { partOfChecker, partOfCopies, partOfRecord, partOfRule, reasonOf, remarkOf, verdictOf } from './score.ts';
import { Similarity, type Text } from './similarity.ts';

const THRESHOLDS = { reportAt: 50, hideAt: 100 };
const NOT_HERE = { ruleId: 'a', action: 'hide', reason: 'not here', sparesModerators: true } as const;
const LOOK = { ruleId: 'b', action: 'report', reason: 'look', sparesModerators: true } as const;
const users = Array.from({ length: 30 }, () => newUserId());
const rooms = Array.from({ length: 10 }, () => roomIdOf(users[0]!, newCmid()));
const text = (body: string, user = 0, room = 0, at = 1_000): Text => ({ eventId: realChance.eventId(), userId: users[user]!, roomId: rooms[room]!, body, at });
const RAID = 'join our server now at example dot com and get free coins for everybody who comes today';

describe('similarity', () => {
  it('counts who said nearly the same, and where, within a minute', () => {
    const similarity = new Similarity();
    expect(similarity.note(text(RAID, 0, 0))).toEqual({ users: 1, rooms: 1 });
    expect(similarity.note(text(`${RAID}!!`, 1, 0))).toEqual({ users: 2, rooms: 1 });
    expect(similarity.note(text(RAID.toUpperCase(), 2, 1))).toEqual({ users: 3, rooms: 2 });
    expect(similarity.note(text('something else that has nothing at all to do with it', 3, 2))).toEqual({ users: 1, rooms: 1 });
    expect(similarity.note(text(RAID.replace('coins', 'coıns').replaceAll('o', 'о'), 4, 1)), 'by letters that look the same').toEqual({ users: 4, rooms: 2 });
    expect(similarity.note(text(RAID, 0, 0, 62_000))).toEqual({ users: 1, rooms: 1 });
  });

  it('does not ask who copied what everybody says', () => {
    const similarity = new Similarity();
    for (const body of ['', 'thanks a lot', '👍👍👍', '… — …']) for (let n = 0; n < 9; n += 1) expect(similarity.note(text(body, n, n))).toEqual({ users: 1, rooms: 1 });
    expect(similarity.size).toBe(0);
  });

  it('counts what is delivered again once', () => {
    const similarity = new Similarity();
    const once = text(RAID);
    expect([similarity.note(once), similarity.note(once), similarity.note(once)]).toEqual(Array.from({ length: 3 }, () => ({ users: 1, rooms: 1 })));
    expect(similarity.size).toBe(1);
  });

  it('keeps no more than its bounds, in number and in time', () => {
    const similarity = new Similarity({ texts: 50, perShingle: 4 });
    for (let n = 0; n < 500; n += 1) similarity.note(text(`${RAID} ${n % 7}`, n % 30, n % 10, n));
    expect(similarity.size).toBe(50);
    expect(similarity.note(text(RAID, 29, 9, 500)).users).toBeGreaterThan(2);
    similarity.note(text(RAID, 0, 0, 200_000));
    expect(similarity.size).toBe(1);
  });
});

describe('a score', () => {
  const hide = partOfRule(NOT_HERE, THRESHOLDS);
  const report = partOfRule(LOOK, THRESHOLDS);

  it('follows the actions of rules, and adds up', () => {
    expect(verdictOf([], THRESHOLDS)).toBe('nothing');
    expect(verdictOf([hide], THRESHOLDS)).toBe('hide');
    expect(verdictOf([partOfRule({ ...NOT_HERE, action: 'reject' }, THRESHOLDS)], THRESHOLDS), 'too late to refuse').toBe('hide');
    expect(verdictOf([report], THRESHOLDS)).toBe('report');
    expect(verdictOf([report, partOfChecker({ name: 'c', weight: 100, score: 0.5 })!], THRESHOLDS)).toBe('hide');
    expect(verdictOf([partOfChecker({ name: 'c', weight: 100, score: 0.49 })!], THRESHOLDS)).toBe('nothing');
    expect(verdictOf([{ what: 'x', points: 40 }], { reportAt: 50, hideAt: 40 }), 'hiding from fewer points than reporting').toBe('hide');
  });

  it('weighs a record only where there is something else', () => {
    const bad = { upheld: 9, dismissed: 0, sanctions: 3 };
    expect(partOfRecord(bad, [])).toBeNull();
    expect(partOfRecord(bad, [report])).toMatchObject({ points: 40 });
    expect(partOfRecord({ upheld: 1, dismissed: 4, sanctions: 0 }, [report])).toBeNull();
  });

  it('takes several who say the same for a raid, and one who says something twice for none', () => {
    expect(partOfCopies({ users: 2, rooms: 2 }, 50)).toBeNull();
    expect(partOfCopies({ users: 4, rooms: 1 }, 50)).toEqual({ what: 'nearly the same by 4 in one room', points: 50 });
    expect(partOfCopies({ users: 1, rooms: 4 }, 50)).toMatchObject({ points: 50 });
    expect(partOfCopies({ users: 9, rooms: 9 }, 0)).toBeNull();
  });

  it('is told to moderators with its parts, and to everybody as a person would put it', () => {
    const parts = [report, partOfChecker({ name: 'toxicity', weight: 100, score: 0.7, reason: 'rude' })!];
    expect(remarkOf(parts)).toBe('120 points: rule b +50, toxicity 0.70 (rude) +70');
    expect(reasonOf([LOOK, NOT_HERE])).toBe('not here');
    expect(reasonOf([])).toBe('hidden by automatic moderation');
  });
});
