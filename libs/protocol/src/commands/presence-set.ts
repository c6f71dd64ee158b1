import { z } from 'zod';
import { activitySchema } from '../presence.ts';

/** Whether somebody is at this device. A device counts as online from when it connects. */
export const presenceSet = {
  name: 'presence:set',
  request: z.object({ status: activitySchema }),
  response: z.object({}),
} as const;
