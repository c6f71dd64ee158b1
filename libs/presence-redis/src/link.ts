import { readFileSync } from 'node:fs';
import { Redis, type Result } from 'ioredis';
import { connectionOptions } from '@parley/redis';
import type { PresenceTimes } from './times.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    renewPresence(live: string, era: string, ...args: (string | number)[]): Result<[number, string, string[], string[]], Context>;
    writePresence(versions: string, records: string, channel: string, ...args: (string | number)[]): Result<number, Context>;
  }
}

export type LinkOptions = {
  url: string;
  times: PresenceTimes;
  /** Commands can be sent: for the first time, or again on another connection. */
  onReady: () => void;
  onLost: () => void;
  /** All that was subscribed is so again, after having been lost. */
  onSubscribed: () => void;
  onUnsubscribed: () => void;
  onMessage: (channel: string, text: string) => void;
};

/** Channels named by one command. */
const CHANNELS_AT_ONCE = 500;

const script = (name: string): string => readFileSync(new URL(`${name}.lua`, import.meta.url), 'utf8');

/** Two connections to Redis, which come back by themselves. With Redis away, commands fail at once. */
export class Link {
  readonly commands: Redis;
  readonly #subscriber: Redis;
  readonly #wanted = new Set<string>();
  #subscribed = false;

  constructor({ url, times, onReady, onLost, onSubscribed, onUnsubscribed, onMessage }: LinkOptions) {
    const options = (name: string) => ({ ...connectionOptions(`presence-${name}`), autoResubscribe: false, socketTimeout: times.silent, commandTimeout: times.answerWithin });
    this.commands = new Redis(url, options('commands'));
    this.#subscriber = new Redis(url, options('subscribe'));
    this.commands.defineCommand('renewPresence', { numberOfKeys: 2, lua: script('renew') });
    this.commands.defineCommand('writePresence', { numberOfKeys: 3, lua: script('write') });
    this.commands.on('ready', onReady);
    this.commands.on('close', onLost);
    this.#subscriber.on('ready', () => void this.#resubscribe(onSubscribed));
    this.#subscriber.on('close', () => {
      this.#subscribed = false;
      onUnsubscribed();
    });
    this.#subscriber.on('smessage', onMessage);
    // Said by `close` as well.
    for (const client of [this.commands, this.#subscriber]) client.on('error', () => undefined);
  }

  /** All that is wanted is heard. */
  get subscribed(): boolean {
    return this.#subscribed;
  }

  open(): void {
    // Each goes on trying by itself.
    for (const client of [this.commands, this.#subscriber]) client.connect().catch(() => undefined);
  }

  /** Rejects where it could not be; it will be once the connection is back. */
  async subscribe(channel: string): Promise<void> {
    this.#wanted.add(channel);
    await this.#subscriber.ssubscribe(channel);
  }

  unsubscribe(channel: string): void {
    this.#wanted.delete(channel);
    this.#subscriber.sunsubscribe(channel).catch(() => undefined);
  }

  /** A connection that only listens would not notice that nobody is there any more. */
  ping(): void {
    this.#subscriber.ping().catch(() => undefined);
  }

  close(): void {
    this.commands.disconnect();
    this.#subscriber.disconnect();
  }

  async #resubscribe(done: () => void): Promise<void> {
    const channels = [...this.#wanted];
    try {
      for (let n = 0; n < channels.length; n += CHANNELS_AT_ONCE) await this.#subscriber.ssubscribe(...channels.slice(n, n + CHANNELS_AT_ONCE));
    } catch {
      // On another connection.
      return this.#subscriber.disconnect(true);
    }
    this.#subscribed = true;
    done();
  }
}
