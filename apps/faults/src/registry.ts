import type { Scenario } from './scenario.ts';
import { ackCut } from './scenarios/ack-cut.ts';
import { cmidRepeated } from './scenarios/cmid-repeated.ts';
import { clientsFar } from './scenarios/clients-far.ts';
import { clocksApart } from './scenarios/clocks-apart.ts';
import { diskFull } from './scenarios/disk-full.ts';
import { gatewayKill } from './scenarios/gateway-kill.ts';
import { gatewayPause } from './scenarios/gateway-pause.ts';
import { gatewayTerminate } from './scenarios/gateway-terminate.ts';
import { gatewaysKillStorm } from './scenarios/gateways-kill-storm.ts';
import { haproxyReload } from './scenarios/haproxy-reload.ts';
import { lastHintDropped } from './scenarios/last-hint-dropped.ts';
import { logFull } from './scenarios/log-full.ts';
import { nats3LeaderIsolated } from './scenarios/nats3-leader-isolated.ts';
import { malformed } from './scenarios/malformed.ts';
import { nats3LeaderKill } from './scenarios/nats3-leader-kill.ts';
import { nats3LeaderPartitioned } from './scenarios/nats3-leader-partitioned.ts';
import { nats3TwoKilled } from './scenarios/nats3-two-killed.ts';
import { logPurged } from './scenarios/log-purged.ts';
import { logRecreated } from './scenarios/log-recreated.ts';
import { moderationKill } from './scenarios/moderation-kill.ts';
import { natsKill } from './scenarios/nats-kill.ts';
import { poisonEvent } from './scenarios/poison-event.ts';
import { pollingFlood } from './scenarios/polling-flood.ts';
import { postgresDown } from './scenarios/postgres-down.ts';
import { postgresKillAmidBatch } from './scenarios/postgres-kill-amid-batch.ts';
import { redisDown } from './scenarios/redis-down.ts';
import { redisFlushall } from './scenarios/redis-flushall.ts';
import { redisPause } from './scenarios/redis-pause.ts';
import { redisPromote } from './scenarios/redis-promote.ts';
import { redisRestart } from './scenarios/redis-restart.ts';
import { serversFar } from './scenarios/servers-far.ts';
import { slowHandling } from './scenarios/slow-handling.ts';
import { slowReader } from './scenarios/slow-reader.ts';
import { strangers } from './scenarios/strangers.ts';
import { twoPersisters } from './scenarios/two-persisters.ts';
import { workerKillAmidBatch } from './scenarios/worker-kill-amid-batch.ts';
import { workerKillBeforeAck } from './scenarios/worker-kill-before-ack.ts';

/** All of them, in the order in which they run: those with the same fleet side by side. */
export const SCENARIOS: readonly Scenario[] = [
  gatewayKill,
  gatewayPause,
  gatewayTerminate,
  gatewaysKillStorm,
  haproxyReload,
  slowReader,
  strangers,
  malformed,
  pollingFlood,
  cmidRepeated,
  redisRestart,
  redisFlushall,
  redisPause,
  redisDown,
  natsKill,
  postgresDown,
  postgresKillAmidBatch,
  workerKillAmidBatch,
  moderationKill,
  twoPersisters,
  slowHandling,
  poisonEvent,
  logPurged,
  logRecreated,
  redisPromote,
  ackCut,
  nats3LeaderKill,
  nats3TwoKilled,
  nats3LeaderPartitioned,
  nats3LeaderIsolated,
  workerKillBeforeAck,
  lastHintDropped,
  clocksApart,
  clientsFar,
  serversFar,
  logFull,
  diskFull,
];
