import type { Checker, World } from './checker.ts'

/**
 * What is left of I1 and I3 when safety is beyond what the agreement bears: each node commits one chain, block on
 * block, through all its lives. A node whose disk may have forgotten begins anew with each of its lives.
 */
export function ownHistoryChecker({ untrustedDisks }: World): Checker {
  const chains = new Map<string, Map<number, string>>()

  return {
    property: 'own-history',
    observe: ({ node, life, event }) => {
      if (event.kind !== 'block-committed') return undefined
      const key = untrustedDisks.has(node) ? `${node} in life ${life}` : node
      const chain = chains.get(key) ?? new Map<number, string>()
      chains.set(key, chain)
      const { height, hash, parent } = event
      const known = chain.get(height) ?? hash
      const below = chain.get(height - 1) ?? parent
      chain.set(height, hash)
      if (known !== hash) return `${key} committed ${hash} at height ${height} after ${known}`
      return below === parent ? undefined : `${key} committed ${hash} on ${parent}, not on ${below}`
    },
  }
}
