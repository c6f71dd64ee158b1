export { NatsRoomLog } from './nats-room-log.ts';
export type { NatsRoomLogOptions } from './options.ts';
export { NatsDeadLetters, type NatsDeadLettersOptions } from './dead-letters.ts';
