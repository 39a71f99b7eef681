/** Whether gossip reaches everybody: what one of the core says, the others of it hear, by whatever way it takes. */

import type { Certificate } from '../../../src/protocol/consensus/vote.ts'
import { decodeGossip } from '../../../src/protocol/wire/gossip.ts'
import type { Crossing, Message } from '../checker/checker.ts'
import type { Watcher } from './watcher.ts'

/** In slots, a message may be under way so long. Without faults it is everywhere within one. */
const underWaySlots = 3
/** Of ten thousand that should have come, so many may be missed. */
const missedPerTenThousandMax = 10
/** Fewer are no sample. */
const dueMin = 2_000

/** The second byte of gossip that is a certificate (`src/protocol/wire/gossip.ts`). */
const certificateCode = 3

/** A watcher that is shown what crosses the seams of the core besides. */
export interface GossipWatcher extends Watcher {
  cross(crossing: Crossing): void
}

/**
 * L5: of what one of the core publishes, 999 of 1,000 copies that others of it should hear are heard, within three
 * slots. What says the same as something that is known is not passed on, and reaches neighbours alone; so nothing counts
 * that was under way while some of the core were apart (that they meet again is asked by `links-return`), nor what less
 * than half of the core has heard. Certificates that say the same, by whichever members they are, are one: who has made or
 * heard one of them needs no other. And one of a slot that another one of the core has left behind does not count: whoever
 * catches up finds it new, and nobody else does.
 */
export function gossipReachesWatcher(members: number): GossipWatcher {
  const open = new Map<Message | string, { readonly atMs: number; readonly heard: Set<string> }>()
  /** Slots of the last blocks that each has committed: what it has left behind. */
  const committed = new Map<string, number>()
  const reach = (node: string, slot: number): void =>
    void committed.set(node, Math.max(slot, committed.get(node) ?? 0))
  const isOld = (slot: number, publisher: string): boolean =>
    [...committed].some(([node, upTo]) => node !== publisher && slot < upTo)
  /** Whether all of the core were connected at the last look. */
  let areTogether = false
  let due = 0
  let missed = 0
  return {
    property: 'gossip-reaches',
    observe: ({ node, event }) => {
      if (event.kind === 'block-committed') reach(node, event.slot)
    },
    cross: (crossing) => {
      if (crossing.kind !== 'published' && crossing.kind !== 'heard') return
      const { kind, message, seat, atMs } = crossing
      const certificate = certificateIn(message, members)
      const said = certificate === undefined ? message : claimOf(certificate)
      const known = open.get(said)
      if (known !== undefined) return void known.heard.add(seat.node)
      if (kind === 'heard' || !areTogether) return
      if (certificate !== undefined && isOld(certificate.slot, seat.node)) return
      open.set(said, { atMs, heard: new Set([seat.node]) })
    },
    look: ({ atMs, slotMs, nodes }) => {
      // Also what it had committed before it was watched, which no event tells.
      for (const { name, slot } of nodes) reach(name, slot)
      areTogether = nodes.every(({ connected }) => connected.size >= nodes.length - 1)
      if (!areTogether) open.clear()
      for (const [said, { atMs: sinceMs, heard }] of open) {
        if (atMs - sinceMs <= underWaySlots * slotMs) break
        open.delete(said)
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

/** The certificate that a message is; undefined for any other. */
function certificateIn({ bytes }: Message, members: number): Certificate | undefined {
  if (bytes[1] !== certificateCode) return undefined
  const decoded = decodeGossip(bytes, members)
  return decoded.ok && decoded.value.kind === 'certificate' ? decoded.value.certificate : undefined
}

function claimOf({ kind, slot, block }: Certificate): string {
  return `${kind} ${slot} ${block}`
}
