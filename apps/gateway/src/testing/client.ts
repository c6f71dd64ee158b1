export * from '@parley/testkit/wire-client';
