import type { RuleAction } from '@parley/protocol';
import { reject, roleOf, type Decision } from './decide/decision.ts';
import type { RoomCommand, Targets } from './command.ts';
import type { RoomState } from './state.ts';

/** A rule of the server that what a command says is against. Whom the rule spares is known where the command is decided. */
export type ContentFinding = { action: RuleAction; reason: string; sparesModerators: boolean };

/** Whether a rule that spares moderators spares this sender: in what it says, not in how it names a room, which others find too. */
const isSpared = (state: RoomState | null, { name, by }: RoomCommand, targets: Targets): boolean => {
  if (!by || by.admin) return true;
  if (name !== 'message:send' && name !== 'message:edit') return false;
  const role = state && roleOf(state, targets, by.id);
  return role === 'owner' || role === 'moderator';
};

/** The findings that count, once it is known who the sender is in the room. */
export const findingsAgainst = (state: RoomState | null, command: RoomCommand, targets: Targets): readonly ContentFinding[] => {
  const { findings = [] } = command;
  return findings.length > 0 && isSpared(state, command, targets) ? findings.filter(({ sparesModerators }) => !sparesModerators) : findings;
};

/** What was decided, with what the server's rules say. What is refused anyway, or changes nothing, is not held to them. */
export const holdToRules = (decision: Decision, state: RoomState | null, command: RoomCommand, targets: Targets): Decision => {
  if (!decision.ok || decision.events.length === 0) return decision;
  const against = findingsAgainst(state, command, targets);
  const isMessage = command.name === 'message:send' || command.name === 'message:edit';
  // A name cannot be hidden.
  const refused = against.find(({ action }) => action === 'reject' || (action === 'hide' && !isMessage));
  if (refused) return reject('content_refused', refused.reason);
  const hidden = against.find(({ action }) => action === 'hide');
  return hidden ? { ...decision, hide: hidden.reason } : decision;
};
