export { createGateway, type Gateway, type GatewayParts, type GatewaySettings } from './gateway.ts';
export { connectRedisTransport } from './fan-out/redis-transport.ts';
export type { FanOutTransport } from './fan-out/fan-out.ts';
export { createMemoryRateLimiter } from './limits/memory-rate-limiter.ts';
export { loadSessionKey, SessionKeyError } from './sessions/session-key.ts';
export { createSessions, type Sessions } from './sessions/sessions.ts';
