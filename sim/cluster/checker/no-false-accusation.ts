import type { Checker, World } from './checker.ts'

/** I20: where every peer keeps the rules, none is reported for breaking them. */
export function noFalseAccusationChecker({ hasLiars }: World): Checker {
  return {
    property: 'no-false-accusation',
    observe: ({ node, event }) => {
      if (hasLiars || event.kind !== 'peer-reported') return undefined
      return `${node} reported ${event.peer} for ${event.offence}`
    },
  }
}
