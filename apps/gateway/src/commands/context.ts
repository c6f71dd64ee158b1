import type { Actor, ModerationStore, Store } from '@parley/domain';
import type { RoomAppenders } from '@parley/appender';
import type { CommandName, CommandRequest, CommandResponse } from '@parley/protocol';
import type { Feeds } from '../feed/feeds.ts';
import type { GatewayPresence } from '../presence/gateway-presence.ts';
import type { ReportHints } from '../moderation/report-hints.ts';
import type { Typing } from '../presence/typing.ts';
import type { Turnstile } from '../limits/turnstile.ts';
import type { FailureOf } from '../socket/failures.ts';
import type { ClientSocket, Io } from '../socket/io.ts';

/** What commands are carried out with. */
export type Context = {
  appenders: RoomAppenders;
  feeds: Feeds;
  presence: GatewayPresence;
  typing: Typing;
  store: Store;
  moderation: ModerationStore;
  reportHints: ReportHints;
  io: Io;
  /** Rooms joined at once over all sockets: a storm of reconnects waits here. */
  joins: Turnstile;
  failureOf: FailureOf;
};

/** Who gave the command. */
export type Caller = { socket: ClientSocket; user: Actor };

/** Carries out a command. Throws `ProtocolError`, and the ports' errors; anything else is a defect. */
export type Handler<N extends CommandName> = (request: CommandRequest<N>, caller: Caller, context: Context) => Promise<CommandResponse<N>>;
