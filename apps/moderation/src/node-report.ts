import type { NodeReport } from '@parley/domain';
import type { Health } from '@parley/runtime';
import manifest from '../package.json' with { type: 'json' };

export type NodeReportOptions = { name: string; region: string; health: Health; counts: () => Record<string, number>; isLeaving: () => boolean; /** Begins to leave. */ drain: () => void };

/** This worker as operators see it. It has no sockets, and listens to no rooms. */
export const createNodeReport = ({ name, region, health, counts, isLeaving, drain }: NodeReportOptions): NodeReport => {
  const fixed = { name, app: 'moderation', version: manifest.version, region, pid: process.pid, startedAt: Math.round(Date.now() - process.uptime() * 1_000) };
  const nothing = () => ({ items: [], next: null });
  return {
    status: () => ({ ...fixed, leaving: isLeaving(), failing: health.failing(), counts: counts() }),
    sockets: nothing,
    rooms: nothing,
    drain,
  };
};
