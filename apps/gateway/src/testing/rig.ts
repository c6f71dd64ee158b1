import { ulid } from 'ulid';
import { onTestFinished } from 'vitest';
import { PresenceHub } from '@parley/presence-memory';
import { createMemoryRateLimiter } from '@parley/rate-limiter-memory';
import { createMetrics, createLogger, loadConfig, silentLogger, type Metrics } from '@parley/runtime';
import { MemoryLogStore } from '@parley/testkit/memory-room-log';
import { MemoryModerationStore } from '@parley/testkit/memory-moderation-store';
import { MemoryStore } from '@parley/testkit/memory-store';
import { waitFor } from '@parley/testkit';
import type { Limits, Presence, RateLimiter, RoomLog } from '@parley/domain';
import type { FanOutTransport } from '../fan-out/fan-out.ts';
import { createGateway, type Gateway, type GatewaySettings } from '../gateway.ts';
import { limitsOf } from '../limits/limits-of.ts';
import { generateKeySet } from '../sessions/key-set.ts';
import { fixedKeys } from '../sessions/session-keys.ts';
import { createSessions, type Sessions, type SessionSettings } from '../sessions/sessions.ts';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';

export const ISSUER = 'parley-test';
export const AUDIENCE = 'parley-test';
export const keys = fixedKeys(generateKeySet());
export const sessionsOf = (settings: Partial<SessionSettings> = {}): Sessions =>
  createSessions({ keys, issuer: ISSUER, audience: AUDIENCE, ttlSeconds: 600, logger: silentLogger(), ...settings });
export const sessions = sessionsOf();

export const cmid = (): string => ulid();

const ALL_PASS = { perSecond: 1e6, burst: 1e6 };

/** The limits named are as given, the others let everything pass. */
export const limiterOf = (limits: Partial<Limits> = {}): RateLimiter =>
  createMemoryRateLimiter({ limits: { ...DEFAULT_LIMITS, ...Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, ALL_PASS])), ...limits } });

export const DEFAULT_LIMITS: Limits = limitsOf(loadConfig('gateway', {}));

export type Node = {
  url: string;
  gateway: Gateway;
  metrics: Metrics;
  log: RoomLog;
  /** Lines that were logged as errors or worse. */
  errors: string[];
  guest(name: string, options?: Parameters<typeof connect>[2]): Promise<Client>;
};

export type Rig = { logs: MemoryLogStore; store: MemoryStore; moderation: MemoryModerationStore; node(options?: NodeOptions): Promise<Node> };

export type NodeOptions = {
  settings?: Partial<GatewaySettings>;
  fanOut?: FanOutTransport | null;
  limiter?: RateLimiter;
  /** Instead of one that all nodes of the rig share. */
  presence?: Presence;
  sessions?: Sessions;
  /** Stands between the gateway and the log. */
  wrapLog?: (log: RoomLog) => RoomLog;
};

/** Gateways over one log and one store in memory, gone after the test. */
export const createRig = (): Rig => {
  const logs = new MemoryLogStore({ now: () => Date.now() });
  const store = new MemoryStore();
  const moderation = new MemoryModerationStore(store);
  const hub = new PresenceHub();
  const node = async ({ settings, fanOut = null, limiter, presence = hub.node(), sessions: own = sessions, wrapLog = (log) => log }: NodeOptions = {}): Promise<Node> => {
    const errors: string[] = [];
    const logger = createLogger({ app: 'test', level: 'error' }, { write: (line) => void errors.push(line) });
    const metrics = createMetrics({ app: 'test', processMetrics: false });
    const log = wrapLog(logs.open());
    const gateway = createGateway({
      log, store, moderation, sessions: own, fanOut, presence, logger, metrics,
      limiter: limiter ?? limiterOf(),
      settings: { sessionTtl: 600, port: 0, host: '127.0.0.1', guests: true, webDist: '/nowhere', ...settings },
    });
    const { port } = await gateway.listen();
    const url = `http://127.0.0.1:${port}`;
    const clients: Client[] = [];
    onTestFinished(async () => {
      for (const client of clients) client.socket.close();
      await gateway.close();
    });
    return {
      url, gateway, metrics, log, errors,
      guest: async (name, options) => {
        const client = await connect(url, await openSession(url, name), options);
        clients.push(client);
        return client;
      },
    };
  };
  return { logs, store, moderation, node };
};

/** A public room with its owner and others in it, all listening. */
export const roomOf = async (owner: Client, ...others: Client[]): Promise<{ roomId: string; epoch: number; seq: number }> => {
  const { room, epoch, seq } = await owner.must('room:create', { kind: 'public', name: 'lobby', cmid: cmid() });
  let reached = seq;
  for (const each of others) {
    const joined = await each.must('room:join', { roomId: room.id });
    if ('seq' in joined) reached = joined.seq;
  }
  return { roomId: room.id, epoch, seq: reached };
};

export const say = (client: Client, roomId: string, body: string) => client.must('message:send', { roomId, cmid: cmid(), body });

export const bodiesOf = (client: Client): string[] => client.events().flatMap((event) => (event.type === 'message.created' ? [event.data.body] : []));

export const waitForBodies = (client: Client, ...bodies: string[]): Promise<void> =>
  waitFor(`${bodies.length} messages`, () => bodies.every((body) => bodiesOf(client).includes(body)));

/** The value of one metric, summed over its labels. */
export const metric = async ({ metrics }: Node, name: string): Promise<number> => {
  const found = await metrics.registry.getSingleMetric(`parley_${name}`)?.get();
  return found?.values.reduce((sum, { value }) => sum + value, 0) ?? Number.NaN;
};
