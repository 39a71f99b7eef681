/**
 * The fewest of many causes that still have the effect, by delta debugging (Zeller & Hildebrandt, "Simplifying and
 * isolating failure-inducing input", 2002), without its tests of subsets alone. Each try may be dear, so there is
 * a limit to them.
 */

export interface Fewest<Item> {
  readonly items: readonly Item[]
  readonly tries: number
  /** Whether it ended by itself: then no single one of the items can be left out. */
  readonly isMinimal: boolean
}

/** Leaves out what `holds` does without. `holds` is true of all items. */
export function fewest<Item>(
  items: readonly Item[],
  holds: (items: readonly Item[]) => boolean,
  triesMax: number,
): Fewest<Item> {
  let left = items
  let tries = 0
  const drops = (from: number, to: number): boolean => {
    tries += 1
    const others = [...left.slice(0, from), ...left.slice(to)]
    if (!holds(others)) return false
    left = others
    return true
  }
  for (let size = left.length; size >= 1; ) {
    let hasDropped = false
    // Backwards, so that what is dropped moves nothing that is still to be tried.
    for (let to = left.length; to > 0; to -= size) {
      if (tries >= triesMax) return { items: left, tries, isMinimal: false }
      if (drops(Math.max(0, to - size), to)) hasDropped = true
    }
    // With single ones left, it goes on until a whole round has dropped none.
    if (size > 1 || !hasDropped) size = Math.floor(size / 2)
  }
  return { items: left, tries, isMinimal: true }
}
