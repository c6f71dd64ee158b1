import { ServerResponse } from 'node:http';
import { wireError } from '@parley/protocol';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import { refuseHandshake } from '../leaving/refuse-handshake.ts';
import type { EngineRequest } from '../socket/handshake-request.ts';
import type { Io } from '../socket/io.ts';
import { PREFLIGHT, type Origins } from './origins.ts';

/** Refuses web pages of foreign origins on every request of Socket.IO, upgrades and polls alike, and lets the others read the answers. */
export const guardOrigins = (io: Io, origins: Origins, metrics: GatewayMetrics): void => {
  io.engine.use((request: EngineRequest, response: ServerResponse | object, next: () => void) => {
    if (origins.areForeignTo(request)) {
      metrics.connectionsRefused.inc({ code: 'foreign_origin' });
      return refuseHandshake(request, response, wireError('foreign_origin'));
    }
    // Not for a WebSocket, which has no such headers.
    if (!(response instanceof ServerResponse)) return next();
    for (const [name, value] of Object.entries(origins.corsOf(request))) response.setHeader(name, value);
    if (request.method === 'OPTIONS') response.writeHead(204, PREFLIGHT).end();
    else next();
  });
};
