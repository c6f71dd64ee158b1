import type { DeadLetter, NewReport } from '@parley/domain';
import { actor, joined, openRoom, said } from '@parley/testkit/room-script';
import { expect, test } from 'vitest';
import { isOfModeration, replayModeration } from './replay-moderation.ts';

const letter = (payload: string, consumer = 'moderation'): DeadLetter => ({ id: 'a', consumer, source: 's', reason: 'a defect', payload, at: 1 });
const replay = async (each: DeadLetter) => {
  const [removed, reported]: [string[], NewReport[]] = [[], []];
  const failure = await replayModeration(each, {
    deadLetters: { remove: async (id) => void removed.push(id) }, now: 7,
    reports: { report: async (report) => { reported.push(report); return { reportId: '' as never, caseId: '' as never, isNew: true }; } },
  });
  return { failure, removed, reported };
};

test('what moderation gave up on goes into the moderators’ queue, each message once by its event', async () => {
  const script = openRoom();
  const bob = actor('Bob');
  const { entry } = script.say(joined(bob), said('one', bob), { type: 'message.edited', data: { messageId: script.lastId!, body: 'two' }, by: bob.id });
  const { failure, removed, reported } = await replay(letter(JSON.stringify(entry)));
  expect([failure, removed]).toEqual([null, ['a']]);
  expect(reported).toMatchObject(entry.events.slice(1).map(({ id }) => ({ roomId: script.roomId, userId: bob.id, by: null, at: 7, cmid: `replay.${id}`, remark: 'moderation could not look at it: a defect' })));
  expect(reported.map(({ messageId }) => messageId)).toEqual([entry.events[1]!.id, (entry.events[2]!.data as { messageId: string }).messageId]);
});

test('what is no entry is kept', async () => {
  for (const payload of ['not JSON', '{"events":[{"type":"message.created"}]}']) expect(await replay(letter(payload))).toMatchObject({ failure: expect.stringContaining('no entry') as string, removed: [], reported: [] });
});

test('letters of moderation are told by their consumer', () => {
  expect(['moderation', 'moderation-held', 'persistence'].map((consumer) => isOfModeration(letter('', consumer)))).toEqual([true, true, false]);
});
