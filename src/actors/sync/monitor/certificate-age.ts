/**
 * What to do about a certificate that grows old. Certificates turn an eclipse into withholding, and
 * withholding shows: the newest certificate ages. First a few peers that nobody chose for us, then
 * those that were good before, the federation, and whoever is configured to begin with (the stale-tip
 * rule of Bitcoin, scaled from thirty minutes to fifteen slots).
 *
 * A halted network has an old certificate too: whether it is one is for the caller to say.
 */
import type { Millis } from '../../../base/units.ts'

/** Slots without a certificate from which a node looks around: 30 s of slots of 2 s. */
export const staleSlots = 15
/** Twice that: everything it knows. */
const desperateSlots = 30
const extrasMax = 2
const extraEveryMs: Millis = 10_000
const redialEveryMs: Millis = 30_000

export type AgeAction =
  /** Connect to one more peer than there are places for, of a netgroup that there is none of yet. */
  | { readonly kind: 'dial-extra' }
  /** Dial anchors, federation and bootstrap addresses, all at once. */
  | { readonly kind: 'dial-burst'; readonly reason: 'stale-certificate' }

/** What was done since the certificate grew old. */
export interface Ladder {
  readonly extras: number
  readonly extraAtMs: Millis | undefined
  readonly redialAtMs: Millis | undefined
}

/** Nothing was done yet. */
export const groundLadder: Ladder = { extras: 0, extraAtMs: undefined, redialAtMs: undefined }

/** The next step, if one is due: at most one action a call. A certificate that is young ends it all. */
export function climb(
  ladder: Ladder,
  missedSlots: number,
  nowMs: Millis,
): { readonly ladder: Ladder; readonly action: AgeAction | undefined } {
  if (missedSlots <= staleSlots) return { ladder: groundLadder, action: undefined }
  if (missedSlots > desperateSlots && isDue(ladder.redialAtMs, redialEveryMs, nowMs)) {
    const action = { kind: 'dial-burst', reason: 'stale-certificate' } as const
    return { ladder: { ...ladder, redialAtMs: nowMs }, action }
  }
  if (ladder.extras < extrasMax && isDue(ladder.extraAtMs, extraEveryMs, nowMs)) {
    const next = { ...ladder, extras: ladder.extras + 1, extraAtMs: nowMs }
    return { ladder: next, action: { kind: 'dial-extra' } }
  }
  return { ladder, action: undefined }
}

function isDue(lastMs: Millis | undefined, everyMs: Millis, nowMs: Millis): boolean {
  return lastMs === undefined || nowMs - lastMs >= everyMs
}
