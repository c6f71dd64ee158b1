export { connectRedisPresence, type RedisPresenceOptions } from './redis-presence.ts';
export { DEFAULT_PRESENCE_TIMES, staleMsOf, type PresenceTimes } from './times.ts';
