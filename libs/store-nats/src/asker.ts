import { StoreUnavailable } from '@parley/domain';
import { NatsRequestError, regionOf, storeSubject, type Nats, type Region } from '@parley/nats';
import { InTurn } from './in-turn.ts';
import type { StoreReply } from './query.ts';

export type AskerOptions = {
  nats: Nats;
  region: string;
  /** Questions under way at once. Default 128. */
  maxInFlight?: number;
  /** Questions that wait for their turn; one more is unavailable. Default 4 096. */
  maxWaiting?: number;
  /** Instead of each query's own. */
  timeoutMs?: number;
};

/** The answer says that a worker, or this gateway, has a defect: not a matter of trying again soon. */
export class StoreQueryFailed extends Error {
  override readonly name = 'StoreQueryFailed';
}

/** Asks whichever worker is free (`serveStore`). The connection stays the caller's. */
export class Asker {
  readonly nats: Nats;
  readonly region: Region;
  readonly #timeoutMs: number | undefined;
  readonly #inTurn: InTurn;

  constructor({ nats, region, timeoutMs, maxInFlight = 128, maxWaiting = 4_096 }: AskerOptions) {
    this.nats = nats;
    this.region = regionOf(region);
    this.#timeoutMs = timeoutMs;
    this.#inTurn = new InTurn({ atOnce: maxInFlight, waiting: maxWaiting });
  }

  /** Throws `StoreUnavailable` and {@link StoreQueryFailed}. */
  async ask<T>(name: string, request: unknown, timeoutMs: number): Promise<T> {
    const asked = this.#inTurn.run(() => this.nats.request(storeSubject(this.region, name), JSON.stringify(request), { timeoutMs: this.#timeoutMs ?? timeoutMs }));
    if (!asked) throw new StoreUnavailable('too many questions to the store are waiting');
    let reply: StoreReply<T>;
    try {
      reply = (await asked).json();
    } catch (error) {
      if (error instanceof NatsRequestError && error.reason !== 'too_large') throw new StoreUnavailable(`the store did not answer ${name}`, { cause: error });
      throw new StoreQueryFailed(`no answer to ${name}`, { cause: error });
    }
    if (reply.ok) return reply.value;
    if (reply.code === 'unavailable') throw new StoreUnavailable(reply.message);
    throw new StoreQueryFailed(`${name}: ${reply.code}: ${reply.message}`);
  }
}
