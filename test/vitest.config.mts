import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** What runs whole notebooks takes minutes, and is kept out of the unit tests. */
const ofNotebooks = ['test/notebooks/**/*.test.ts', 'test/faults/**/*.test.ts', 'test/kernel/runner/**/*.test.ts', 'test/cli/run*.test.ts'];

const onWasm = process.env['FOVEA_BACKEND'] === 'wasm';

// isolate false: every isolated file would load TensorFlow again, 0.4 s each
const shared = { pool: 'forks', isolate: false, maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000 } as const;

export default defineConfig({
  root,
  test: {
    ...shared,
    projects: [
      {
        root,
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...ofNotebooks, 'test/browser/**', 'test/setup/**', ...(onWasm ? [] : ['test/wasm/**'])],
          setupFiles: ['test/setup.ts'],
        },
      },
      {
        root,
        test: {
          ...shared,
          name: 'notebooks',
          include: ofNotebooks,
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        root,
        test: {
          ...shared,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        root,
        test: {
          ...shared,
          name: 'setup',
          include: ['test/setup/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
