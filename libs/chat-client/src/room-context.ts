import type { Cmid, CommandInput, CommandName, CommandResponse, RoomEvent, RoomId, RoomView as RoomInfo, UserId } from '@parley/protocol';
import type { ChatError } from './errors.ts';
import type { Timings } from './options.ts';
import type { Outbox } from './outbox.ts';
import type { Sanctions } from './sanctions.ts';

/**
 * `opening`: not loaded yet (or waiting for a connection to be). `ready`: `messages` can be shown. `closed`: left,
 * removed, refused or closed; nothing happens any more.
 */
export type RoomState = 'opening' | 'ready' | 'closed';

export type RoomEvents = {
  /** Events of the log, each once and in order, from where the room was opened. */
  events: readonly RoomEvent[];
  /** The room was loaded: the events before `seq` are told by `messages` alone. After the first time it means that what came before must be thrown away. */
  reset: { epoch: number; seq: number };
  /** `messages`, `info`, `state`, `standing` or `delayed` changed: read them again. */
  change: void;
  /** It ended; `error` tells why, `null` if this side closed it. */
  closed: { error: ChatError | null };
};

/** What a room needs of its client. */
export type RoomContext = {
  userId: UserId;
  sanctions: Sanctions;
  timings: Timings;
  random: () => number;
  validate: boolean;
  keepMessages: number;
  historyPage: number;
  outbox: Outbox;
  request: <N extends CommandName>(name: N, payload: CommandInput<N>) => Promise<CommandResponse<N>>;
  change: <N extends CommandName>(name: N, payload: CommandInput<N>) => Promise<CommandResponse<N>>;
  newCmid: () => Cmid;
  onEvents: (roomId: RoomId, events: readonly RoomEvent[]) => void;
  onClosed: (roomId: RoomId) => void;
  /** A listener threw. */
  onThrow: (error: unknown) => void;
};

export type Joined = { room: RoomInfo; epoch: number; seq: number };
