import { defineConfig } from 'vitest/config'

/** Tests of processes and pages own ports and cores: one file at a time. Unit tests share. */
const alone = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{config,controller,peer,proxy,shared}/**/*.test.ts', 'test/unit/**/*.test.ts'],
          // Some start processes, and the machine may have others to do.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'process', include: ['test/process/**/*.test.ts'], ...alone } },
      { test: { name: 'model', include: ['test/model/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'chaos', include: ['test/chaos/**/*.test.ts'], ...alone, testTimeout: 600_000 } },
      { test: { name: 'hostile', include: ['test/hostile/**/*.test.ts'], ...alone, testTimeout: 600_000 } },
      { test: { name: 'browser', include: ['test/browser/**/*.test.ts'], ...alone } },
    ],
  },
})
