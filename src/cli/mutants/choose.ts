/** Which bugs of the catalogue are meant. */
import type { Mutant, Tier } from '../../../test/mutants/mutant.ts'
import { failed, ok, type Result } from '../../base/result.ts'

/** By name or id, in the order of the catalogue; all of a tier without any. The fault names what is nearest. */
export function chooseMutants(
  mutants: readonly Mutant[],
  names: readonly string[],
  tier: Tier | undefined,
): Result<readonly Mutant[], string> {
  const known = mutants.flatMap(({ id, name }) => [id, name])
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    return failed(`there is no bug "${unknown}". Did you mean ${nearest(unknown, known)}?`)
  }
  const chosen = mutants.filter(
    (mutant) =>
      (names.length === 0 || names.includes(mutant.name) || names.includes(mutant.id)) &&
      (tier === undefined || mutant.tier === tier),
  )
  return chosen.length > 0 ? ok(chosen) : failed(`none of these bugs is of tier ${tier}`)
}

/** The word that takes the fewest changes of a letter; the first of several. */
function nearest(word: string, words: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const each of words) {
    const distance = distanceOf(word.toLowerCase(), each.toLowerCase())
    if (distance >= least) continue
    best = each
    least = distance
  }
  return best
}

/** Levenshtein's: insertions, deletions and replacements. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1]
    for (let at = 0; at < b.length; at += 1) {
      const replaced = (row[at] ?? 0) + Number(b[at] !== letter)
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
