export { APPS, type AppName } from './config/apps.ts';
export { VARIABLES, type VariableName } from './config/variables.ts';
export { ConfigError, loadConfig, loadConfigOrExit, type Config } from './config/load.ts';
export { configTable } from './config/table.ts';
export * from './logger.ts';
export * from './metrics.ts';
export * from './health.ts';
export * from './shutdown.ts';
export * from './parent-watch.ts';
