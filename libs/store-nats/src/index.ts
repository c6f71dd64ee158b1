export { StoreQueryFailed } from './asker.ts';
export { NatsStore } from './nats-store.ts';
export { NatsModerationStore } from './nats-moderation-store.ts';
export { serveStore, type ServeStoreOptions, type StoreService } from './serve-store.ts';
