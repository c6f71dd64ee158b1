import { RoomLogError, type Head, type LogEntry, type NewEntry, type Position, type RoomRef } from '@parley/domain';
import { parseRoomSubject } from '@parley/nats';
import type { EventId, RoomEvent } from '@parley/protocol';
import { headers, type MsgHdrs } from '@nats-io/transport-node';

/**
 * An entry is one message of the stream. Its payload is a JSON array of its events, as they stand in `docs/protocol.md`;
 * what a head must tell is in its headers, because heads carry nothing else.
 */
export const ENTRY_HEADER = { firstSeq: 'Parley-First-Seq', seq: 'Parley-Seq', prevId: 'Parley-Prev-Id' } as const;
/** Set by the stream on what it republishes. */
const SEQUENCE = 'Nats-Sequence';
const EXPECTED_STREAM = 'Nats-Expected-Stream';
const EXPECTED_LAST = 'Nats-Expected-Last-Subject-Sequence';

export const encodeEntry = (entry: NewEntry, stream: string, expected: Position): { payload: string; headers: MsgHdrs } => {
  const [first] = entry.events;
  const last = entry.events.at(-1);
  if (!first || !last) throw new RangeError('an entry has at least one event');
  const fields = headers();
  fields.set(EXPECTED_STREAM, stream);
  fields.set(EXPECTED_LAST, String(expected));
  fields.set(ENTRY_HEADER.firstSeq, String(first.seq));
  fields.set(ENTRY_HEADER.seq, String(last.seq));
  if (entry.prevId !== null) fields.set(ENTRY_HEADER.prevId, entry.prevId);
  return { payload: JSON.stringify(entry.events), headers: fields };
};

/** An append that every stream refuses, since no stream has this name. */
export const probeHeaders = (): MsgHdrs => {
  const fields = headers();
  fields.set(EXPECTED_STREAM, 'none');
  return fields;
};

const numberOf = (value: string | undefined): number | null => {
  const number = value === undefined || value === '' ? Number.NaN : Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
};

/** Headers as they are stored: lines of `name: value`, the first being the version. */
const storedHeader = (block: string, name: string): string | undefined => {
  const start = block.indexOf(`\r\n${name}: `);
  if (start < 0) return undefined;
  const from = start + name.length + 4;
  return block.slice(from, block.indexOf('\r\n', from));
};

/** Just enough to rely on: what is dense, whose it is, and that each event is one. */
const isEvent = (value: unknown, ref: RoomRef, seq: number): value is RoomEvent => {
  if (typeof value !== 'object' || value === null) return false;
  const event = value as Partial<Record<keyof RoomEvent, unknown>>;
  return event.seq === seq && event.roomId === ref.roomId && event.epoch === ref.epoch && typeof event.id === 'string' && typeof event.type === 'string'
    && typeof event.data === 'object' && event.data !== null;
};

export type StoredMessage = { subject: string; position: Position; payload: string; headers: string };

/** Without decoding it. */
export const firstSeqOf = ({ headers: block }: StoredMessage): number | null => numberOf(storedHeader(block, ENTRY_HEADER.firstSeq));

/** Throws `corrupt_entry`. */
export const decodeEntry = ({ subject, position, payload, headers: block }: StoredMessage): { ref: RoomRef; entry: LogEntry } => {
  const corrupt = (why: string, cause?: unknown): RoomLogError => new RoomLogError('corrupt_entry', `${subject} at ${position}: ${why}`, { cause });
  const ref = parseRoomSubject(subject)?.ref;
  if (!ref) throw corrupt('not the subject of a room');
  let events: unknown;
  try {
    events = JSON.parse(payload);
  } catch (cause) {
    throw corrupt('not JSON', cause);
  }
  const firstSeq = numberOf(storedHeader(block, ENTRY_HEADER.firstSeq));
  if (firstSeq === null || !Array.isArray(events) || events.length === 0) throw corrupt('not an entry');
  if (!events.every((event, n) => isEvent(event, ref, firstSeq + n))) throw corrupt('its events are not those that follow');
  if (numberOf(storedHeader(block, ENTRY_HEADER.seq)) !== firstSeq + events.length - 1) throw corrupt('its head is not that of its events');
  const prevId = storedHeader(block, ENTRY_HEADER.prevId);
  if ((prevId === undefined) !== (firstSeq === 1)) throw corrupt('it does not name the event before it');
  return { ref, entry: { events, prevId: (prevId ?? null) as EventId | null, position } };
};

/** `null`: not a head. */
export const decodeHead = (subject: string, fields: MsgHdrs | undefined): Head | null => {
  const ref = parseRoomSubject(subject)?.ref;
  const firstSeq = numberOf(fields?.get(ENTRY_HEADER.firstSeq));
  const seq = numberOf(fields?.get(ENTRY_HEADER.seq));
  const position = numberOf(fields?.get(SEQUENCE));
  return ref && firstSeq !== null && seq !== null && position !== null ? { ...ref, firstSeq, seq, position } : null;
};
