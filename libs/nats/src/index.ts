export * from './connect.ts';
export * from './errors.ts';
export * from './subjects.ts';
export * from './jetstream-api.ts';
