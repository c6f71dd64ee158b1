import { LRUCache } from 'lru-cache';
import { LEASE_SECONDS, type Limit, type Take } from '@parley/domain';

/** `null`: the one who keeps the buckets is away. */
export type Outcome = { ok: true } | { ok: false; retryAfterMs: number } | null;

export type LeasesOptions = {
  /** As {@link RedisBuckets.ask}. */
  ask: (bucket: string, limit: Limit, need: number, want: number) => Promise<number | null>;
  maxKeys?: number;
  /** Milliseconds, monotone. */
  now?: () => number;
};

type Waiter = { cost: number; settle: (outcome: Outcome) => void };
type Lease = {
  /** Taken from the bucket and not yet used; worth nothing after `until`. */
  tokens: number;
  until: number;
  /** The bucket has not so many, until then. */
  refused: { need: number; until: number };
  asking: boolean;
  /** Who asked while a question was under way: the next one is for all of them. Bounded by the commands sockets may have in flight. */
  waiting: Waiter[];
};

/** Unused tokens are worth something for so long: who takes one a second then asks every ten. However long, they are no more than was lent. */
const LEASE_MS = 30_000;
const GRANTED: Outcome = { ok: true };

/**
 * What this process holds of buckets that are kept elsewhere: a tenth of a second's tokens of those in use, so that a key
 * costs at most ten questions a second and not one per token; and of one that refuses, until when it does.
 */
export class Leases {
  readonly #ask: LeasesOptions['ask'];
  readonly #now: () => number;
  readonly #leases: LRUCache<string, Lease>;

  constructor({ ask, maxKeys = 100_000, now = () => performance.now() }: LeasesOptions) {
    this.#ask = ask;
    this.#now = now;
    this.#leases = new LRUCache({ max: maxKeys });
  }

  /** Answers at once if it can. */
  take({ limit: name, key, cost = 1 }: Take, limit: Limit): Outcome | Promise<Outcome> {
    const bucket = `${name}:${key}`;
    const now = this.#now();
    let lease = this.#leases.get(bucket);
    if (!lease) this.#leases.set(bucket, lease = { tokens: 0, until: 0, refused: { need: 0, until: 0 }, asking: false, waiting: [] });
    const tokens = Math.min(cost, limit.burst);
    if (lease.waiting.length === 0) {
      const known = this.#decide(lease, tokens, now);
      if (known) return known;
    }
    const held = lease;
    return new Promise((settle) => {
      held.waiting.push({ cost: tokens, settle });
      if (!held.asking) void this.#fill(bucket, held, limit);
    });
  }

  /** Tokens that were granted and not used. */
  giveBack({ limit: name, key, cost = 1 }: Take, { burst }: Limit): void {
    const lease = this.#leases.peek(`${name}:${key}`);
    if (!lease) return;
    const now = this.#now();
    lease.tokens = Math.min(burst, this.#left(lease, now) + Math.min(cost, burst));
    lease.until = now + LEASE_MS;
  }

  #left(lease: Lease, now: number): number {
    return lease.until > now ? lease.tokens : 0;
  }

  /** `null`: the bucket has to be asked. */
  #decide(lease: Lease, cost: number, now: number): Outcome {
    const left = this.#left(lease, now);
    if (left >= cost) {
      lease.tokens = left - cost;
      return GRANTED;
    }
    const { need, until } = lease.refused;
    return until > now && cost - left >= need ? { ok: false, retryAfterMs: Math.ceil(until - now) } : null;
  }

  async #fill(bucket: string, lease: Lease, limit: Limit): Promise<void> {
    lease.asking = true;
    const spare = Math.floor(limit.perSecond * LEASE_SECONDS);
    for (let [first] = lease.waiting; first; [first] = lease.waiting) {
      const left = this.#left(lease, this.#now());
      const need = first.cost - left;
      const want = lease.waiting.reduce((sum, { cost }) => sum + cost, spare - left);
      const answer = await this.#ask(bucket, limit, need, Math.max(need, want));
      const now = this.#now();
      if (answer === null) {
        for (const { settle } of lease.waiting.splice(0)) settle(null);
        break;
      }
      if (answer > 0) {
        lease.tokens = this.#left(lease, now) + answer;
        lease.until = now + LEASE_MS;
      } else {
        lease.refused = { need, until: now - answer };
      }
      lease.waiting = lease.waiting.filter(({ cost, settle }) => {
        const outcome = this.#decide(lease, cost, now);
        if (outcome) settle(outcome);
        return !outcome;
      });
    }
    lease.asking = false;
  }
}
