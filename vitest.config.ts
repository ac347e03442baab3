import { defineConfig } from 'vitest/config';

// Sockets, child processes and DuckDB share two cores, so files run in at most two workers. Time limits are generous
// because no test asserts a wall-clock time; they only stop a hang.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    globalSetup: ['test/build-once.ts'],
  },
});
