import type { Checker } from './checker.ts'

/** I3: what a node commits is one chain, each block on the one before. */
export function prefixChecker(): Checker {
  const hashes = new Map<number, string>()
  return {
    property: 'prefix',
    observe: ({ node, event }) => {
      if (event.kind !== 'block-committed') return undefined
      const { height, hash, parent } = event
      hashes.set(height, hash)
      const below = hashes.get(height - 1)
      if (below === undefined || below === parent) return undefined
      return `${node} committed ${hash} at height ${height} on ${parent}, not on ${below}`
    },
  }
}
