import { z } from 'zod';
import { rulesSchema } from '../rules.ts';

/** Replaces the rules, if they are still of `version` (else `conflict`); in force on every gateway within a second. Admins. */
export const ruleSave = {
  name: 'rule:save',
  request: z.object({ version: z.number().int().nonnegative(), rules: rulesSchema }),
  response: z.object({ version: z.number().int().positive() }),
} as const;
