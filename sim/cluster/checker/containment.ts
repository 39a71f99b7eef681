/** Faults stay where they strike: one actor's failure on purpose, and none by what others do. */
import type { Checker, World } from './checker.ts'

/** How the simulator fails an actor on purpose. */
export const plannedFailure = 'a planned failure'

/** What the chain says when its disk does not keep its promises: then it fails, and starts again. */
const ofDisk = /the chain cannot be (?:read|stored)/

/**
 * I18: nothing that peers or clocks do makes an actor fail. A disk that refuses may, the chain alone, and the node
 * with it if that goes on.
 */
export function containmentChecker({ hasDiskErrors, untrustedDisks }: World): Checker {
  return {
    property: 'containment',
    observe: ({ node, event }) => {
      if (untrustedDisks.has(node)) return undefined
      if (event.kind === 'actor-failed') {
        const { error } = event
        const isKnown = error.endsWith(plannedFailure) || (hasDiskErrors && ofDisk.test(error))
        return isKnown ? undefined : `${node}: ${error}`
      }
      if (event.kind !== 'system-failed' || hasDiskErrors) return undefined
      return `${node} stopped: ${event.error}`
    },
  }
}
