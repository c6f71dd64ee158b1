import type { Config } from '@parley/runtime';
import type { MovingSettings } from './move-clients.ts';

/** Kept back of the time for leaving: what was begun is finished, the rest hung up, connections to the servers closed. */
const FINISH_MS = 7_000;

/** As configured: in seconds, and for all workers of this gateway together. */
export const movingOf = ({ leaveNotice, leaveRate, shutdownTimeout, workers }: Pick<Config<'gateway'>, 'leaveNotice' | 'leaveRate' | 'shutdownTimeout' | 'workers'>): MovingSettings => {
  const shutdownMs = shutdownTimeout * 1_000;
  return { noticeMs: leaveNotice * 1_000, perSecond: leaveRate / workers, deadlineMs: shutdownMs - Math.min(FINISH_MS, shutdownMs / 2) };
};
