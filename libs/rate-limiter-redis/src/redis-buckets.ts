import { readFileSync } from 'node:fs';
import { Redis, type Result } from 'ioredis';
import type { Limit } from '@parley/domain';
import { connectionOptions } from '@parley/redis';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeTokens(key: string, perTokenUs: number, burst: number, need: number, want: number): Result<number, Context>;
  }
}

export type RedisBucketsOptions = {
  url: string;
  /** Part of every key, so that regions may share a Redis. */
  region: string;
  /** An answer later than this counts as none, milliseconds. */
  answerWithinMs: number;
  onShared: (shared: boolean) => void;
};

export type RedisBuckets = {
  /** Whether Redis decides at present. */
  readonly shared: boolean;
  /** The tokens taken, `need` to `want`; or 0 - the milliseconds until there are `need`; or `null`: Redis is away, and nothing is known. */
  ask(bucket: string, limit: Limit, need: number, want: number): Promise<number | null>;
  close(): void;
};

const TAKE = readFileSync(new URL('take.lua', import.meta.url), 'utf8');
/** How often a Redis that did not answer, or answered with an error, is tried. */
const PROBE_EVERY_MS = 250;
/** A connection that is silent for so long after a command is given up for another. */
const SILENT_MS = 5_000;
/** A bucket of nobody's, gone after a millisecond. */
const PROBE = { bucket: 'probe', limit: { perSecond: 1e6, burst: 1 } };

/** Buckets in Redis. A call names one key, so that they may be anywhere in a Redis Cluster. */
export const connectRedisBuckets = ({ url, region, answerWithinMs, onShared }: RedisBucketsOptions): RedisBuckets => {
  let shared = false;
  let probing = false;
  let closed = false;
  let nextProbe: NodeJS.Timeout | undefined;

  const client = new Redis(url, { ...connectionOptions('rate-limiter'), socketTimeout: SILENT_MS });
  client.defineCommand('takeTokens', { numberOfKeys: 1, lua: TAKE });

  const setShared = (now: boolean): void => {
    if (shared === now) return;
    shared = now;
    onShared(now);
  };
  const call = (bucket: string, { perSecond, burst }: Limit, need: number, want: number): Promise<number> =>
    client.takeTokens(`parley:${region}:limit:${bucket}`, Math.max(1, Math.round(1e6 / perSecond)), burst, need, want);

  /** One at a time, and nobody waits for it: commands are decided elsewhere until it was answered. */
  const probe = async (): Promise<void> => {
    if (probing || shared || closed) return;
    probing = true;
    if (client.status === 'ready') await call(PROBE.bucket, PROBE.limit, 1, 1).then(() => setShared(!closed), () => undefined);
    probing = false;
    clearTimeout(nextProbe);
    if (!shared && !closed) nextProbe = setTimeout(() => void probe(), PROBE_EVERY_MS).unref();
  };
  const lost = (): void => {
    setShared(false);
    void probe();
  };

  client.on('ready', () => void probe());
  client.on('close', lost);
  client.on('error', lost);
  // Goes on trying by itself.
  client.connect().catch(() => undefined);

  return {
    get shared() {
      return shared;
    },
    ask: (bucket, limit, need, want) => new Promise((resolve) => {
      if (!shared) return resolve(null);
      let settled = false;
      const settle = (answer: number | null): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        if (answer === null) lost();
        resolve(answer);
      };
      // If it was this process that stood still, the answer is there and is read before the immediate.
      const timer = setTimeout(() => setImmediate(() => settle(null)), answerWithinMs);
      call(bucket, limit, need, want).then(settle, () => settle(null));
    }),
    close: () => {
      closed = true;
      setShared(false);
      client.disconnect();
    },
  };
};
