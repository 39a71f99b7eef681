import type { Checker, Observed } from './checker.ts'

/**
 * How long a node may be in a state of sync without committing anything. A state that only an event
 * ends is one that a lost event makes last for ever.
 */
const statesMs: Readonly<Record<string, number>> = {
  idle: 10_000,
  // Thirty tries of a second each.
  discovering: 35_000,
  'downloading-headers': 65_000,
  'downloading-blocks': 65_000,
  'catching-up': 65_000,
  failed: 65_000,
}
/** A node without an event for so long was not running: its time is not counted. */
const silenceMsMax = 5_000

interface Stay {
  readonly state: string
  readonly sinceMs: number
  readonly seenMs: number
}

/** L3, L10: every state of sync that is not the last one is left, or shows progress, within its time. */
export function syncTimersChecker(): Checker {
  const stays = new Map<string, Stay>()

  const after = (stay: Stay | undefined, { atMs, event }: Observed): Stay | undefined => {
    if (event.kind === 'sync-state-changed') return { state: event.to, sinceMs: atMs, seenMs: atMs }
    if (stay === undefined) return undefined
    const isReset = event.kind === 'block-committed' || atMs - stay.seenMs > silenceMsMax
    return { ...stay, sinceMs: isReset ? atMs : stay.sinceMs, seenMs: atMs }
  }
  return {
    property: 'sync-timers',
    observe: (observed) => {
      const { node, atMs } = observed
      const stay = after(stays.get(node), observed)
      if (stay === undefined) return undefined
      stays.set(node, stay)
      const forMs = atMs - stay.sinceMs
      if (forMs <= (statesMs[stay.state] ?? Number.MAX_SAFE_INTEGER)) return undefined
      return `${node} was ${stay.state} for ${forMs / 1_000} s, and nothing came of it`
    },
  }
}
