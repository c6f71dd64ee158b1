export { createPersistence, type Persistence, type PersistenceOptions } from './create-persistence.ts';
export { DEFAULT_LIMITS, type PersistenceLimits } from './limits.ts';
export { createPersistenceMetrics, type PersistenceMetrics } from './persistence-metrics.ts';
