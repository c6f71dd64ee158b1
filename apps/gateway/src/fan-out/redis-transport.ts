import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import type { Namespace } from 'socket.io';
import type { ClusterAdapter } from 'socket.io-adapter';
import { connectionOptions } from '@parley/redis';
import type { Logger } from '@parley/runtime';
import type { FanOutTransport } from './fan-out.ts';

export type RedisTransportOptions = {
  url: string;
  logger: Logger;
  /** Part of the channels' names, so that regions may share a Redis. */
  region: string;
  /** How long the start waits for Redis, milliseconds. It goes on without. */
  connectWithinMs?: number;
  /** Publishes not yet answered; one more is dropped, as a lost hint. */
  maxPublishing?: number;
  onLost?: () => void;
};

/** Channels named by one command when subscriptions are made anew. */
const RESUBSCRIBE_CHUNK = 500;

const connection = (name: string, logger: Logger) => ({
  // A hint that waits is no hint.
  ...connectionOptions(`gateway-${name}`),
  autoResubscribe: false,
  reconnectOnError: (error: Error) => {
    logger.warn({ err: error, connection: name }, 'redis answered with an error');
    return false;
  },
});

/** Says when a connection comes and goes, once each. */
const watch = (client: Redis, name: string, logger: Logger): void => {
  let up = true;
  client.on('ready', () => {
    if (!up) logger.info({ connection: name }, 'redis is back');
    up = true;
  });
  client.on('error', (error) => {
    if (up) logger.warn({ err: error, connection: name }, 'redis is away: messages reach other gateways by the log, more slowly');
    up = false;
  });
};

const ready = (client: Redis, withinMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, withinMs);
    client.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
    // Goes on trying by itself.
    client.connect().catch(() => undefined);
  });

/**
 * Subscriptions are what the adapter wants, remembered here: made at once where Redis is there, and all of them anew
 * each time it comes back, which ioredis only does for those it once made.
 */
const keepSubscriptions = (client: Redis): void => {
  const wanted = new Set<string>();
  const subscribe = client.ssubscribe.bind(client) as (...channels: string[]) => Promise<unknown>;
  const unsubscribe = client.sunsubscribe.bind(client) as (...channels: string[]) => Promise<unknown>;
  const attempt = (call: (...channels: string[]) => Promise<unknown>, channels: string[]): Promise<unknown> =>
    client.status === 'ready' ? call(...channels).catch(() => undefined) : Promise.resolve();

  Object.assign(client, {
    ssubscribe: (...channels: (string | string[])[]) => {
      for (const channel of channels.flat()) wanted.add(channel);
      return attempt(subscribe, channels.flat());
    },
    sunsubscribe: (...channels: (string | string[])[]) => {
      for (const channel of channels.flat()) wanted.delete(channel);
      return attempt(unsubscribe, channels.flat());
    },
  });
  client.on('ready', () => {
    const channels = [...wanted];
    for (let n = 0; n < channels.length; n += RESUBSCRIBE_CHUNK) void attempt(subscribe, channels.slice(n, n + RESUBSCRIBE_CHUNK));
  });
};

/** Bounds what waits for an answer, and never leaves a rejection to nobody: the adapter does for its answers to others. */
const guardPublishes = (client: Redis, max: number, onLost: () => void): void => {
  const publish = client.spublish.bind(client) as (channel: string, message: string) => Promise<number>;
  let publishing = 0;
  Object.assign(client, {
    spublish: async (channel: string, message: string): Promise<number> => {
      if (client.status !== 'ready' || publishing >= max) {
        onLost();
        return 0;
      }
      publishing += 1;
      try {
        return await publish(channel, message);
      } catch {
        onLost();
        return 0;
      } finally {
        publishing -= 1;
      }
    },
  });
};

type Raw = { uid: string; onRawMessage(message: Buffer, channel: Buffer): void };

/** Redis sends a publisher its own messages too: known by the id at their end, they need not be parsed. */
const skipOwn = (adapter: ClusterAdapter): ClusterAdapter => {
  const raw = adapter as unknown as Raw;
  const onRawMessage = raw.onRawMessage.bind(adapter);
  const own = Buffer.from(`"uid":"${raw.uid}"`);
  raw.onRawMessage = (message, channel) => {
    if (message.subarray(-(own.length + 64)).includes(own)) return;
    onRawMessage(message, channel);
  };
  return adapter;
};

/** Redis' sharded publish and subscribe: a gateway hears only of rooms it has sockets in. Works with Redis away, as a transport that loses everything. */
export const connectRedisTransport = async ({
  url, region, logger, connectWithinMs = 2_000, maxPublishing = 10_000, onLost = () => undefined,
}: RedisTransportOptions): Promise<FanOutTransport> => {
  const publisher = new Redis(url, connection('publish', logger));
  const subscriber = new Redis(url, connection('subscribe', logger));
  watch(publisher, 'publish', logger);
  watch(subscriber, 'subscribe', logger);
  keepSubscriptions(subscriber);
  guardPublishes(publisher, maxPublishing, onLost);
  await Promise.all([ready(publisher, connectWithinMs), ready(subscriber, connectWithinMs)]);
  const create = createShardedAdapter(publisher, subscriber, { channelPrefix: `parley:${region}`, subscriptionMode: 'dynamic' });
  return {
    adapter: (namespace: Namespace) => skipOwn(create(namespace)),
    get live() {
      return publisher.status === 'ready' && subscriber.status === 'ready';
    },
    close: async () => {
      publisher.disconnect();
      subscriber.disconnect();
      await Promise.resolve();
    },
  };
};
