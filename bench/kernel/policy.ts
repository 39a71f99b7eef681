import type { SupervisorPolicy } from '../../src/kernel/supervisor.ts'

/** Nothing fails in a benchmark; if it does, the run ends. */
export const noRestarts: SupervisorPolicy = {
  decide: () => ({ kind: 'escalate' }),
  restartsMax: 0,
  windowMs: 1_000,
  untilBoundaryMs: () => 0,
}
