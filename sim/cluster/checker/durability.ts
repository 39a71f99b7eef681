import type { Checker, World } from './checker.ts'

/** I13: a member that voted still knows it after a restart. */
export function durabilityChecker({ untrustedDisks }: World): Checker {
  return {
    property: 'votes-are-durable',
    observe: ({ node, event }) => {
      if (event.kind !== 'chain-started' || untrustedDisks.has(node)) return undefined
      return event.lostVotes ? `${node} lost its vote record` : undefined
    },
  }
}
