import type { ChainEvent } from '../../../src/actors/chain/messages.ts'
import type { Checker, World } from './checker.ts'

type Committed = Extract<ChainEvent, { kind: 'block-committed' }>
type Started = Extract<ChainEvent, { kind: 'chain-started' }>

/** I2: what a node has committed stays committed, through crash and restart. */
export function finalityChecker({ untrustedDisks }: World): Checker {
  const highest = new Map<string, { height: number; hash: string }>()

  const onCommitted = (node: string, { height, hash }: Committed): string | undefined => {
    const known = highest.get(node)
    if (known === undefined || height > known.height) {
      highest.set(node, { height, hash })
      return undefined
    }
    return `${node} committed height ${height} after height ${known.height}`
  }
  const onStarted = (node: string, { height, hash }: Started): string | undefined => {
    const known = highest.get(node)
    if (known === undefined || height > known.height) return undefined
    if (height < known.height) {
      return `${node} started at height ${height} after it had committed ${known.height}`
    }
    return hash === known.hash ? undefined : `${node} started on ${hash}, not on ${known.hash}`
  }
  return {
    property: 'finality-is-monotone',
    observe: ({ node, event }) => {
      if (untrustedDisks.has(node)) return undefined
      if (event.kind === 'block-committed') return onCommitted(node, event)
      return event.kind === 'chain-started' ? onStarted(node, event) : undefined
    },
  }
}
