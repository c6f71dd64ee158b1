export * from './server-error.ts';
export * from './server.ts';
export type { Exit } from './child.ts';
export * from './ports.ts';
export * from './postgres/start-postgres.ts';
export { postgresBinaries, type PostgresSource } from './postgres/binaries.ts';
