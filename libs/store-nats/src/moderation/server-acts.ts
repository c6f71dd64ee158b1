import type { ServerActs } from '@parley/domain';
import { cmidSchema, deviceIdSchema, LIMITS, sessionIdSchema, userIdSchema } from '@parley/protocol';
import { z } from 'zod';
import { limitSchema, LOOKUP_TIMEOUT_MS, timeSchema } from '../query.ts';
import type { Calls } from './calls.ts';

/** A gateway asks this again and again: an answer that takes longer is of no use to it. */
const FOLLOW_TIMEOUT_MS = 2_000;
const serialSchema = z.number().int().nonnegative();

const anyAct = { by: userIdSchema.nullable(), cmid: cmidSchema };
const common = { ...anyAct, userId: userIdSchema };
const newActSchema = z.discriminatedUnion('act', [
  z.object({ ...common, act: z.literal('user.banned'), until: timeSchema.nullable(), reason: z.string().max(LIMITS.reasonLength) }),
  z.object({ ...common, act: z.literal('user.unbanned') }),
  z.object({ ...common, act: z.literal('user.made_admin') }),
  z.object({ ...common, act: z.literal('user.unmade_admin') }),
  z.object({ ...common, act: z.literal('sessions.revoked'), before: timeSchema, except: sessionIdSchema.optional(), until: timeSchema }),
  z.object({ ...common, act: z.literal('session.revoked'), sessionId: sessionIdSchema, until: timeSchema }),
  z.object({ ...common, act: z.literal('device.revoked'), deviceId: deviceIdSchema, before: timeSchema, until: timeSchema }),
  z.object({ ...anyAct, act: z.literal('rules.changed'), version: z.number().int().nonnegative() }),
]);

export const SERVER_ACT_CALLS: Calls<ServerActs> = {
  act: { request: z.tuple([newActSchema]), timeoutMs: LOOKUP_TIMEOUT_MS },
  actsAfter: { request: z.tuple([serialSchema, limitSchema]), timeoutMs: FOLLOW_TIMEOUT_MS },
  inForce: { request: z.tuple([serialSchema, limitSchema]), timeoutMs: FOLLOW_TIMEOUT_MS },
};
