import { decide, targetsOf, type Chance, type CmidKey, type CmidRecord, type NewEntry, type RoomCommand, type RoomState, type TargetKeys } from '@parley/domain';
import { wireError, type Role, type RoomEvent, type WireError } from '@parley/protocol';
import { Draft } from './draft.ts';
import type { FoldedRoom } from './folded-room.ts';
import type { AppenderLimits } from './limits.ts';
import type { CommandResult, Waiting } from './waiting.ts';

/** What has to be asked of the store before a batch can be decided. */
export type Missing = {
  cmids: (CmidKey & { waiting: Waiting })[];
  targets: TargetKeys;
  /** Those that cannot go on without it. */
  waiting: Set<Waiting>;
};

/**
 * Whether an earlier try of a command may stand at or below `winStart`, where the window does not reach: unless the
 * sender knew more than that when it tried first. A cmid that was fresh when it came is as old as its first pass here.
 */
const mayBeBelow = ({ span, state }: FoldedRoom, { command, since }: Waiting): boolean => {
  const after = command.after === 'fresh' ? since ?? undefined : command.after;
  if (span.winStart === 0) return false;
  if (after === undefined) return command.after !== 'fresh';
  return after.epoch !== state?.epoch || after.seq < span.winStart;
};

/** What a batch needs from the store and neither the window nor the rows hold. */
export const missingFor = (room: FoldedRoom, batch: readonly Waiting[]): Missing => {
  const missing: Missing = { cmids: [], targets: { members: [], messages: [] }, waiting: new Set() };
  const members = new Set<TargetKeys['members'][number]>();
  const messages = new Set<TargetKeys['messages'][number]>();
  for (const waiting of batch) {
    const { command, key } = waiting;
    if (room.cmid(key) === undefined && mayBeBelow(room, waiting) && waiting.found?.span !== room.span) {
      missing.cmids.push({ waiting, by: command.by?.id ?? null, cmid: command.cmid });
      missing.waiting.add(waiting);
    }
    // A room without a watermark has nothing in the store.
    if (room.span.winStart === 0) continue;
    const unknown = room.rows.unknown(targetsOf(command));
    for (const userId of unknown.members) members.add(userId);
    for (const id of unknown.messages) messages.add(id);
    if (unknown.members.length + unknown.messages.length > 0) missing.waiting.add(waiting);
  }
  missing.targets = { members: [...members], messages: [...messages] };
  return missing;
};

/** How a command is answered, once `state` of the answer is known. */
type Verdict =
  | { kind: 'appended'; events: readonly RoomEvent[] }
  /** It is in the log already: true whatever else happens. */
  | { kind: 'landed'; record: CmidRecord }
  /** Only as good as the state it was decided on. */
  | { kind: 'already_so' }
  | { kind: 'rejected'; error: WireError };

type Answered = { verdict: Verdict; waiting: Waiting[] };

export type Plan = {
  /** `null`: nothing to append. */
  entry: NewEntry | null;
  commands: number;
  landed: Answered[];
  appended: Answered[];
  /** Not to be sent before the state they rest on is known to be the log's. */
  held: Answered[];
  resultOf: (verdict: Verdict, command: RoomCommand) => CommandResult;
};

const bytesOf = (events: readonly RoomEvent[]): number => events.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);

/** Decides a batch in order, each command on the state as the ones before it leave it. Nothing may be missing. */
export const planBatch = (room: FoldedRoom, batch: readonly Waiting[], chance: Chance, limits: AppenderLimits): Plan => {
  const draft = new Draft(room, chance);
  const opening = draft.events.length;
  const seen = new Map<string, Answered>();
  let bytes = 0;
  for (const waiting of batch) {
    const { command, key } = waiting;
    waiting.since ??= { epoch: room.state?.epoch ?? 1, seq: room.cursor.seq };
    const same = seen.get(key);
    if (same) {
      same.waiting.push(waiting);
      continue;
    }
    const landed = room.cmid(key) ?? (waiting.found?.span === room.span ? waiting.found.record : null);
    if (landed) {
      seen.set(key, { verdict: { kind: 'landed', record: landed }, waiting: [waiting] });
      continue;
    }
    const decision = decide(draft.state, command, draft.rows.targets(targetsOf(command)), draft.now);
    if (!decision.ok) {
      seen.set(key, { verdict: { kind: 'rejected', error: wireError(decision.code, decision.message, decision.retryAfterMs, decision.sanction) }, waiting: [waiting] });
      continue;
    }
    if (decision.events.length === 0) {
      seen.set(key, { verdict: { kind: 'already_so' }, waiting: [waiting] });
      continue;
    }
    const events = draft.enclose(decision, command);
    const more = bytesOf(events);
    // The rest waits for the next pass: what comes after it must not overtake it.
    if (bytes > 0 && bytes + more > limits.batchBytes) break;
    bytes += more;
    draft.add(events);
    seen.set(key, { verdict: { kind: 'appended', events }, waiting: [waiting] });
  }
  const answers = [...seen.values()];
  const of = (...kinds: Verdict['kind'][]) => answers.filter(({ verdict }) => kinds.includes(verdict.kind));
  const appended = of('appended');
  return {
    entry: draft.events.length > opening ? { events: draft.events, prevId: room.cursor.lastId } : null,
    commands: appended.length,
    landed: of('landed'),
    appended,
    held: of('already_so', 'rejected'),
    // What landed is answered before the append, what rests on it after: each with the room as it is then.
    resultOf: (verdict, { by }) => (verdict.kind === 'landed' || appended.length === 0
      ? resultOf(verdict, room.state, (by && room.role(by.id)) ?? null)
      : resultOf(verdict, draft.state, by && draft.role(by.id))),
  };
};

const resultOf = (verdict: Verdict, state: RoomState | null, role: Role | null): CommandResult => {
  if (verdict.kind === 'rejected') return { ok: false, error: verdict.error };
  if (!state) return { ok: false, error: wireError('internal') };
  switch (verdict.kind) {
    case 'appended': {
      const { epoch, seq, id } = verdict.events[0]!;
      return { ok: true, epoch, seq, id, state, role, events: verdict.events };
    }
    case 'landed':
      return { ok: true, ...verdict.record, state, role, events: [] };
    case 'already_so':
      return { ok: true, epoch: state.epoch, seq: state.seq, id: state.lastId, state, role, events: [] };
  }
};
