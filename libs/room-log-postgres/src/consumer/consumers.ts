import { shardOf, type ConsumerOptions, type Head, type LogConsumer } from '@parley/domain';
import { ShardConsumer, type ShardConsumerOptions } from './shard-consumer.ts';

type Shared = { consumer: ShardConsumer; handles: number };

/** The consumers open in this process; those of one name and shard are one. */
export class Consumers {
  readonly #common: Pick<ShardConsumerOptions, 'pollMs' | 'database' | 'session' | 'cursors'>;
  readonly #shared = new Map<string, Shared>();

  constructor(common: Pick<ShardConsumerOptions, 'pollMs' | 'database' | 'session' | 'cursors'>) {
    this.#common = common;
  }

  open({ name, shard, ackWaitMs = 30_000, maxUnsettled = 2_000 }: ConsumerOptions): LogConsumer {
    const key = `${shard}/${name}`;
    const shared = this.#shared.get(key) ?? { consumer: new ShardConsumer({ ...this.#common, name, shard, ackWaitMs, maxUnsettled }), handles: 0 };
    this.#shared.set(key, shared);
    shared.handles += 1;
    let closed: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      shared.handles -= 1;
      if (shared.handles > 0) return;
      if (this.#shared.get(key) === shared) this.#shared.delete(key);
      await shared.consumer.close();
    };
    return {
      fetch: (max, waitMs) => shared.consumer.fetch(max, waitMs),
      close: () => (closed ??= close()),
    };
  }

  noteHead(head: Head): void {
    const shard = shardOf(head.roomId);
    for (const [key, { consumer }] of this.#shared) if (key.startsWith(`${shard}/`)) consumer.noteHead(head);
  }

  lookAgain(): void {
    for (const { consumer } of this.#shared.values()) consumer.lookAgain();
  }

  forget(): void {
    for (const { consumer } of this.#shared.values()) consumer.forget();
  }

  async close(): Promise<void> {
    const open = [...this.#shared.values()];
    this.#shared.clear();
    await Promise.all(open.map(({ consumer }) => consumer.close()));
  }
}
