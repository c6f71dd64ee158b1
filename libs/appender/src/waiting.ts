import type { CmidRecord, RoomCommand, RoomState } from '@parley/domain';
import type { After, EventId, Role, RoomEvent, WireError } from '@parley/protocol';
import type { Span } from './folded-room.ts';

export type CommandResult =
  | {
      ok: true;
      /** Of the first event the command caused; the same for every retry. If it was so already: the room's last event. */
      epoch: number;
      seq: number;
      id: EventId;
      /** The room as of the answer: it may be beyond `seq`. */
      state: RoomState;
      /** The sender's role in `state`; `null` for none, and for the system. */
      role: Role | null;
      /** What was appended for it now: empty for a retry, or if it was so already. */
      events: readonly RoomEvent[];
    }
  | { ok: false; error: WireError };

export type Settle = (result: CommandResult) => void;

/** A command in a room's queue. */
export type Waiting = {
  command: RoomCommand;
  /** `cmidKey` of it. */
  key: string;
  settle: Settle;
  /** Milliseconds since 1970; after it no further pass is begun. */
  deadline: number;
  passes: number;
  /** The room when the command was first decided here: it was not appended from here before. */
  since: After | null;
  /** What the store's cmid table said, good for one span. */
  found: { span: Span; record: CmidRecord | null } | null;
};
