/** Whether a node takes part only when it knows where the others are, judged by what it says of itself. */
import type { Checker, Observed, World } from './checker.ts'

/** States of sync in which the gate may be open. */
const open = new Set(['synced', 'catching-up'])
/** The gate is another actor's, which may be reading its disk. */
const stateMsMax = 1_000
/** So far behind a node may take part. */
const behindBlocksMax = 10
/** Who is further behind than votes leave it, and catching up, may take part with this share of the chain. */
const votesBlocksMax = 3
const shareMin = 0.995
/** A lag has to last for two seconds, and is looked at in each slot. */
const lagMs = 4_000
/** A node without an event for so long was not running: its time is not counted. */
const silenceMsMax = 5_000

interface Place {
  readonly life: number
  readonly seenMs: number
  readonly isOpen: boolean
  /** Nothing has failed since the gate was opened: what begins anew closes it without a word. */
  readonly isSurelyOpen: boolean
  readonly state: string
  readonly height: number
  /** Of the highest block that this node has seen a certificate of. */
  readonly target: number
  /** Since when the gate has been open although the state, or the lag, forbids it. */
  readonly wrongStateMs: number | undefined
  readonly wrongLagMs: number | undefined
}

/** I16: a node that is not synced neither proposes nor approves, and knows that it is not. */
export function productionGateChecker({ slots }: World): Checker {
  const lagMsMax = lagMs + 2 * slots.slotMs
  const places = new Map<string, Place>()

  const brokenBy = ({ node, atMs, event }: Observed, place: Place): string | undefined => {
    if (event.kind === 'block-proposed' && !place.isOpen) {
      return `${node} proposed in slot ${event.slot} while it was not synced`
    }
    if (atMs - (place.wrongStateMs ?? atMs) > stateMsMax) {
      const { state, height, target } = place
      const where = open.has(state) ? ` at height ${height} of ${target}` : ''
      return `${node} would take part while it is ${state}${where}`
    }
    if (atMs - (place.wrongLagMs ?? atMs) > lagMsMax) {
      return `${node} would take part at height ${place.height}, knowing of ${place.target}`
    }
    return undefined
  }
  return {
    property: 'production-gate',
    observe: (observed) => {
      const { node, life, atMs } = observed
      const known = places.get(node)
      const place = known?.life === life ? known : unknown(life, atMs)
      const next = timed(place, changed(place, observed), atMs)
      places.set(node, next)
      return brokenBy(observed, next)
    },
  }
}

function unknown(life: number, seenMs: number): Place {
  const nothing = { isOpen: false, isSurelyOpen: false, state: 'idle', height: 0, target: 0 }
  return { life, seenMs, ...nothing, wrongStateMs: undefined, wrongLagMs: undefined }
}

function changed(place: Place, { event }: Observed): Place {
  switch (event.kind) {
    case 'chain-started':
      return { ...place, ...gate(event.isGateOpen), height: event.height }
    case 'gate-changed':
      return { ...place, ...gate(event.isOpen) }
    case 'actor-failed':
      return { ...place, isSurelyOpen: false }
    case 'block-committed':
      return { ...place, height: Math.max(place.height, event.height) }
    case 'target-raised':
      return { ...place, target: Math.max(place.target, event.height) }
    case 'sync-state-changed':
      // An actor that begins anew knows of nothing.
      return { ...place, state: event.to, target: event.from === 'idle' ? 0 : place.target }
    default:
      return place
  }
}

function gate(isOpen: boolean): Pick<Place, 'isOpen' | 'isSurelyOpen'> {
  return { isOpen, isSurelyOpen: isOpen }
}

function timed(before: Place, place: Place, atMs: number): Place {
  const isNew = atMs - before.seenMs > silenceMsMax
  const since = (isWrong: boolean, sinceMs: number | undefined): number | undefined =>
    isWrong ? ((isNew ? undefined : sinceMs) ?? atMs) : undefined
  const { isSurelyOpen: isOpen, height, target } = place
  return {
    ...place,
    seenMs: atMs,
    wrongStateMs: since(isOpen && !mayTakePart(place), before.wrongStateMs),
    wrongLagMs: since(isOpen && target - height > behindBlocksMax, before.wrongLagMs),
  }
}

function mayTakePart({ state, height, target }: Place): boolean {
  const isShort = target - height > votesBlocksMax && height < shareMin * target
  return open.has(state) && !(state === 'catching-up' && isShort)
}
