import { defineConfig } from 'vitest/config'

const root = new URL('..', import.meta.url).pathname

/**
 * Most of what a process costs that a test starts is compiling a thousand modules, half a second or more; what one has
 * compiled the next need not.
 */
process.env.NODE_COMPILE_CACHE ??= `${root}node_modules/.cache/compile`

/** Whole worlds: real nodes, or the simulator with its traps. Each file has a process of its own. */
const worlds = ['test/{conformance,e2e,simulation}/**/*.test.ts']
/** Of the benchmarks, whose programs run here. `npm test` leaves them out, `npm run test:bench` runs them. */
const benches = ['test/bench/**/*.test.ts']

export default defineConfig({
  root,
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // On two cores: worlds of real nodes wait for each other for half of their time.
    maxWorkers: 4,
    projects: [
      { extends: true, test: { name: 'worlds', include: worlds } },
      { extends: true, test: { name: 'benches', include: benches, isolate: false } },
      {
        extends: true,
        // Loading the same modules for each file anew would take a third of the time.
        test: {
          name: 'units',
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: [...worlds, ...benches],
          isolate: false,
        },
      },
    ],
  },
})
