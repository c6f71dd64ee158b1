import type { Actor, ModerationStore, Store } from '@parley/domain';
import type { RoomAppenders } from '@parley/appender';
import type { CommandName, CommandRequest, CommandResponse } from '@parley/protocol';
import type { Feeds } from '../feed/feeds.ts';
import type { GatewayPresence } from '../presence/gateway-presence.ts';
import type { ContentReports } from '../rules/content-reports.ts';
import type { Joins } from '../rules/joins.ts';
import type { RulesInForce } from '../rules/rules-in-force.ts';
import type { ReportHints } from '../moderation/report-hints.ts';
import type { Typing } from '../presence/typing.ts';
import type { Sessions } from '../sessions/session.ts';
import type { Turnstile } from '../limits/turnstile.ts';
import type { FailureOf } from '../socket/failures.ts';
import type { Standing } from '../standing/standing.ts';
import type { ClientSocket, Io } from '../socket/io.ts';
import type { SessionClock } from '../socket/session-clock.ts';

/** What commands are carried out with. */
export type Context = {
  appenders: RoomAppenders;
  feeds: Feeds;
  presence: GatewayPresence;
  typing: Typing;
  store: Store;
  moderation: ModerationStore;
  standing: Standing;
  reportHints: ReportHints;
  rules: RulesInForce;
  /** Rules being checked at once, before they are saved: it takes seconds of this process. */
  ruleChecks: Turnstile;
  roomJoins: Joins;
  contentReports: ContentReports;
  io: Io;
  sessions: Sessions;
  clock: SessionClock;
  /** Rooms that one socket listens to, at most. */
  socketRooms: number;
  /** Rooms joined at once over all sockets: a storm of reconnects waits here. */
  joins: Turnstile;
  failureOf: FailureOf;
};

/** Who gave the command. */
export type Caller = { readonly socket: ClientSocket; /** With `admin` as it is at the moment. */ readonly user: Actor };

/** Carries out a command. Throws `ProtocolError`, and the ports' errors; anything else is a defect. */
export type Handler<N extends CommandName> = (request: CommandRequest<N>, caller: Caller, context: Context) => Promise<CommandResponse<N>>;
