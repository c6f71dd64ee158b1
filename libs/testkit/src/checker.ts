/**
 * The fault checker: given what senders did, what listeners applied and what the rooms' logs hold in the end, it names
 * everything that must never happen. It knows nothing of how any of it was produced. One pass over each history, so
 * a million events take seconds.
 */

/** A message that somebody tried to send. A sender's own order in a room is the order of these. */
export type SentRecord = { roomId: string; by: string; cmid: string; /** Milliseconds since 1970; for people. */ sentAt: number };
/** A positive answer to it; without a place if it was seen in the log rather than answered, and has to stand there wherever. */
export type AckRecord = { roomId: string; by: string; cmid: string } & ({ epoch: number; seq: number; id: string } | { epoch: null; seq: null; id: null });
/** An event as a listener applied it. */
export type AppliedEvent = { roomId: string; epoch: number; seq: number; id: string };
/** An event as it stands in a log. Any `RoomEvent` will do for either. */
export type CheckedEvent = AppliedEvent & { type: string; by: string | null; cmid: string | null };

/**
 * A listener started (again) from a snapshot: events up to `seq` are not expected one by one. After a reload,
 * `messages` are the messages it paged from history; what lies between its old cursor and `seq` must be among them.
 */
export type ListenerStart = { start: true; roomId: string; epoch: number; seq: number; messages?: readonly { seq: number; id: string }[] };
/** What one listener did, in its order. A room without a start is expected from its first event. */
export type ListenerRecord = {
  listener: string;
  entries: Iterable<AppliedEvent | ListenerStart>;
  /** Rooms it was to hear, so that one that heard nothing at all is found too. */
  rooms?: readonly string[];
  /** Did it end with the system quiet, so that it must have everything? Default true. */
  quiet?: boolean;
};

/** The final log of a room, read back, ascending. `history`: its messages as people page through them, ascending; to be those of the log. */
export type RoomRecord = { roomId: string; events: readonly CheckedEvent[]; history?: readonly { seq: number; id: string }[] };

export type Histories = {
  sends: Iterable<SentRecord>;
  acks: Iterable<AckRecord>;
  listeners: Iterable<ListenerRecord>;
  rooms: Iterable<RoomRecord>;
};

export type Violation =
  /** An acked message is not in the log. */
  | { kind: 'acked_missing'; ack: AckRecord }
  /** It is there, but not where, or as what, the ack said. */
  | { kind: 'ack_disagrees'; ack: AckRecord; found: CheckedEvent }
  /** One command stands in the log twice. */
  | { kind: 'cmid_doubled'; roomId: string; by: string; cmid: string; seqs: [number, number] }
  /** One event id stands in a room's log twice. */
  | { kind: 'id_doubled'; roomId: string; id: string; seqs: [number, number] }
  /** The log does not count 1, 2, 3, … */
  | { kind: 'log_not_dense'; roomId: string; expected: number; found: number }
  /** A message of the log is not in the history that people page through. */
  | { kind: 'history_lacks'; roomId: string; seq: number; id: string }
  /** The history has a message twice, in another order than the log, or one that the log has not. */
  | { kind: 'history_disagrees'; roomId: string; seq: number; id: string }
  /** An event is of a lower epoch than the one before it. */
  | { kind: 'epoch_went_back'; roomId: string; seq: number; from: number; to: number }
  /** A message in the log that its sender never sent. */
  | { kind: 'never_sent'; event: CheckedEvent }
  /** Two messages of one sender stand in another order than they were sent. */
  | { kind: 'sender_reordered'; roomId: string; by: string; first: SentRecord; second: SentRecord }
  /** A listener skipped events. */
  | { kind: 'listener_gap'; listener: string; roomId: string; expected: number; found: number }
  /** A listener applied an event again, or went back. */
  | { kind: 'listener_repeated'; listener: string; roomId: string; expected: number; found: number }
  /** A listener has something else at this place than the log: it saw another order, or what was not kept. */
  | { kind: 'listener_disagrees'; listener: string; roomId: string; seq: number; id: string; found: string | null }
  /** A message that a listener jumped over in a reload was not in the history that it paged. */
  | { kind: 'listener_lost_in_reload'; listener: string; roomId: string; seq: number; id: string }
  /** All is quiet and a listener has not got everything. */
  | { kind: 'listener_behind'; listener: string; roomId: string; known: number; head: number }
  /** A room was named of which no log was given. */
  | { kind: 'room_unknown'; roomId: string; of: string };

export type ViolationKind = Violation['kind'];

export type Verdict = {
  /** At most {@link MAX_EXAMPLES} of each kind. Empty: all is well. */
  violations: Violation[];
  /** How many there are in truth. */
  totals: Partial<Record<ViolationKind, number>>;
  /** What was looked at, so that a test can see that something was. `unresolved`: sent, never acked, not in the log. */
  counts: { sends: number; acks: number; logged: number; applied: number; listeners: number; unresolved: number };
};

/** Examples kept of each kind of violation. */
export const MAX_EXAMPLES = 20;

type RoomIndex = {
  events: readonly CheckedEvent[];
  /** The first event of each command, by sender, then cmid. */
  commands: Map<string, Map<string, CheckedEvent>>;
};

const isMessage = (type: string): boolean => type.startsWith('message.');

export const checkHistories = (histories: Histories): Verdict => {
  const violations: Violation[] = [];
  const totals: Partial<Record<ViolationKind, number>> = {};
  const counts = { sends: 0, acks: 0, logged: 0, applied: 0, listeners: 0, unresolved: 0 };
  const report = (violation: Violation): void => {
    const total = (totals[violation.kind] ?? 0) + 1;
    totals[violation.kind] = total;
    if (total <= MAX_EXAMPLES) violations.push(violation);
  };

  const rooms = new Map<string, RoomIndex>();
  for (const { roomId, events, history } of histories.rooms) {
    rooms.set(roomId, indexRoom(roomId, events, report));
    if (history) checkHistory(roomId, events, history, report);
    counts.logged += events.length;
  }

  for (const ack of histories.acks) {
    counts.acks += 1;
    const room = rooms.get(ack.roomId);
    if (!room) {
      report({ kind: 'room_unknown', roomId: ack.roomId, of: `an ack of ${ack.by}` });
      continue;
    }
    const found = room.commands.get(ack.by)?.get(ack.cmid);
    if (!found) report({ kind: 'acked_missing', ack });
    else if (ack.seq !== null && (found.seq !== ack.seq || found.id !== ack.id || found.epoch !== ack.epoch)) report({ kind: 'ack_disagrees', ack, found });
  }

  checkSends(histories.sends, rooms, counts, report);

  for (const record of histories.listeners) {
    counts.listeners += 1;
    counts.applied += checkListener(record, rooms, report);
  }
  return { violations, totals, counts };
};

type Report = (violation: Violation) => void;

const indexRoom = (roomId: string, events: readonly CheckedEvent[], report: Report): RoomIndex => {
  const commands: RoomIndex['commands'] = new Map();
  const seqById = new Map<string, number>();
  /** Last seq of each command that caused several events: those of one command stand side by side. */
  const lastSeq = new Map<CheckedEvent, number>();
  let expected = 1;
  let epoch = 0;
  for (const event of events) {
    if (event.seq !== expected) report({ kind: 'log_not_dense', roomId, expected, found: event.seq });
    expected = event.seq + 1;
    if (event.epoch < epoch) report({ kind: 'epoch_went_back', roomId, seq: event.seq, from: epoch, to: event.epoch });
    epoch = event.epoch;
    const sameId = seqById.get(event.id);
    if (sameId !== undefined) report({ kind: 'id_doubled', roomId, id: event.id, seqs: [sameId, event.seq] });
    else seqById.set(event.id, event.seq);
    if (event.by === null || event.cmid === null) continue;
    let ofSender = commands.get(event.by);
    if (!ofSender) commands.set(event.by, (ofSender = new Map()));
    const first = ofSender.get(event.cmid);
    if (!first) {
      ofSender.set(event.cmid, event);
      continue;
    }
    if (isMessage(event.type) || event.seq !== (lastSeq.get(first) ?? first.seq) + 1) {
      report({ kind: 'cmid_doubled', roomId, by: event.by, cmid: event.cmid, seqs: [first.seq, event.seq] });
    }
    lastSeq.set(first, event.seq);
  }
  return { events, commands };
};

/** Both ascend, so one walk over both finds what either lacks. */
const checkHistory = (roomId: string, events: readonly CheckedEvent[], history: readonly { seq: number; id: string }[], report: Report): void => {
  let at = 0;
  for (const { type, seq, id } of events) {
    if (type !== 'message.created') continue;
    for (let next = history[at]; next && next.seq < seq; next = history[at]) {
      report({ kind: 'history_disagrees', roomId, ...next });
      at += 1;
    }
    const next = history[at];
    if (next?.seq !== seq) report({ kind: 'history_lacks', roomId, seq, id });
    else {
      if (next.id !== id) report({ kind: 'history_disagrees', roomId, ...next });
      at += 1;
    }
  }
  for (const next of history.slice(at)) report({ kind: 'history_disagrees', roomId, ...next });
};

const checkSends = (sends: Iterable<SentRecord>, rooms: Map<string, RoomIndex>, counts: Verdict['counts'], report: Report): void => {
  type Sender = { cmids: Set<string>; last: SentRecord | null; lastSeq: number };
  const senders = new Map<string, Map<string, Sender>>();
  for (const send of sends) {
    counts.sends += 1;
    let ofRoom = senders.get(send.roomId);
    if (!ofRoom) senders.set(send.roomId, (ofRoom = new Map()));
    let sender = ofRoom.get(send.by);
    if (!sender) ofRoom.set(send.by, (sender = { cmids: new Set(), last: null, lastSeq: 0 }));
    if (sender.cmids.has(send.cmid)) continue;
    sender.cmids.add(send.cmid);
    const found = rooms.get(send.roomId)?.commands.get(send.by)?.get(send.cmid);
    if (!found) {
      counts.unresolved += 1;
      continue;
    }
    if (sender.last && found.seq < sender.lastSeq) report({ kind: 'sender_reordered', roomId: send.roomId, by: send.by, first: sender.last, second: send });
    sender.last = send;
    sender.lastSeq = found.seq;
  }
  // Rooms may hold messages of others than the test's own senders, which nobody recorded.
  for (const [roomId, ofRoom] of senders) {
    for (const event of rooms.get(roomId)?.events ?? []) {
      if (event.type !== 'message.created' || event.by === null) continue;
      const sender = ofRoom.get(event.by);
      if (sender && (event.cmid === null || !sender.cmids.has(event.cmid))) report({ kind: 'never_sent', event });
    }
  }
};

/** Answers how many events it applied. */
const checkListener = ({ listener, entries, rooms: wanted = [], quiet = true }: ListenerRecord, rooms: Map<string, RoomIndex>, report: Report): number => {
  const known = new Map<string, number>();
  const knownOrNothing = (roomId: string): number => known.get(roomId) ?? 0;
  let applied = 0;
  for (const entry of entries) {
    const { roomId, seq } = entry;
    const room = rooms.get(roomId);
    if (!room) {
      report({ kind: 'room_unknown', roomId, of: listener });
      continue;
    }
    if ('start' in entry) {
      const before = known.get(roomId);
      if (before !== undefined && entry.messages) {
        const paged = new Set(entry.messages.map((message) => message.id));
        for (const lost of room.events.slice(before, seq)) {
          if (lost.type === 'message.created' && !paged.has(lost.id)) report({ kind: 'listener_lost_in_reload', listener, roomId, seq: lost.seq, id: lost.id });
        }
      } else if (before !== undefined && seq > before) {
        report({ kind: 'listener_gap', listener, roomId, expected: before + 1, found: seq + 1 });
      }
      known.set(roomId, seq);
      continue;
    }
    applied += 1;
    const expected = knownOrNothing(roomId) + 1;
    if (seq > expected) report({ kind: 'listener_gap', listener, roomId, expected, found: seq });
    else if (seq < expected) report({ kind: 'listener_repeated', listener, roomId, expected, found: seq });
    const found = room.events[seq - 1];
    if (found?.id !== entry.id || found.seq !== seq) report({ kind: 'listener_disagrees', listener, roomId, seq, id: entry.id, found: found?.id ?? null });
    known.set(roomId, Math.max(seq, expected - 1));
  }
  if (quiet) {
    for (const roomId of new Set([...known.keys(), ...wanted])) {
      const last = knownOrNothing(roomId);
      const head = rooms.get(roomId)?.events.length ?? 0;
      if (last < head) report({ kind: 'listener_behind', listener, roomId, known: last, head });
    }
  }
  return applied;
};

/** The violations as lines to read; empty if there are none. */
export const describeViolations = ({ violations, totals }: Verdict): string =>
  [
    ...Object.entries(totals).map(([kind, total]) => `${kind}: ${total}`),
    ...violations.map((violation) => `  ${JSON.stringify(violation)}`),
  ].join('\n');
