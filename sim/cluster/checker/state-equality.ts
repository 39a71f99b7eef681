import type { Checker } from './checker.ts'

/** I12: the same block means the same state, on every node. */
export function stateEqualityChecker(): Checker {
  const roots = new Map<string, string>()
  return {
    property: 'state-equality',
    observe: ({ node, event }) => {
      if (event.kind !== 'block-committed') return undefined
      const { hash, stateRoot } = event
      const known = roots.get(hash)
      roots.set(hash, stateRoot)
      if (known === undefined || known === stateRoot) return undefined
      return `${node} has state ${stateRoot} after ${hash}, another has ${known}`
    },
  }
}
