export * from './connection-options.ts';
