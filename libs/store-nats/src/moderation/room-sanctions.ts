import type { RoomSanctions } from '@parley/domain';
import { roomIdSchema, userIdSchema } from '@parley/protocol';
import { z } from 'zod';
import { limitSchema, optionalArgument, READING_TIMEOUT_MS } from '../query.ts';
import type { Calls } from './calls.ts';

export const ROOM_SANCTION_CALLS: Calls<RoomSanctions> = {
  roomSanctions: { request: z.tuple([roomIdSchema, optionalArgument(userIdSchema), limitSchema]), timeoutMs: READING_TIMEOUT_MS },
  sanctionsAgainst: { request: z.tuple([userIdSchema]), timeoutMs: READING_TIMEOUT_MS },
};
