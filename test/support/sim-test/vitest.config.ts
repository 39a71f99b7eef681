import { defineConfig } from 'vitest/config'

/** The stories here are run by a test, as somebody's own would be: some are meant to fail. */
export default defineConfig({
  test: { include: ['test/support/sim-test/*.story.ts'], pool: 'forks' },
})
