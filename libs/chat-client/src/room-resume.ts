import { LIMITS, type CommandInput, type CommandName, type CommandResponse } from '@parley/protocol';
import { Backoff } from './backoff.ts';
import { asChatError } from './errors.ts';
import type { Timings } from './options.ts';
import type { Joined } from './room-context.ts';
import type { RoomHandle } from './room.ts';
import type { Scope } from './scope.ts';

type ResumeOptions = {
  request: <N extends CommandName>(name: N, payload: CommandInput<N>) => Promise<CommandResponse<N>>;
  timings: Timings;
  random: () => number;
};

/** Joins the rooms of the last connection again, many in one call. */
export const resumeRooms = async (all: Iterable<RoomHandle>, scope: Scope, options: ResumeOptions): Promise<void> => {
  const rooms = [...all].filter((room) => room.resumable);
  for (let start = 0; start < rooms.length && !scope.ended; start += LIMITS.joinRooms) {
    await resumeSome(rooms.slice(start, start + LIMITS.joinRooms), scope, options);
  }
};

const resumeSome = async (rooms: RoomHandle[], scope: Scope, { request, timings, random }: ResumeOptions): Promise<void> => {
  const backoff = new Backoff(timings.retryMinMs, timings.retryMaxMs, random);
  for (;;) {
    try {
      const answer = await request('room:join', { roomIds: rooms.map((room) => room.id), resume: true });
      if (scope.ended) return;
      const joined = 'rooms' in answer ? answer.rooms : [];
      rooms.forEach((room, n) => {
        const result = joined[n];
        if (room.state === 'closed') return;
        if (result?.ok) room.resumed(result satisfies Joined);
        else room.resumeAlone();
      });
      return;
    } catch (thrown) {
      const error = asChatError(thrown);
      if (scope.ended) return;
      if (!error.retryable) return rooms.forEach((room) => room.resumeAlone());
      if (!(await scope.sleep(backoff.next(error.retryAfterMs)))) return;
    }
  }
};
