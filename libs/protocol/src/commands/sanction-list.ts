import { z } from 'zod';
import { sanctionViewSchema } from '../moderation.ts';

/** What is in force against the asking user: in rooms, and on the whole server. With what, why and until when. */
export const sanctionList = {
  name: 'sanction:list',
  request: z.object({}),
  response: z.object({ sanctions: z.array(sanctionViewSchema) }),
} as const;
