import { z } from 'zod';
import { changeFields, epochSchema, seqSchema, userIdSchema } from '../ids.ts';
import { reasonSchema, sanctionMsSchema } from '../moderation.ts';

/** Ends a user's membership, if it is one, and keeps it from joining for `forMs` or, with `null`, until it is undone; owner and moderators, and only those below them. */
export const memberBan = {
  name: 'member:ban',
  request: z.object({ ...changeFields, userId: userIdSchema, forMs: sanctionMsSchema, reason: reasonSchema }),
  response: z.object({ epoch: epochSchema, seq: seqSchema, until: z.number().int().nullable() }),
} as const;
