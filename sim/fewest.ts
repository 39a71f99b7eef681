/**
 * The fewest of many causes that still have the effect, by delta debugging (Zeller & Hildebrandt, "Simplifying and
 * isolating failure-inducing input", 2002, without its tests of subsets alone).
 *
 * A search does not try anything itself: it asks which of some candidates, in order, is the first that has the effect.
 * So the same search is run by a plain loop, or by many processes at once, and comes to the same.
 */

/**
 * Hands out candidates, in order, and goes on from the place of the first that holds; undefined if none does. They are
 * made as they are looked at.
 */
export type Search<Candidate, Result> = Generator<Iterable<Candidate>, Result, number | undefined>

/** What a search came to when each candidate is tried in turn. */
export interface Searched<Candidate> {
  /** The last that held; undefined if none did. */
  readonly best: Candidate | undefined
  readonly tries: number
  /** Whether it ended by itself, before there were too many tries. */
  readonly isOver: boolean
}

/** Leaves out what the effect does without. In the end no single one of the items can be left out. */
export function* fewest<Item>(items: readonly Item[]): Search<readonly Item[], readonly Item[]> {
  let left = items
  for (let size = left.length; size >= 1; ) {
    let hasDropped = false
    // Backwards, so that what is dropped moves nothing that is still to be tried.
    for (let to = left.length; to > 0; ) {
      const place: number | undefined = yield candidates(left, to, size)
      if (place === undefined) break
      to -= place * size
      left = without(left, to, size)
      hasDropped = true
      to -= size
    }
    // With single ones left, it goes on until a whole round has dropped none.
    if (size > 1 || !hasDropped) size = Math.floor(size / 2)
  }
  return left
}

function* candidates<Item>(
  items: readonly Item[],
  from: number,
  size: number,
): Iterable<readonly Item[]> {
  for (let to = from; to > 0; to -= size) yield without(items, to, size)
}

/** All but so many in front of `to`. */
function without<Item>(items: readonly Item[], to: number, size: number): readonly Item[] {
  return [...items.slice(0, Math.max(0, to - size)), ...items.slice(to)]
}

/** Runs a search, one candidate after another, with a limit to what it may cost. */
export function searchInTurn<Candidate>(
  search: Search<Candidate, unknown>,
  holds: (candidate: Candidate) => boolean,
  triesMax: number,
): Searched<Candidate> {
  let best: Candidate | undefined
  let tries = 0
  for (let asked = search.next(); asked.done !== true; ) {
    let place = 0
    let found: number | undefined
    for (const candidate of asked.value) {
      if (tries >= triesMax) return { best, tries, isOver: false }
      tries += 1
      if (holds(candidate)) {
        best = candidate
        found = place
        break
      }
      place += 1
    }
    asked = search.next(found)
  }
  return { best, tries, isOver: true }
}
