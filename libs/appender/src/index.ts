export * from './limits.ts';
export { LogForked, WindowFull, noMetrics, type AppenderMetrics, type Incident } from './incidents.ts';
export type { CommandResult, Settle } from './waiting.ts';
export { RoomAppenders, type Beyond, type RoomAppendersOptions, type RoomNow } from './room-appenders.ts';
export type { Membership } from './room-follower.ts';
