export { NatsStore, StoreQueryFailed, type NatsStoreOptions } from './nats-store.ts';
export { serveStore, type ServeStoreOptions, type StoreService } from './serve-store.ts';
