import { defineConfig } from 'vitest/config'

/** Whole worlds: real nodes, or the simulator with its traps. Each file has a process of its own. */
const worlds = ['test/{conformance,e2e,simulation}/**/*.test.ts']
/** Programs of the benchmarks, each in processes of its own. `npm test` leaves them out, `npm run test:bench` runs them. */
const benches = ['test/bench/**/*.test.ts']

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    testTimeout: 60_000,
    pool: 'forks',
    // On two cores: worlds of real nodes wait for each other for half of their time.
    maxWorkers: 4,
    projects: [
      { extends: true, test: { name: 'worlds', include: worlds } },
      // Each runs two processes at a time itself.
      { extends: true, test: { name: 'benches', include: benches, maxWorkers: 1 } },
      {
        extends: true,
        // Loading the same modules for each file anew would take a third of the time.
        test: {
          name: 'units',
          include: ['test/**/*.test.ts'],
          exclude: [...worlds, ...benches],
          isolate: false,
        },
      },
    ],
  },
})
