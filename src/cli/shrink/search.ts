/**
 * Runs a search with several candidates at a time. What it comes to does not depend on how many: of those that are
 * asked about, the first in order that holds is taken, and only those up to it are counted.
 */
import type { Search } from '../../../sim/fewest.ts'

export interface SearchOptions<Candidate> {
  /** Whether a candidate holds. It is not to be tried at all if it is not wanted any more when its turn comes. */
  readonly holds: (candidate: Candidate, isWanted: () => boolean) => Promise<boolean>
  /** Equal for candidates that are the same. Each is tried once. */
  readonly keyOf: (candidate: Candidate) => string
  readonly atOnce: number
  readonly triesMax: number
  /** When it fires, the search ends with what it has. */
  readonly stop: AbortSignal
  /** A candidate has held, after so many tries. */
  readonly onHeld: (candidate: Candidate, tries: number) => void
}

export interface SearchEnd<Candidate> {
  /** The last that held; undefined if none did. */
  readonly best: Candidate | undefined
  readonly tries: number
  /** Why it ended: by itself, or because there were too many tries, or because it was stopped. */
  readonly end: 'done' | 'tries' | 'stopped'
}

export async function searchAtOnce<Candidate>(
  search: Search<Candidate, unknown>,
  options: SearchOptions<Candidate>,
): Promise<SearchEnd<Candidate>> {
  const known = new Map<string, boolean>()
  let best: Candidate | undefined
  let tries = 0
  for (let asked = search.next(); asked.done !== true; ) {
    const triesLeft = options.triesMax - tries
    const found = await firstThatHolds(asked.value, known, triesLeft, options)
    tries += found.tries
    if (options.stop.aborted) return { best, tries, end: 'stopped' }
    if (found.kind === 'tries') return { best, tries, end: 'tries' }
    if (found.kind === 'held') {
      best = found.candidate
      options.onHeld(found.candidate, tries)
    }
    asked = search.next(found.kind === 'held' ? found.place : undefined)
  }
  return { best, tries, end: 'done' }
}

type Found<Candidate> = { readonly tries: number } & (
  | { readonly kind: 'held'; readonly candidate: Candidate; readonly place: number }
  | { readonly kind: 'none' }
  /** It would have taken more tries than there are. */
  | { readonly kind: 'tries' }
)

interface Trying<Candidate> {
  readonly candidate: Candidate
  readonly key: string
  readonly answer: Promise<boolean>
}

async function firstThatHolds<Candidate>(
  candidates: Iterable<Candidate>,
  known: Map<string, boolean>,
  triesLeft: number,
  options: SearchOptions<Candidate>,
): Promise<Found<Candidate>> {
  const iterator = candidates[Symbol.iterator]()
  const trying: Trying<Candidate>[] = []
  let isWanted = true
  let tries = 0
  const fill = (): void => {
    while (trying.length < options.atOnce) {
      const { value: candidate, done } = iterator.next()
      if (done === true) return
      const key = options.keyOf(candidate)
      const before = known.get(key)
      const answer =
        before === undefined ? options.holds(candidate, () => isWanted) : Promise.resolve(before)
      trying.push({ candidate, key, answer })
    }
  }
  fill()
  for (let place = 0; ; place += 1) {
    const first = trying.shift()
    if (first === undefined) return { kind: 'none', tries }
    const isNew = !known.has(first.key)
    if (isNew && tries === triesLeft) {
      isWanted = false
      return { kind: 'tries', tries }
    }
    const isHeld = await first.answer
    if (options.stop.aborted) return { kind: 'none', tries }
    // Only what is counted is remembered, so that the count does not depend on how many were tried at once.
    known.set(first.key, isHeld)
    if (isNew) tries += 1
    if (isHeld) {
      isWanted = false
      return { kind: 'held', candidate: first.candidate, place, tries }
    }
    fill()
  }
}
