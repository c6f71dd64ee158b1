import type { RoomId } from '@parley/protocol';
import { errorFromWire } from './errors.ts';
import type { Joined, RoomContext } from './room-context.ts';

/** Once a member (`again`), one only listens again: who was removed does not come back by reconnecting. */
export const joinOne = async (request: RoomContext['request'], roomId: RoomId, again: boolean): Promise<Joined> => {
  const answer = await request('room:join', again ? { roomIds: [roomId], resume: true } : { roomId });
  if (!('rooms' in answer)) return answer;
  const [outcome] = answer.rooms;
  if (!outcome?.ok) throw errorFromWire(outcome?.error);
  return outcome;
};
