export { PresenceHub } from './presence-hub.ts';
