import { heightIn, keys } from '../../../src/actors/storage/keys.ts'
import type { Millis } from '../../../src/base/units.ts'
import type { Observed } from '../checker/checker.ts'
import type { CoreNode, Watcher } from './watcher.ts'

/** Time to notice, to ask, and to ask again at the longest interval. */
const lateMsMax: Millis = 60_000

/** L8: a committed block that a node found to be lost is on its disk again soon, if another one of the core has it. */
export function blocksReturnWatcher(): Watcher {
  /** Of each node, the heights at which something was found, and when. */
  const found = new Map<string, Map<number, Millis>>()
  return {
    property: 'blocks-return',
    observe: ({ node, atMs, event }) => {
      const height = lostHeight(event)
      if (height === undefined) return
      const heights = found.get(node) ?? new Map<number, Millis>()
      found.set(node, heights)
      if (!heights.has(height)) heights.set(height, atMs)
    },
    look: ({ atMs, nodes }) => {
      for (const node of nodes) {
        const heights = found.get(node.name) ?? new Map<number, Millis>()
        forgetFound(heights, node)
        for (const [height, sinceMs] of heights) {
          const giver = nodes.find(({ holds }) => holds(height))?.name
          if (giver === undefined || atMs - sinceMs <= lateMsMax) continue
          return `${node.name} lacks block ${height}, which ${giver} has`
        }
      }
      return undefined
    },
  }
}

/** What is back is found, and what was never committed is not missed. */
function forgetFound(heights: Map<number, Millis>, { height, holds }: CoreNode): void {
  for (const lost of heights.keys()) if (holds(lost) || lost > height) heights.delete(lost)
}

/** The block that an event says to be damaged or gone, if it does. */
function lostHeight(event: Observed['event']): number | undefined {
  if (event.kind === 'block-lost') return event.height
  if (event.kind !== 'record-corrupt' || event.key !== keys.blockAt(heightIn(event.key)))
    return undefined
  return heightIn(event.key)
}
