import { z } from 'zod';
import { changeFields, epochSchema, seqSchema } from '../ids.ts';

/** No longer a member, and no longer listening on any socket. An owner hands the room on first; a direct room cannot be left. */
export const roomLeave = {
  name: 'room:leave',
  request: z.object({ ...changeFields }),
  response: z.object({ epoch: epochSchema, seq: seqSchema }),
} as const;
