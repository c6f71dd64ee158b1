import { LIMITS, type RoomEvent } from '@parley/protocol';
import { weigh } from './tail.ts';

/** As many as fit one frame of about `frameBytes`, at least one, all of one epoch. */
export const fitFrame = (events: RoomEvent[], frameBytes: number): RoomEvent[] => {
  let bytes = 0;
  const end = events.findIndex((event, n) => {
    bytes += weigh(event);
    return n > 0 && (n >= LIMITS.syncPage || bytes > frameBytes || event.epoch !== events[0]!.epoch);
  });
  return end === -1 ? events : events.slice(0, end);
};
