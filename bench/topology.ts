import { addressOf } from '../sim/address.ts'
import type { SimRandom } from '../sim/random.ts'

/** Each peer dials so many others, and about as many dial it. */
const dials = 4

/** Addresses that a peer dials: the next one, so that everybody is reached, and some at random. */
export function drawNeighbours(
  random: SimRandom,
  names: readonly string[],
  name: string,
): readonly string[] {
  return drawNeighbourNames(random, names, name).map(addressOf)
}

/** As {@link drawNeighbours}, by name. */
export function drawNeighbourNames(
  random: SimRandom,
  names: readonly string[],
  name: string,
): readonly string[] {
  const next = names[(names.indexOf(name) + 1) % names.length] ?? name
  const others = Array.from({ length: dials - 1 }, () => random.pick(names))
  return [...new Set([next, ...others])].filter((other) => other !== name)
}
