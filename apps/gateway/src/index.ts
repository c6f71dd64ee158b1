export { createGateway, type Gateway, type GatewayParts, type GatewaySettings } from './gateway.ts';
export { connectRedisTransport } from './fan-out/redis-transport.ts';
export type { FanOutTransport } from './fan-out/fan-out.ts';
export { limitsOf } from './limits/limits-of.ts';
export { loadSessionKeys } from './sessions/session-keys.ts';
export { createSessions, type Sessions } from './sessions/sessions.ts';
