import { readNewPayloadAnswer } from '../../../src/protocol/execution/engine-api.ts'
import { slotAt } from '../../../src/protocol/slots.ts'
import type { Crossing, CrossingChecker, Observed, World } from './checker.ts'

/** What was asked before, by an earlier life of the chain or by one that no longer waits, is answered by then. */
const settleMs = 10_000
/** An engine that lacks blocks has all of them again by then. */
const feedMs = 60_000
/** So long nothing can have made a block forgotten that is new, so that it had to be executed again. */
const freshSlots = 2
/**
 * Blocks of so many slots ago are no longer new: one that nobody has notarised is forgotten after eight slots, and at once
 * if it is taken up from a disk later than that. When it is notarised after all, it comes anew and is executed again.
 */
const newSlots = 5

interface Payload {
  readonly blockHash: string
  readonly number: number
  readonly timestampMs: number
}

/** What is known of one node. */
interface Known {
  readonly fromMs: number
  /** When the engine has found each payload right. */
  readonly valid: Map<string, number>
}

/**
 * A block that is being executed is not given to the engine again: what that has found right it is not asked about once
 * more within two slots. (A block whose answer did not come is, and so is what a life of the chain before had asked, or
 * what the engine has to be fed with; a block that was forgotten may be: a new one much later, an old one at any time.)
 */
export function executedOnceChecker({ slots, wallMsAtStart }: World): CrossingChecker {
  const freshMs = freshSlots * slots.slotMs
  const nodes = new Map<string, Known>()
  const isNew = ({ timestampMs }: Payload, atMs: number): boolean =>
    slotAt(slots, wallMsAtStart + atMs) - slotAt(slots, timestampMs) < newSlots

  const cross = (crossing: Crossing): string | undefined => {
    if (crossing.kind !== 'called' && crossing.kind !== 'returned') return undefined
    const { atMs, seat, request } = crossing
    const known = nodes.get(seat.node)
    const payload = payloadIn(request)
    if (known === undefined || payload === undefined || atMs < known.fromMs) return undefined
    if (!isNew(payload, atMs)) return undefined
    if (crossing.kind === 'returned') {
      if (isValid(crossing.answer)) known.valid.set(payload.blockHash, atMs)
      return undefined
    }
    forgetOld(known, atMs - freshMs)
    const foundMs = known.valid.get(payload.blockHash)
    if (foundMs === undefined) return undefined
    const again = `${(atMs - foundMs).toFixed(1)} ms after its engine had found it right`
    return `${seat.node} had block ${payload.number} executed again ${again}`
  }
  const observe = ({ atMs, node, event }: Observed): undefined => {
    const restMs = restAfter(event)
    if (restMs !== undefined) nodes.set(node, { fromMs: atMs + restMs, valid: new Map() })
    return undefined
  }
  return { property: 'executed-once', observe, cross }
}

/** How long nothing is asked of a node after this. */
function restAfter(event: Observed['event']): number | undefined {
  switch (event.kind) {
    case 'chain-started':
      return settleMs
    case 'ask-timed-out':
      return event.to === 'chain/engine' ? settleMs : undefined
    case 'engine-behind':
      return feedMs
    default:
      return undefined
  }
}

function forgetOld({ valid }: Known, beforeMs: number): void {
  for (const [hash, atMs] of valid) {
    if (atMs >= beforeMs) return
    valid.delete(hash)
  }
}

/** The payload that a call has executed by itself; what is executed as part of a run is another matter. */
function payloadIn(request: unknown): Payload | undefined {
  const { method, payload } = request as { readonly method?: string; readonly payload?: Payload }
  return method === 'newPayload' ? payload : undefined
}

function isValid(answer: unknown): boolean {
  const read = readNewPayloadAnswer(answer)
  return read.ok && read.value.status === 'VALID'
}
