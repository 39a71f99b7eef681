/** Whether gossip reaches everybody: what one of the core says, the others of it hear, by whatever way it takes. */

import type { Crossing, Message } from '../checker/checker.ts'
import type { Watcher } from './watcher.ts'

/** In slots, a message may be under way so long. Without faults it is everywhere within one. */
const underWaySlots = 3
/** Of ten thousand that should have come, so many may be missed. */
const missedPerTenThousandMax = 10
/** Fewer are no sample. */
const dueMin = 2_000

/** A watcher that is shown what crosses the seams of the core besides. */
export interface GossipWatcher extends Watcher {
  cross(crossing: Crossing): void
}

/**
 * L5: of what one of the core publishes, 999 of 1,000 copies that others of it should hear are heard, within three
 * slots. What says the same as something that is known is not passed on, and reaches neighbours alone; so nothing counts
 * that was under way while some of the core were apart (that they meet again is asked by `links-return`), nor what less
 * than half of the core has heard.
 */
export function gossipReachesWatcher(): GossipWatcher {
  const open = new Map<Message, { readonly atMs: number; readonly heard: Set<string> }>()
  /** Whether all of the core were connected at the last look. */
  let areTogether = false
  let due = 0
  let missed = 0
  return {
    property: 'gossip-reaches',
    cross: ({ kind, ...crossing }) => {
      if (kind !== 'published' && kind !== 'heard') return
      const { message, seat, atMs } = crossing as Extract<Crossing, { kind: 'heard' }>
      const known = open.get(message)
      if (known !== undefined) known.heard.add(seat.node)
      else if (kind === 'published' && areTogether)
        open.set(message, { atMs, heard: new Set([seat.node]) })
    },
    look: ({ atMs, slotMs, nodes }) => {
      areTogether = nodes.every(({ connected }) => connected.size >= nodes.length - 1)
      if (!areTogether) open.clear()
      for (const [message, { atMs: sinceMs, heard }] of open) {
        if (atMs - sinceMs <= underWaySlots * slotMs) break
        open.delete(message)
        const reached = nodes.filter(({ name }) => heard.has(name)).length
        if (2 * reached < nodes.length) continue
        due += nodes.length - 1
        missed += nodes.length - reached
      }
      if (due < dueMin || 10_000 * missed <= missedPerTenThousandMax * due) return undefined
      return `${missed} of ${due} copies of what was published did not come`
    },
  }
}
