import type { Server } from 'node:http';
import type { RoomEvent, RoomId } from '@parley/protocol';
import { realChance, type LogEntry, type ModerationStore, type Presence, type RateLimiter, type RoomLog, type RoomRef, type Store } from '@parley/domain';
import { RoomAppenders } from '@parley/appender';
import { createHealth, listenOn, type Logger, type Metrics } from '@parley/runtime';
import type { Context } from './commands/context.ts';
import { createClusterFanOut, createLocalFanOut, type FanOutTransport, type RoomUpdate } from './fan-out/fan-out.ts';
import { Feeds } from './feed/feeds.ts';
import { DEFAULT_FEED_LIMITS, type FeedLimits } from './feed/limits.ts';
import { PageCache } from './feed/page-cache.ts';
import { redactTakenBack } from './feed/redact.ts';
import { createGatewayMetrics } from './gateway-metrics.ts';
import { guardOrigins } from './http/guard-origins.ts';
import { createHttpHandler } from './http/handler.ts';
import { createJwksRoute } from './http/jwks-route.ts';
import { createOrigins } from './http/origins.ts';
import { secureResponse } from './http/secure-response.ts';
import { createSessionRoute } from './http/session-route.ts';
import { createWebClient } from './http/web-client.ts';
import { createLeaving } from './leaving/leaving.ts';
import type { MovingSettings } from './leaving/move-clients.ts';
import { createAddresses } from './limits/addresses.ts';
import { Admission } from './limits/admission.ts';
import { DEFAULT_ADMISSION, type AdmissionSettings } from './limits/admission-settings.ts';
import { counting } from './limits/counting.ts';
import { guardHandshakes } from './limits/handshakes.ts';
import { Turnstile } from './limits/turnstile.ts';
import { createInspection, type Inspection } from './inspection.ts';
import { ReportHints } from './moderation/report-hints.ts';
import { GatewayPresence } from './presence/gateway-presence.ts';
import { DEFAULT_PRESENCE_LIMITS, type PresenceLimits } from './presence/limits.ts';
import { Typing } from './presence/typing.ts';
import { ContentReports } from './rules/content-reports.ts';
import { Joins } from './rules/joins.ts';
import { RulesInForce } from './rules/rules-in-force.ts';
import type { Sessions } from './sessions/sessions.ts';
import { createNewcomers } from './sessions/newcomers.ts';
import { endSocketsBy } from './standing/end-sockets.ts';
import type { FollowTimes } from './standing/limits.ts';
import { Standing } from './standing/standing.ts';
import { UserSockets } from './standing/user-sockets.ts';
import { createAuthenticate } from './socket/authenticate.ts';
import { startCaretaker } from './socket/caretaker.ts';
import { createFailureOf } from './socket/failures.ts';
import { createIo } from './socket/io.ts';
import { isRoomId } from './socket/is-room-id.ts';
import { createRoomVoice } from './socket/room-voice.ts';
import { createRouter } from './socket/router.ts';
import { createSessionClock } from './socket/session-clock.ts';
import { watchForStore } from './store-latch.ts';

export type GatewaySettings = {
  /** Begins the id of each of Engine.IO's sessions here. */
  sessionPrefix?: string | undefined;
  port: number;
  host: string;
  guests: boolean;
  /** Web pages of which origins may connect and sign in; `self`: those of the host that was asked. */
  origins?: readonly string[];
  /** Whether browsers come by HTTPS alone. */
  httpsOnly?: boolean;
  /** Folder of the built web client. */
  webDist?: string | undefined;
  feed?: Partial<FeedLimits>;
  presence?: Partial<PresenceLimits>;
  admission?: Partial<AdmissionSettings>;
  /** Rooms that one socket listens to, at most. Left out: as by default. */
  socketRooms?: number;
  /** How acts on the server are followed. */
  following?: Partial<FollowTimes>;
  /** How long a session is good for, seconds. */
  sessionTtl: number;
  /** How its clients move to the others when it leaves. Left out: there are no others. */
  moving?: MovingSettings;
};

export type GatewayParts = {
  log: RoomLog;
  store: Store;
  moderation: ModerationStore;
  sessions: Sessions;
  limiter: RateLimiter;
  /** `null`: there is no other gateway. */
  fanOut: FanOutTransport | null;
  presence: Presence;
  settings: GatewaySettings;
  logger: Logger;
  metrics: Metrics;
  /** What else `/readyz` asks, by name. */
  readiness?: Record<string, () => boolean | string>;
};

export type Gateway = {
  readonly http: Server;
  /** Resolves once connections are accepted. */
  listen(): Promise<{ port: number }>;
  /** The names of what it lacks; empty when ready. */
  failing(): Record<string, string>;
  /** What operators may see. */
  readonly inspection: Inspection;
  /** Unready from now on, it asks its clients to move to the others. Resolves once they are gone; the empty gateway goes on listening. */
  drain(): Promise<void>;
  /** {@link drain}, then it finishes what was begun, and closes. `inHaste`: nobody is waited for, as when all gateways go. */
  close(options?: { inHaste?: boolean }): Promise<void>;
};

/** As the setting of the same name. */
const DEFAULT_SOCKET_ROOMS = 2_000;

/** Rooms being joined at once. Below a room's queue of commands, so that a storm of joins waits rather than fails. */
const JOINS_AT_ONCE = 512;

export const createGateway = ({ log, store, moderation, sessions, limiter: uncounted, fanOut: transport, presence: whoIsThere, settings, logger, metrics: registry, readiness = {} }: GatewayParts): Gateway => {
  const metrics = createGatewayMetrics(registry);
  const limits = { ...DEFAULT_FEED_LIMITS, ...settings.feed };
  const doorkeeping = { ...DEFAULT_ADMISSION, ...settings.admission };
  const addresses = createAddresses(doorkeeping);
  const admission = new Admission({ perSecond: doorkeeping.acceptRate });
  const limiter = counting(uncounted, metrics);
  const failureOf = createFailureOf(logger);
  const health = createHealth(registry);
  health.check('leaving', () => !leaving.isLeaving || 'leaving');
  health.check('log', () => log.headsLive || 'not connected');
  const storeLatch = watchForStore(store);
  health.check('store', () => storeLatch.answered || 'has not answered yet');
  const standing = new Standing({ moderation, times: settings.following, sessionMs: settings.sessionTtl * 1_000, onDefect: (error) => logger.error({ err: error }, 'acts on the server cannot be followed') });
  health.check('standing', () => standing.known || 'who is banned was not read yet');
  const rules = new RulesInForce({
    book: moderation, standing, onFinding: (action) => metrics.contentFindings.inc({ action }), onDefect: (error) => logger.error({ err: error }, 'the rules cannot be read'),
  });
  health.check('rules', () => rules.known || 'the rules were not read yet');
  for (const [name, check] of Object.entries(readiness)) health.check(name, check);

  const roomJoins = new Joins();
  const observeEvents = (roomId: RoomId, epoch: number, events: readonly RoomEvent[]): void => {
    roomJoins.note(events);
    feeds.observe(roomId, epoch, events);
  };
  const observe = ({ roomId, epoch, events }: RoomUpdate): void => observeEvents(roomId, epoch, events);
  const fanOut = transport ? createClusterFanOut(transport, { onUpdate: observe, mayHearTyping: (roomId) => typing.mayHear(roomId), onReports: (userIds) => reportHints.tellHere(userIds) }) : createLocalFanOut();
  const origins = createOrigins({ origins: settings.origins ?? ['self'], addresses });
  const { http, io } = createIo(createHttpHandler({
    health, jwks: createJwksRoute(sessions), web: createWebClient(settings.webDist), openSession: createSessionRoute({ sessions, origins, store, rules, addresses, limiter, guests: settings.guests, failureOf }),
  }), fanOut.adapter, { Response: secureResponse({ httpsOnly: settings.httpsOnly ?? false, addresses }), sessionPrefix: settings.sessionPrefix });

  // The senders' acks are sent from promises: an immediate comes after all of them.
  const tellAll = (entry: LogEntry, { roomId, epoch }: RoomRef): void => void setImmediate(() => {
    const update: RoomUpdate = { roomId, epoch, events: redactTakenBack(entry.events) as RoomUpdate['events'] };
    fanOut.publish(update);
    observe(update);
  });
  const appenders = new RoomAppenders({
    log, store, metrics: metrics.appender,
    // Where there is no other gateway, no room is left to one.
    limits: transport ? {} : { farMs: Number.POSITIVE_INFINITY },
    onAppended: tellAll,
    onMoved: (events, { roomId, epoch }) => observeEvents(roomId, epoch, events),
    onDefect: (error, roomId) => logger.error({ err: error, roomId }, 'a defect on the write path'),
  });
  const feeds = new Feeds({
    log, store, limits,
    voice: createRoomVoice(io, metrics),
    pages: new PageCache({ maxBytes: limits.pageCacheBytes, ttlMs: limits.pageCacheTtlMs }),
    metrics: metrics.feed,
    repairs: new Turnstile(limits.repairsAtOnce),
    random: () => realChance.random(),
    onHead: (head) => appenders.noteHead(head),
    gone: (roomId, messageIds) => appenders.gone(roomId, messageIds),
    now: async (roomId) => {
      const room = await appenders.read(roomId);
      return room && { epoch: room.state.epoch, seq: room.state.seq, isMember: async (userId) => Boolean((await appenders.membership(roomId, userId))?.role) };
    },
  });

  const { adapter } = io.of('/');
  adapter.on('create-room', (room: string) => { if (isRoomId(room)) feeds.listen(room); });
  adapter.on('delete-room', (room: string) => { if (isRoomId(room)) feeds.unlisten(room); });

  const mayTell = (roomId: RoomId): boolean => feeds.get(roomId)?.live ?? false;
  const presenceLimits = { ...DEFAULT_PRESENCE_LIMITS, ...settings.presence };
  const presence = new GatewayPresence({ io, presence: whoIsThere, store, limits: presenceLimits, metrics: metrics.presence, mayTell });
  const typing = new Typing({ io, mayTell, sizeOf: (roomId) => presence.sizeOf(roomId), room: presenceLimits.room });

  const reportHints = new ReportHints({ io, fanOut });
  const contentReports = new ContentReports({ reports: moderation, onLost: ({ roomId, messageId }, error) => logger.error({ err: error, roomId, messageId }, 'a report of the rules was lost') });
  const clock = createSessionClock();
  const context: Context = { appenders, feeds, presence, typing, store, moderation, standing, socketRooms: settings.socketRooms ?? DEFAULT_SOCKET_ROOMS, reportHints, rules, ruleChecks: new Turnstile(1), roomJoins, contentReports, io, sessions, clock, joins: new Turnstile(JOINS_AT_ONCE), failureOf };
  const router = createRouter({ context, limiter, metrics, logger, isClosing: () => leaving.isClosing });
  guardOrigins(io, origins, metrics);
  const handshakes = guardHandshakes({ ...doorkeeping, io, addresses, limiter, metrics });
  io.use(createAuthenticate({ sessions, welcome: createNewcomers(store), admission, standing, userSockets: new UserSockets(doorkeeping.userSockets), metrics, failureOf, isClosing: () => leaving.isClosing }));
  endSocketsBy(io, standing);
  io.on('connection', (socket) => {
    void socket.join(socket.data.session.user.id);
    router.attach(socket);
    clock.follow(socket);
  });
  const stopCaretaker = startCaretaker(io, sessions, metrics);
  const leaving = createLeaving({
    io, http, moving: settings.moving ?? null,
    finish: async () => {
      // What was begun is settled, and its answers still find their sockets.
      admission.close();
      handshakes.close();
      await appenders.close();
      await router.drained();
      await presence.close();
      reportHints.close();
      stopCaretaker();
      clock.close();
      storeLatch.close();
      contentReports.close();
      rules.close();
      standing.close();
      feeds.close();
    },
  });
  registry.measured('sockets', 'Connected sockets.', () => io.of('/').sockets.size);
  registry.measured('handshakes', 'Connections that have not signed in yet.', () => handshakes.count);
  registry.measured('admission_queue', 'Clients that have signed in and wait to be let in.', () => admission.waiting);
  registry.measured('bans', 'Users banned from the server, in memory.', () => standing.size.bans);
  registry.measured('revocations', 'Sessions and devices that were ended, in memory.', () => standing.size.revocations);
  registry.measured('rules_version', 'Of the rules that hold here.', () => rules.version);
  registry.measured('rooms', 'Rooms with listeners here.', () => feeds.size);
  registry.measured('presence_users', 'Users who are in a room by this gateway.', () => presence.users);
  registry.measured('presence_live', 'Whether presence is shared with the other gateways: 1 or 0.', () => Number(whoIsThere.live));
  registry.measured('commands_waiting', 'Commands waiting to be appended.', () => appenders.waiting);

  return {
    http,
    listen: async () => ({ port: await listenOn(http, settings.port, settings.host) }),
    failing: () => health.failing(),
    inspection: createInspection({ io, feeds, addresses }),
    drain: () => leaving.drain(),
    close: (options) => leaving.close(options),
  };
};
