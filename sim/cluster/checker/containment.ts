/** Faults stay where they strike: one actor's failure on purpose, and none by what others do. */
import type { Checker, World } from './checker.ts'

/** How the simulator fails an actor on purpose. */
export const plannedFailure = 'a planned failure'

/** I18: nothing that peers or clocks do makes an actor fail. A disk that refuses may. */
export function containmentChecker({ hasDiskErrors, untrustedDisks }: World): Checker {
  return {
    property: 'containment',
    observe: ({ node, event }) => {
      if (hasDiskErrors || untrustedDisks.has(node)) return undefined
      if (event.kind === 'actor-failed' && event.error.endsWith(plannedFailure)) return undefined
      if (event.kind === 'actor-failed') return `${node}: ${event.error}`
      if (event.kind === 'system-failed') return `${node} stopped: ${event.error}`
      return undefined
    },
  }
}
