import { roomIdSchema, type RoomId } from '@parley/protocol';
import { operandOf } from '../command.ts';
import { EXIT, OpsError } from '../exit-codes.ts';

export const roomIdOf = (positionals: readonly string[]): RoomId => {
  const parsed = roomIdSchema.safeParse(operandOf('room', positionals));
  if (!parsed.success) throw new OpsError(EXIT.usage, `${positionals[0]} is not the id of a room`);
  return parsed.data;
};
