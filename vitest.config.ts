import { defineConfig } from 'vitest/config';

/**
 * `unit`: pure and quick, in parallel. `integration`: starts real servers; two files at a time, so that a small machine keeps up.
 * `scripts/test.ts` runs both and prints the closing line.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{apps,libs,scripts,deploy}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/*.integration.test.ts', '**/*.e2e.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{apps,libs,scripts,deploy}/**/*.integration.test.ts', '{apps,libs}/**/*.e2e.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          pool: 'forks',
          maxWorkers: 2,
        },
      },
    ],
  },
});
