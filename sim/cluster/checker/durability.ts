import type { Checker, World } from './checker.ts'

/**
 * I13, A8: a member that voted still knows it after a restart, and what it voted on the strength of:
 * the notarisation behind its newest finalise vote.
 */
export function durabilityChecker({ untrustedDisks }: World): Checker {
  return {
    property: 'votes-are-durable',
    observe: ({ node, event }) => {
      if (untrustedDisks.has(node)) return undefined
      if (event.kind === 'chain-started') {
        return event.lostVotes ? `${node} lost its vote record` : undefined
      }
      if (event.kind !== 'chain-recalled' || event.finalisedSlot <= event.highestSlot) {
        return undefined
      }
      const { finalisedSlot, highestSlot } = event
      return `${node} finalised slot ${finalisedSlot} and knows no notarisation above ${highestSlot}`
    },
  }
}
