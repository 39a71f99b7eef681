import type { Checker } from './checker.ts'

/** I1: over all correct nodes and their whole history, one committed block at each height. */
export function agreementChecker(): Checker {
  const committed = new Map<number, string>()
  return {
    property: 'agreement',
    observe: ({ node, event }) => {
      if (event.kind !== 'block-committed') return undefined
      const { height, hash } = event
      const known = committed.get(height)
      if (known === undefined) committed.set(height, hash)
      if (known === undefined || known === hash) return undefined
      return `${node} committed ${hash} at height ${height}, where ${known} is committed`
    },
  }
}
