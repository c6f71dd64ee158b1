export * from './room-log.ts';
export * from './dead-letters.ts';
export type { PostgresRoomLogOptions } from './options.ts';
