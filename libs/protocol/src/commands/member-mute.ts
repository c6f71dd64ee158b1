import { z } from 'zod';
import { changeFields, epochSchema, seqSchema, userIdSchema } from '../ids.ts';
import { reasonSchema, sanctionMsSchema } from '../moderation.ts';

/** Forbids a user to say or edit anything in the room, for `forMs` or, with `null`, until it is undone; owner and moderators, and only those below them. Again: the newer one counts. */
export const memberMute = {
  name: 'member:mute',
  request: z.object({ ...changeFields, userId: userIdSchema, forMs: sanctionMsSchema, reason: reasonSchema }),
  response: z.object({ epoch: epochSchema, seq: seqSchema, until: z.number().int().nullable() }),
} as const;
