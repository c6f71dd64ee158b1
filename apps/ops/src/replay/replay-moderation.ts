import type { DeadLetter, DeadLetters, Reports } from '@parley/domain';
import { LIMITS, roomEventSchema, type Cmid, type RoomEvent } from '@parley/protocol';
import { z } from 'zod';

export type ModerationReplayOptions = { deadLetters: Pick<DeadLetters, 'remove'>; reports: Pick<Reports, 'report'>; now: number };

const entrySchema = z.object({ events: z.array(roomEventSchema) });

/** Of a letter of the moderation worker. What it could not look at, people can; what waited for a check it has put into their queue itself. */
export const isOfModeration = ({ consumer }: DeadLetter): boolean => consumer === 'moderation' || consumer === 'moderation-held';

const eventsOf = ({ payload }: DeadLetter): RoomEvent[] | null => {
  try {
    const parsed = entrySchema.safeParse(JSON.parse(payload));
    return parsed.success ? parsed.data.events : null;
  } catch {
    return null;
  }
};

/** Puts what was said into the moderators' queue, and removes the letter. Answers why it was kept; `null` if it was not. */
export const replayModeration = async (letter: DeadLetter, { deadLetters, reports, now }: ModerationReplayOptions): Promise<string | null> => {
  const events = eventsOf(letter);
  if (!events) return 'it is no entry of a log: drop it once it is of no use';
  const remark = `moderation could not look at it: ${letter.reason}`.slice(0, LIMITS.remarkLength);
  for (const { type, roomId, by: userId, id, data } of events) {
    if (userId === null || (type !== 'message.created' && type !== 'message.edited')) continue;
    const messageId = type === 'message.edited' ? data.messageId : id;
    await reports.report({ roomId, messageId, userId, by: null, category: 'other', remark, at: now, cmid: `replay.${id}` as Cmid });
  }
  await deadLetters.remove(letter.id);
  return null;
};
