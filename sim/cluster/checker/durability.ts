import type { VoteRecord } from '../../../src/protocol/consensus/record.ts'
import type { Vote } from '../../../src/protocol/consensus/vote.ts'
import type { Checker, Observed, World } from './checker.ts'

/** What a member can promise, and the newest slot of which it has. */
type Promised = Map<'notarise' | 'finalise' | 'nullify' | 'propose', number>

/**
 * I13, A8: a member that voted still knows it after a restart, each vote and proposal that it ever sent, and what it
 * voted on the strength of: the notarisation behind its newest finalise vote.
 */
export function durabilityChecker({ untrustedDisks }: World): Checker {
  const sent = new Map<string, Promised>()
  return {
    property: 'votes-are-durable',
    observe: ({ node, event }) => {
      if (untrustedDisks.has(node)) return undefined
      if (event.kind === 'chain-started') {
        return event.lostVotes ? `${node} lost its vote record` : undefined
      }
      if (event.kind !== 'chain-recalled') return note(sent, node, event)
      const { record, highestSlot } = event
      const { slot } = record.finalised
      if (slot > highestSlot) {
        return `${node} finalised slot ${slot} and knows no notarisation above ${highestSlot}`
      }
      const forgotten = forgottenBy(record, sent.get(node))
      return forgotten && `${node} ${forgotten}`
    },
  }
}

/** Remembers what a node has sent. */
function note(sent: Map<string, Promised>, node: string, event: Observed['event']): undefined {
  if (event.kind !== 'vote-sent' && event.kind !== 'block-proposed') return
  const promised: Promised = sent.get(node) ?? new Map()
  sent.set(node, promised)
  const [kind, slot] =
    event.kind === 'block-proposed'
      ? (['propose', event.slot] as const)
      : ([event.vote.vote.kind, lastSlotOf(event.vote.vote)] as const)
  promised.set(kind, Math.max(slot, promised.get(kind) ?? 0))
}

function lastSlotOf(vote: Vote): number {
  return vote.kind === 'nullify' ? vote.to : vote.slot
}

/** What was sent above the watermarks of a record, which covers all up to its floor. */
function forgottenBy(record: VoteRecord, promised: Promised = new Map()): string | undefined {
  const known = new Map([
    ['notarise', record.notarised.slot],
    ['finalise', record.finalised.slot],
    ['nullify', record.nullifiedTo],
    ['propose', record.proposed.slot],
  ])
  for (const [kind, slot] of promised) {
    const to = Math.max(known.get(kind) ?? 0, record.floor)
    if (slot > to) return `has sent ${kind} for slot ${slot}, and recalls none above ${to}`
  }
  return undefined
}
