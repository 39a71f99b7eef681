import type { Checker, Observed, World } from './checker.ts'

/** A ban is lifted by a tick of the peer actor, of which there are several a minute. */
const lateMsMax = 120_000
/** A node without an event for so long was not running: when it comes back, a tick is still to come. */
const silenceMsMax = 5_000

interface Ban {
  readonly life: number
  readonly untilMs: number
}

/** L8, of bans: one that is over was as long as it was said to be, and in one life it is lifted when it is over. */
export function bansHoldChecker({ clockErrorMsMax }: World): Checker {
  const toleranceMs = 1_000 + 2 * clockErrorMsMax
  /** By node, then by peer. */
  const bans = new Map<string, Map<string, Ban>>()
  const seenMs = new Map<string, number>()

  const lift = (node: string, peer: string, atMs: number): string | undefined => {
    const ban = bans.get(node)?.get(peer)
    bans.get(node)?.delete(peer)
    if (ban === undefined || atMs >= ban.untilMs - toleranceMs) return undefined
    return `${node} let ${peer} back ${ban.untilMs - atMs} ms too soon`
  }
  const overdue = ({ node, life, atMs }: Observed): string | undefined => {
    for (const [peer, ban] of bans.get(node) ?? []) {
      if (ban.life !== life) bans.get(node)?.delete(peer)
      else if (atMs > ban.untilMs + lateMsMax) return `${node} still bans ${peer}`
    }
    return undefined
  }
  return {
    property: 'bans-hold',
    observe: (observed) => {
      const { node, life, atMs, event } = observed
      const isAwake = atMs - (seenMs.get(node) ?? 0) <= silenceMsMax
      seenMs.set(node, atMs)
      if (event.kind === 'peer-banned') {
        const own = bans.get(node) ?? new Map<string, Ban>()
        bans.set(node, own.set(event.peer, { life, untilMs: atMs + event.forMs }))
        return undefined
      }
      if (event.kind === 'peer-unbanned') {
        if (event.why === 'over') return lift(node, event.peer, atMs)
        bans.get(node)?.delete(event.peer)
        return undefined
      }
      return isAwake ? overdue(observed) : undefined
    },
  }
}
