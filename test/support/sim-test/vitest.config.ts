import { defineConfig } from 'vitest/config'

/**
 * The stories here are run by a test, as somebody's own would be: some are meant to fail, and one is to be the only one,
 * which vitest refuses in continuous integration unless it is told otherwise.
 */
export default defineConfig({
  test: { include: ['test/support/sim-test/*.story.ts'], pool: 'forks', allowOnly: true },
})
