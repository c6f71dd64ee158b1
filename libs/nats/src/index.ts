export * from './connect.ts';
export * from './errors.ts';
export * from './subjects.ts';
export * from './jetstream-api.ts';
export * from './kept-service.ts';
export * from './find-services.ts';
