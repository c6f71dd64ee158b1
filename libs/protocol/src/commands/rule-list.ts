import { z } from 'zod';
import { rulesSchema } from '../rules.ts';

/** The rules that messages are held against before they are taken; admins. */
export const ruleList = {
  name: 'rule:list',
  request: z.object({}),
  response: z.object({ version: z.number().int().nonnegative(), rules: rulesSchema }),
} as const;
