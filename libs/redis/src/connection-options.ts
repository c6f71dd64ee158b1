import type { RedisOptions } from 'ioredis';

const CONNECT_MS = 2_000;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;

/**
 * How every connection to Redis is made: it comes back by itself, without end, and with Redis away a command fails at once
 * rather than wait, since nothing that is acked may ever wait for Redis. `name` is as Redis lists it.
 */
export const connectionOptions = (name: string) => ({
  connectionName: `parley-${name}`,
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: CONNECT_MS,
  retryStrategy: (tries: number) => Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(tries, 6)) * (0.5 + Math.random() / 2),
}) satisfies RedisOptions;
