export { createModeration, type Moderation, type ModerationOptions, type ModerationSettings } from './create-moderation.ts';
export { DEFAULT_LIMITS, type ModerationLimits } from './limits.ts';
export { createModerationMetrics, type ModerationMetrics } from './moderation-metrics.ts';
