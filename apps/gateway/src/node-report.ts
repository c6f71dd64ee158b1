import type { NodeReport } from '@parley/domain';
import { nodeNameOf } from '@parley/runtime';
import manifest from '../package.json' with { type: 'json' };
import type { Gateway } from './gateway.ts';

/** The reason of a shutdown that an operator asked for: clients are moved as on a SIGTERM. */
export const DRAINED = 'drained by an operator';

export type NodeReportOptions = { gateway: Gateway; config: { nodeName: string | undefined; region: string }; /** Begins to leave. */ drain: () => void };

/** This gateway as operators see it. */
export const createNodeReport = ({ gateway, config, drain }: NodeReportOptions): NodeReport => {
  const fixed = {
    name: nodeNameOf(config.nodeName), app: 'gateway', version: manifest.version, region: config.region, pid: process.pid,
    startedAt: Math.round(Date.now() - process.uptime() * 1_000),
  };
  return {
    status: () => {
      const failing = gateway.failing();
      return { ...fixed, leaving: 'leaving' in failing, failing, counts: gateway.inspection.counts() };
    },
    sockets: (query) => gateway.inspection.sockets(query),
    rooms: (query) => gateway.inspection.rooms(query),
    drain,
  };
};
