export * from './advisory-key.ts';
export * from './database.ts';
export * from './errors.ts';
export * from './log-home.ts';
export * from './migrate.ts';
export type { Database } from './schema.ts';
export * from './session.ts';
export * from './session-lock.ts';
export * from './transaction.ts';
