/**
 * What is done about an actor that threw. Decisions are pure; `system.ts` carries them out.
 * A failure concerns its actor first; a supervisor that gives up passes it to the one above, which
 * restarts the whole group; above the root there is nobody, and the node stops.
 */
import type { Millis } from '../base/units.ts'

export type Decision =
  /** Fresh state, at once. */
  | { readonly kind: 'restart' }
  /** Fresh state, at the next boundary (the next slot), so that a restart never cuts one in two. */
  | { readonly kind: 'restart-at-boundary' }
  /** Not this level's matter: the group above decides. */
  | { readonly kind: 'escalate' }
  /** The node can live without this actor. */
  | { readonly kind: 'abandon' }

export interface SupervisorPolicy {
  /** What to do about `error` of the child `name` (an actor or a group). */
  readonly decide: (error: unknown, name: string) => Decision
  /** More restarts than this within the window escalate, whatever `decide` says. */
  readonly restartsMax: number
  readonly windowMs: Millis
  /** Milliseconds from now until the next boundary. */
  readonly untilBoundaryMs: () => Millis
}

/** The moments of past restarts that still count at `now`. */
export function recentRestarts(
  moments: readonly Millis[],
  now: Millis,
  windowMs: Millis,
): readonly Millis[] {
  return moments.filter((moment) => now - moment < windowMs)
}

/** The decision that holds once the restart budget is counted in. */
export function budgeted(
  policy: SupervisorPolicy,
  decision: Decision,
  recent: readonly Millis[],
): Decision {
  const restarts = decision.kind === 'restart' || decision.kind === 'restart-at-boundary'
  return restarts && recent.length >= policy.restartsMax ? { kind: 'escalate' } : decision
}

/**
 * The policy of most programs: fresh state at once, but only `restartsMax` times within `windowMs`; then whoever is above
 * decides, and above the root the program ends.
 */
export function restarting(restartsMax: number, windowMs: Millis): SupervisorPolicy {
  const decide = (): Decision => ({ kind: 'restart' })
  return { decide, restartsMax, windowMs, untilBoundaryMs: () => 0 }
}
