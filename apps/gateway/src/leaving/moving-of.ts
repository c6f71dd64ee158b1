import type { MovingSettings } from './move-clients.ts';

/** Kept back of the time for leaving: what was begun is finished, the rest hung up, connections to the servers closed. */
const FINISH_MS = 7_000;

/** All in seconds, as configured. */
export const movingOf = ({ leaveNotice, leaveRate, shutdownTimeout }: { leaveNotice: number; leaveRate: number; shutdownTimeout: number }): MovingSettings => {
  const shutdownMs = shutdownTimeout * 1_000;
  return { noticeMs: leaveNotice * 1_000, perSecond: leaveRate, deadlineMs: shutdownMs - Math.min(FINISH_MS, shutdownMs / 2) };
};
