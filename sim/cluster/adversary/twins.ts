/**
 * Twins (Bano et al., OPODIS 2021): the keys of one member on two machines, each of which runs the unmodified node.
 * Each machine keeps its word, and together they break it, in all the ways in which honest code can be led to do so.
 * What happens then comes of how the network is cut from round to round, and that can be counted.
 *
 * A schedule says which member has a twin, and for each round on which side of a cut each machine stands. Sides have no
 * names, and neither have the two machines of one member: of schedules that differ by such a name only one is listed.
 * There are 2^m ways to cut m + 1 machines in two, the cut that parts nobody included, and 2^(m−1) of them leave the
 * twins together. To exchange the twins changes a cut if and only if it parts them, so of k rounds there are
 *
 *     m · ((2^m)^k + (2^(m−1))^k) / 2
 *
 * schedules: for m = 4 and k = 1, 2, 3 they are 48, 640 and 9,216. (The paper draws the leader of each round too. Here
 * leaders follow from slots, and which member has the twin stands for that.)
 */
import { assert, present } from '../../../src/base/assert.ts'

/** A bit for each machine, by its place: 1 on the other side of the first member. The twin comes after all members. */
export type Cut = number

export interface TwinSchedule {
  /** The member whose keys are on a second machine. */
  readonly member: number
  /** One for each round. */
  readonly cuts: readonly Cut[]
}

/** Every schedule, once. */
export function allSchedules(members: number, rounds: number): readonly TwinSchedule[] {
  const places = Array.from({ length: members }, (_, member) => member)
  let schedules: readonly TwinSchedule[] = places.map((member) => ({ member, cuts: [] }))
  for (let round = 0; round < rounds; round += 1) {
    schedules = schedules.flatMap((shorter) => longer(shorter, members))
  }
  return schedules
}

/** With each cut that may come next: of the first ones that part the twins, one of two. */
function longer({ member, cuts }: TwinSchedule, members: number): readonly TwinSchedule[] {
  const haveParted = cuts.some((cut) => bitOf(cut, member) !== bitOf(cut, members))
  const all = Array.from({ length: 2 ** members }, (_, cut) => 2 * cut)
  const next = all.filter((cut) => haveParted || cut <= exchanged(cut, member, members))
  return next.map((cut) => ({ member, cuts: [...cuts, cut] }))
}

/**
 * The schedule of a seed, counted from 1: each of as many seeds as there are schedules has another. Neighbouring seeds
 * have little in common, so that the first of them are a sample of all.
 */
export function scheduleOfSeed(schedules: readonly TwinSchedule[], seed: number): TwinSchedule {
  assert(Number.isInteger(seed) && seed >= 0, `a seed that counts, not ${seed}`)
  const { length } = schedules
  let stride = Math.ceil((length * 5) / 8)
  while (commonDivisor(stride, length) !== 1) stride += 1
  return present(schedules[((seed % length) * stride) % length], 'a schedule')
}

/** The names of those on each side; a side with nobody on it is left out. The twin of `n2` is `t2`. */
export function sidesOf(cut: Cut, member: number, members: number): readonly (readonly string[])[] {
  const places = Array.from({ length: members + 1 }, (_, place) => place)
  const nameOf = (place: number): string => (place === members ? `t${member}` : `n${place}`)
  const sides = [0, 1].map((side) => places.filter((place) => bitOf(cut, place) === side))
  return sides.filter((side) => side.length > 0).map((side) => side.map(nameOf))
}

/** The cut as it is if the machines of `member` exchange their places. */
export function exchanged(cut: Cut, member: number, members: number): Cut {
  if (bitOf(cut, member) === bitOf(cut, members)) return cut
  const swapped = cut ^ (1 << member) ^ (1 << members)
  // Sides are told by where the first member stands.
  return bitOf(swapped, 0) === 0 ? swapped : swapped ^ (2 ** (members + 1) - 1)
}

function bitOf(cut: Cut, place: number): number {
  return (cut >> place) & 1
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}
