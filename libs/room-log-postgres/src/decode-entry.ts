import type { LogEntry, RoomRef } from '@parley/domain';
import type { EventId, RoomEvent } from '@parley/protocol';

/** As it is selected: the events as text, since what cannot be parsed has to be shown as it is. */
export type EntryRow = { first_seq: number; last_seq: number; prev_id: string | null; events: string };
export const ENTRY_COLUMNS = 'e.first_seq, e.last_seq, e.prev_id, e.events::text as events';

/** The entry, or why it is none. Only its frame is looked at: what stands in the log was checked on its way in. */
export const decodeEntry = (ref: RoomRef, row: EntryRow): { entry: LogEntry } | { reason: string } => {
  let events: unknown;
  try {
    events = JSON.parse(row.events);
  } catch {
    return { reason: 'not JSON' };
  }
  if (!Array.isArray(events) || events.length === 0) return { reason: 'not a list of events' };
  if (events.length !== row.last_seq - row.first_seq + 1) return { reason: `${events.length} events, not those from ${row.first_seq} to ${row.last_seq}` };
  const foreign = events.findIndex((event: Partial<RoomEvent> | null, n) => event?.roomId !== ref.roomId || event.epoch !== ref.epoch || event.seq !== row.first_seq + n || typeof event.type !== 'string');
  if (foreign >= 0) return { reason: `the event at ${row.first_seq + foreign} is not one of this log` };
  return { entry: { events: events as RoomEvent[], prevId: row.prev_id as EventId | null, position: row.last_seq } };
};
