import type { CheckerConfig } from '@parley/runtime';
import { bulkhead, circuitBreaker, CircuitState, ConsecutiveBreaker, ExponentialBackoff, handleWhen, retry, wrap } from 'cockatiel';
import type { Said } from '../said.ts';
import { askChecker } from './ask-checker.ts';
import { CheckerError, type CheckerErrorCode } from './checker-error.ts';
import type { CheckerAnswer } from './exchange.ts';

/** Bounds of the way to one checker. Times in milliseconds. */
export type CheckerLimits = {
  /** Messages that wait for their turn, for each asked at once; one more is not asked about, as if it were away. */
  queuePerTurn: number;
  /** Tries beyond the first, where the first may have failed by chance. */
  retries: number;
  retryMs: { first: number; last: number };
  /** Failures in a row after which it counts as away. */
  failures: number;
  /** Then a message is tried so long after; ever later while that fails. */
  probeMs: { first: number; last: number };
};
export const DEFAULT_CHECKER_LIMITS: CheckerLimits = { queuePerTurn: 16, retries: 1, retryMs: { first: 50, last: 250 }, failures: 5, probeMs: { first: 1_000, last: 30_000 } };

/** `away`: it was not asked, or did not answer. */
export type CheckerResult = { checker: CheckerConfig } & ({ kind: 'answered'; answer: CheckerAnswer } | { kind: 'away'; why: CheckerErrorCode | 'circuit' | 'queue'; message: string });
export type Checker = {
  readonly config: CheckerConfig;
  /** Whether it counts as away: nothing but a probe now and then reaches it. */
  readonly away: boolean;
  /** Never throws. */
  ask(said: Said): Promise<CheckerResult>;
  /** Gives up what is under way. */
  close(): void;
};

export type CheckerOptions = { config: CheckerConfig; limits?: Partial<CheckerLimits>; onAway?: (away: boolean, why: string) => void };

const mayBeChance = (error: unknown): boolean => error instanceof CheckerError && error.code === 'unreachable';

/** A checker behind a bound of what it is asked at once, a few retries, and a circuit breaker. */
export const createChecker = ({ config, limits: own, onAway = () => {} }: CheckerOptions): Checker => {
  const limits = { ...DEFAULT_CHECKER_LIMITS, ...own };
  const stop = new AbortController();
  const breaker = circuitBreaker(handleWhen((error) => error instanceof CheckerError), {
    breaker: new ConsecutiveBreaker(limits.failures),
    halfOpenAfter: new ExponentialBackoff({ initialDelay: limits.probeMs.first, maxDelay: limits.probeMs.last }),
  });
  const turns = bulkhead(config.concurrency, config.concurrency * limits.queuePerTurn);
  const tries = retry(handleWhen(mayBeChance), { maxAttempts: limits.retries, backoff: new ExponentialBackoff({ initialDelay: limits.retryMs.first, maxDelay: limits.retryMs.last }) });
  // The breaker stands outside: while it is open nobody waits for a turn, and a message with its retries fails once.
  const guarded = wrap(breaker, turns, tries);
  let isAway = false;
  const tell = (away: boolean, why: string): void => {
    // A probe that fails opens the circuit once more, which is no news.
    if (away !== isAway) onAway(away, why);
    isAway = away;
  };
  breaker.onBreak((why) => tell(true, 'error' in why && why.error instanceof Error ? why.error.message : 'closed'));
  breaker.onReset(() => tell(false, ''));
  return {
    config,
    get away() {
      return breaker.state !== CircuitState.Closed;
    },
    async ask(said) {
      try {
        return { checker: config, kind: 'answered', answer: await guarded.execute(() => askChecker(config, said, stop.signal)) };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (error instanceof CheckerError) return { checker: config, kind: 'away', why: error.code, message };
        return { checker: config, kind: 'away', why: breaker.state === CircuitState.Closed ? 'queue' : 'circuit', message };
      }
    },
    close: () => stop.abort(),
  };
};
