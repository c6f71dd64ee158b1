export * from './servers.ts';
export * from './wait-for.ts';
export { freePort } from '@parley/servers';
