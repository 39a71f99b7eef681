import type { Checker, World } from './checker.ts'

/** A peer that was merely slow may have lost so much. Every proof of a fault costs more. */
const conductMin = -10

/** I20: nobody is held to have broken rules that it keeps, whoever else breaks them. */
export function noFalseAccusationChecker({ correct }: World): Checker {
  return {
    property: 'no-false-accusation',
    observe: ({ node, event }) => {
      if (event.kind !== 'peer-reported' || event.conduct >= conductMin) return undefined
      // In the simulator a peer's identity is the name of its node.
      if (!correct.has(event.peer)) return undefined
      return `${node} reported ${event.peer} for ${event.offence}, at ${event.conduct}`
    },
  }
}
