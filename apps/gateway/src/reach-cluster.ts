import { setTimeout as sleep } from 'node:timers/promises';
import { RoomLogError, type ModerationStore, type RoomLog, type Store } from '@parley/domain';
import { connectNats, regionOf, type Nats } from '@parley/nats';
import { NatsRoomLog } from '@parley/room-log-nats';
import type { Logger } from '@parley/runtime';
import { NatsModerationStore, NatsStore } from '@parley/store-nats';
import { LateModerationStore } from './late/late-moderation-store.ts';
import { LateRoomLog } from './late/late-room-log.ts';
import { LateStore } from './late/late-store.ts';

export type ReachOptions = {
  servers: readonly string[];
  region: string;
  replicas: number;
  /** As NATS shows it in its list of connections. */
  name: string;
  logger: Logger;
  /** The server can never be used as it is. */
  onUnsupported: (error: RoomLogError) => void;
};

export type ReachedCluster = {
  log: RoomLog;
  store: Store;
  moderation: ModerationStore;
  /** Once NATS was reached, whether it has a log or not. May never be. */
  nats: Promise<Nats>;
  close(): Promise<void>;
};

/** Between two tries to reach NATS for the first time. */
const RETRY_MS = 1_000;

/** The log and the store of a cluster, which are there at once and say `unavailable` until NATS has been reached. Tries without end. */
export const reachCluster = ({ servers, region, replicas, name, logger, onUnsupported }: ReachOptions): ReachedCluster => {
  const log = new LateRoomLog();
  const store = new LateStore();
  const moderation = new LateModerationStore();
  const stop = new AbortController();
  let nats: Nats | null = null;
  const reachedNats = Promise.withResolvers<Nats>();

  const reach = async (): Promise<void> => {
    nats ??= await connectNats({ servers, name });
    reachedNats.resolve(nats);
    const found = await NatsRoomLog.connect({ nats, region: regionOf(region), replicas, warn: (message, cause) => logger.warn({ err: cause }, message) });
    store.arrive(new NatsStore({ nats, region }));
    moderation.arrive(new NatsModerationStore({ nats, region }));
    log.arrive(found);
    logger.info({ log: found.id }, 'the log was reached');
  };
  const insist = async (): Promise<void> => {
    for (let said = false; !stop.signal.aborted; said = true) {
      try {
        return await reach();
      } catch (error) {
        if (error instanceof RoomLogError && error.code === 'unsupported_server') return onUnsupported(error);
        if (!said) logger.warn({ err: error }, 'the log cannot be reached yet');
        await sleep(RETRY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    }
  };
  const reaching = insist();

  return {
    log,
    store,
    moderation,
    nats: reachedNats.promise,
    close: async () => {
      stop.abort();
      await reaching;
      await store.close();
      await moderation.close();
      await log.close();
      await nats?.close();
    },
  };
};
