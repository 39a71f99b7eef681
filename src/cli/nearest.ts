/** What somebody may have meant by a name that there is not. */

/** Names that are told, at most. */
const suggestionsMax = 2

/**
 * The names that are nearest to `text`, the nearest first: those that come from it by changing, adding, dropping or
 * swapping a third of its letters at most. None, if it is like nothing.
 */
export function nearest(text: string, names: readonly string[]): readonly string[] {
  const wanted = text.toLowerCase()
  const far = Math.max(1, Math.floor(text.length / 3))
  return names
    .map((name) => ({ name, steps: distance(wanted, name.toLowerCase()) }))
    .filter(({ steps }) => steps <= far)
    .toSorted((a, b) => a.steps - b.steps)
    .slice(0, suggestionsMax)
    .map(({ name }) => name)
}

/** A sentence that suggests them, with a space before it; empty if there is nothing to suggest. */
export function didYouMean(text: string, names: readonly string[]): string {
  const found = nearest(text, names)
  return found.length === 0 ? '' : ` Did you mean ${found.join(' or ')}?`
}

/** Letters to be changed, added, dropped or swapped with a neighbour (optimal string alignment). */
function distance(from: string, to: string): number {
  /** Of the first letters of both, so many of each. */
  const steps: number[][] = []
  for (let row = 0; row <= from.length; row += 1) {
    steps.push([row])
    for (let column = 1; column <= to.length; column += 1) {
      steps[row]?.push(row === 0 ? column : stepsAt(steps, [row, column], { from, to }))
    }
  }
  return steps[from.length]?.[to.length] ?? 0
}

function stepsAt(
  steps: readonly (readonly number[])[],
  [row, column]: readonly [number, number],
  { from, to }: { readonly from: string; readonly to: string },
): number {
  const before = (rows: number, columns: number): number =>
    steps[row - rows]?.[column - columns] ?? Number.MAX_VALUE
  const [last, other] = [from[row - 1], to[column - 1]]
  const isSwapped = last === to[column - 2] && from[row - 2] === other
  return Math.min(
    before(1, 0) + 1,
    before(0, 1) + 1,
    before(1, 1) + (last === other ? 0 : 1),
    isSwapped ? before(2, 2) + 1 : Number.MAX_VALUE,
  )
}
