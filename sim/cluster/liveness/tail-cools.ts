import type { Watcher } from './watcher.ts'

/** Without faults a block that is notarised is committed, or has one above it that is, within three slots. */
const tailSlotsMax = 30

/** L10: what a node of the core has seen notarised is soon below, or is, what it has committed. */
export function tailCoolsWatcher(): Watcher {
  /** By node: the oldest slot that is notarised and above what is committed, and since when. */
  const tails = new Map<string, { readonly slot: number; readonly sinceMs: number }>()
  const committed = new Map<string, number>()
  return {
    property: 'tail-cools',
    observe: ({ node, atMs, event }) => {
      if (event.kind === 'block-notarised') {
        const { slot } = event.certificate
        if (slot > (committed.get(node) ?? 0) && !tails.has(node)) {
          tails.set(node, { slot, sinceMs: atMs })
        }
      }
      if (event.kind !== 'block-committed' && event.kind !== 'chain-started') return
      committed.set(node, Math.max(event.slot, committed.get(node) ?? 0))
      if ((tails.get(node)?.slot ?? Number.MAX_SAFE_INTEGER) <= event.slot) tails.delete(node)
    },
    look: ({ atMs, slotMs }) => {
      for (const [node, { slot, sinceMs }] of tails) {
        if (atMs - sinceMs <= tailSlotsMax * slotMs) continue
        return `${node} has had slot ${slot} notarised for ${tailSlotsMax} slots, and nothing committed since`
      }
      return undefined
    },
  }
}
