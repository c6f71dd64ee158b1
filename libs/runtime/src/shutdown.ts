import type { Logger } from './logger.ts';

/** `reason` is what `run` was given; of a signal, its name. */
export type Closer = (reason: string) => Promise<void> | void;

export type Shutdown = {
  /** What is added last is closed first: add each thing when it has started. */
  add(name: string, close: Closer): void;
  /** Closes everything once, then leaves with `exitCode`; also past the deadline, then with at least 1. */
  run(reason: string, exitCode?: number): Promise<void>;
  readonly underWay: boolean;
};

export type ShutdownOptions = {
  logger: Logger;
  /** All closers together. Default 25 000. */
  deadlineMs?: number;
  /** Errors that say a dependency is away, beside those of the network: logged, and lived with. */
  isExpected?: (error: unknown) => boolean;
  /**
   * A second signal this soon is the same wish told twice: a terminal's Ctrl-C reaches the whole process group, and npm or
   * the launcher pass it on. Default 1 000.
   */
  sameSignalMs?: number;
  /** For tests. */
  process?: Pick<NodeJS.Process, 'on' | 'exit'>;
};

const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

/** Whether an error, or any cause of it, is the network's. */
export const isNetworkError = (error: unknown): boolean => {
  for (let each: unknown = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth += 1) {
    const code = (each as NodeJS.ErrnoException).code;
    if (code !== undefined && NETWORK.has(code)) return true;
    if (each instanceof AggregateError && each.errors.length > 0 && each.errors.every(isNetworkError)) return true;
  }
  return false;
};

/**
 * Leaves in order on SIGTERM and SIGINT; a later second signal leaves at once. An error nobody caught is logged with its cause:
 * one that only says that a server is away is lived with, any other ends the process, since nobody knows its state.
 */
export const createShutdown = ({ logger, deadlineMs = 25_000, isExpected = () => false, sameSignalMs = 1_000, process: proc = process }: ShutdownOptions): Shutdown => {
  const closers: { name: string; close: Closer }[] = [];
  let running: Promise<void> | null = null;

  const closeAll = async (reason: string): Promise<boolean> => {
    let clean = true;
    for (const { name, close } of closers.toReversed()) {
      try {
        await close(reason);
      } catch (error) {
        clean = false;
        logger.error({ err: error, part: name }, 'did not close cleanly');
      }
    }
    return clean;
  };

  const run = (reason: string, exitCode = 0): Promise<void> => {
    running ??= (async () => {
      logger.info({ reason }, 'shutting down');
      const { promise: deadline, resolve } = Promise.withResolvers<false>();
      const timer = setTimeout(() => {
        logger.error({ deadlineMs }, 'still not closed: leaving anyway');
        resolve(false);
      }, deadlineMs);
      const clean = await Promise.race([closeAll(reason), deadline]);
      clearTimeout(timer);
      logger.info('closed');
      proc.exit(clean ? exitCode : exitCode || 1);
    })();
    return running;
  };

  let signalledAt = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (running && now - signalledAt < sameSignalMs) return;
    signalledAt = now;
    if (running) proc.exit(signal === 'SIGINT' ? 130 : 143);
    else void run(signal);
  };
  proc.on('SIGTERM', onSignal);
  proc.on('SIGINT', onSignal);
  const onUncaught = (error: unknown, kind: string): void => {
    if (isNetworkError(error) || isExpected(error)) {
      logger.error({ err: error, kind }, 'an uncaught error that a server is away');
      return;
    }
    logger.fatal({ err: error, kind }, 'an uncaught error');
    void run(kind, 1);
  };
  proc.on('uncaughtException', (error) => onUncaught(error, 'uncaughtException'));
  proc.on('unhandledRejection', (reason) => onUncaught(reason, 'unhandledRejection'));

  return { add: (name, close) => void closers.push({ name, close }), run, get underWay() { return running !== null; } };
};
