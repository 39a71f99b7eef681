/** Which bugs of the catalogue are meant. */
import type { Mutant, Tier } from '../../../test/mutants/mutant.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import { didYouMean } from '../nearest.ts'

/** By name or id, in the order of the catalogue; all of a tier without any. The fault names what is nearest. */
export function chooseMutants(
  mutants: readonly Mutant[],
  names: readonly string[],
  tier: Tier | undefined,
): Result<readonly Mutant[], string> {
  const known = mutants.flatMap(({ id, name }) => [id, name])
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    return failed(`there is no bug "${unknown}".${didYouMean(unknown, known)}`)
  }
  const chosen = mutants.filter(
    (mutant) =>
      (names.length === 0 || names.includes(mutant.name) || names.includes(mutant.id)) &&
      (tier === undefined || mutant.tier === tier),
  )
  return chosen.length > 0 ? ok(chosen) : failed(`none of these bugs is of tier ${tier}`)
}
