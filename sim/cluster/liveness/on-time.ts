/**
 * Whether everything comes in its slot. Agreement makes up for nearly anything within a slot or two, so that a chain
 * that grows says little; in a calm world nothing has to be made up for.
 */

import type { Millis } from '../../../src/base/units.ts'
import { slotAt, slotMoment } from '../../../src/protocol/slots.ts'
import type { Cluster } from '../cluster.ts'

/** What is asked of each slot. */
export interface Punctuality {
  /** Members that approve each block. */
  readonly voters: readonly string[]
  /** Nodes that commit it. */
  readonly nodes: readonly string[]
  /** So long after its slot began, by the time of who does it, at the latest. */
  readonly voteMsMax: Millis
  readonly commitMsMax: Millis
  /** Slots that need not have a block. None, if this is absent. */
  readonly isFree?: (slot: number) => boolean
}

/** When each node did something about each slot, in milliseconds since that began. */
type Delays = Map<number, Map<string, Millis>>

/**
 * Watches from the next slot on. What is returned ends the watch, and requires as `on-time` that in each slot of it that
 * is over the voters approved a block, and the nodes committed one, in time.
 */
export function watchPunctuality(net: Cluster, asked: Punctuality): () => void {
  const { slots } = net.chain
  const wallMsAtStart = net.simulation.wallMs - net.nowMs
  const first = slotAt(slots, net.simulation.wallMs) + 1
  const votes: Delays = new Map()
  const commits: Delays = new Map()
  let isOver = false
  net.watch(({ node, atMs, event }) => {
    if (isOver) return
    const note = (delays: Delays, slot: number): void => {
      const ofSlot = delays.get(slot) ?? new Map<string, Millis>()
      delays.set(slot, ofSlot)
      if (!ofSlot.has(node)) ofSlot.set(node, wallMsAtStart + atMs - slotMoment(slots, slot))
    }
    if (event.kind === 'vote-sent' && event.vote.vote.kind === 'notarise') {
      note(votes, event.vote.vote.slot)
    }
    if (event.kind === 'block-committed') note(commits, event.slot)
  })
  const lateIn = (slot: number): string | undefined => {
    const { voters, nodes, voteMsMax, commitMsMax } = asked
    return (
      late(votes.get(slot), voters, voteMsMax, 'approved a block') ??
      late(commits.get(slot), nodes, commitMsMax, 'committed one')
    )
  }
  return () => {
    isOver = true
    const lastMs = net.simulation.wallMs - Math.max(asked.voteMsMax, asked.commitMsMax)
    for (let slot = first; slot <= slotAt(slots, lastMs); slot += 1) {
      const fault = asked.isFree?.(slot) === true ? undefined : lateIn(slot)
      net.require('on-time', fault === undefined, `slot ${slot}: ${fault}`)
    }
  }
}

function late(
  delays: ReadonlyMap<string, Millis> | undefined,
  names: readonly string[],
  maxMs: Millis,
  what: string,
): string | undefined {
  const slow = names.filter((name) => (delays?.get(name) ?? Number.MAX_SAFE_INTEGER) > maxMs)
  const told = slow.map((name) => `${name} ${when(delays?.get(name))}`)
  return slow.length === 0 ? undefined : `who ${what} within ${maxMs} ms: not ${told.join(', ')}`
}

function when(ms: Millis | undefined): string {
  return ms === undefined ? '(never)' : `(${Math.round(ms)} ms)`
}
