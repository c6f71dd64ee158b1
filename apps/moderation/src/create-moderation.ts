import { RoomAppenders } from '@parley/appender';
import { ALL_SHARDS, realChance, type Chance, type DeadLetters, type Delivery, type ModerationStore, type RoomLog, type Store } from '@parley/domain';
import type { CheckerConfig, Logger } from '@parley/runtime';
import { createChecker, type CheckerLimits } from './checkers/checker.ts';
import type { Thresholds } from './judge/score.ts';
import { Similarity } from './judge/similarity.ts';
import { DEFAULT_LIMITS, type ModerationLimits } from './limits.ts';
import type { ModerationMetrics } from './moderation-metrics.ts';
import { Acts } from './worker/acts.ts';
import { HeldMessages } from './worker/held.ts';
import { Moderator } from './worker/moderator.ts';
import { Records } from './worker/records.ts';
import { createRulesAgainst } from './worker/rules-against.ts';
import { ServerState } from './worker/server-state.ts';
import { ShardLoop } from './worker/shard-loop.ts';

/** Consumers of the room logs. */
export const CONSUMER = 'moderation';
export const HELD_CONSUMER = 'moderation-held';

export type ModerationSettings = Thresholds & { similarPoints: number; checkers: readonly CheckerConfig[] };

export type ModerationOptions = {
  /** All of them stay the caller's to close. */
  log: RoomLog;
  store: Store;
  moderation: ModerationStore;
  deadLetters: DeadLetters;
  settings: ModerationSettings;
  metrics: ModerationMetrics;
  logger: Logger;
  limits?: Partial<ModerationLimits>;
  checkerLimits?: Partial<CheckerLimits>;
  chance?: Chance;
};

/** Scores what is said in all rooms and hides what must be, together with any other worker on the same log. */
export type Moderation = {
  /** Log entries in hand at present. */
  readonly inHand: number;
  /** Of the rules it holds messages against; `null`: not read yet. */
  readonly rulesVersion: number | null;
  /** Names of checkers that are away. */
  readonly away: readonly string[];
  /** Ready, or why not. */
  ready(): true | string;
  /** Finishes what is in hand and leaves the rest to the others. */
  stop(): Promise<void>;
};

/** Starts at once, whether the log is there or not, and goes on until stopped. */
export const createModeration = ({ log, store, moderation, deadLetters, settings, metrics, logger, chance = realChance, ...own }: ModerationOptions): Moderation => {
  const limits: ModerationLimits = { ...DEFAULT_LIMITS, ...own.limits };
  const server = new ServerState({ store: moderation, everyMs: limits.rulesMs, logger });
  const appenders = new RoomAppenders({ log, store, limits: { rooms: limits.rooms }, onDefect: (error, roomId) => logger.error({ err: error, roomId }, 'a defect in an append') });
  const acts = new Acts({ appenders, store: moderation, metrics, chance });
  const checkers = settings.checkers.map((config) => createChecker({
    config, ...(own.checkerLimits ? { limits: own.checkerLimits } : {}),
    onAway: (away, why) => logger[away ? 'warn' : 'info']({ checker: config.name, why, onAway: config.onAway }, away ? 'a checker is away' : 'a checker is back'),
  }));
  const shared = { rules: createRulesAgainst(server, appenders), checkers, acts, thresholds: settings };
  const moderator = new Moderator({
    ...shared, similarPoints: settings.similarPoints, similarity: new Similarity(), records: new Records({ store: moderation, limits: limits.record, metrics, chance }), limits, metrics, chance,
  });
  const held = new HeldMessages({ ...shared, store, maxAttempts: limits.maxAttempts });

  const loops: ShardLoop[] = [];
  const work = (name: string, handle: (delivery: Delivery) => Promise<void>): void => {
    for (const shard of ALL_SHARDS) loops.push(new ShardLoop({ name, shard, log, deadLetters, limits, metrics, logger, chance, after: server.known, handle }));
  };
  work(CONSUMER, moderator.handle);
  // Without a checker to wait for nobody waits.
  if (settings.checkers.some(({ onAway }) => onAway === 'hold')) work(HELD_CONSUMER, held.handle);

  let stopping: Promise<void> | null = null;
  return {
    get inHand() {
      return loops.reduce((sum, loop) => sum + loop.inHand, 0);
    },
    get rulesVersion() {
      return server.version;
    },
    get away() {
      return checkers.filter(({ away }) => away).map(({ config }) => config.name);
    },
    ready: () => (server.version === null ? 'the rules are not known yet' : log.headsLive || 'no connection to the log'),
    stop() {
      stopping ??= (async () => {
        await Promise.all(loops.map((loop) => loop.stop()));
        for (const checker of checkers) checker.close();
        await Promise.all([server.close(), appenders.close()]);
      })();
      return stopping;
    },
  };
};
