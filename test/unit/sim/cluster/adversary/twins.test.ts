import { describe, expect, test } from 'vitest'
import {
  allSchedules,
  type Cut,
  exchanged,
  scheduleOfSeed,
  sidesOf,
  type TwinSchedule,
} from '../../../../../sim/cluster/adversary/twins.ts'

/** By the sides alone, as sets of names, without looking at how a cut is written: what makes two schedules the same. */
function namesOf({ member, cuts }: TwinSchedule, members: number, isExchanged: boolean): string {
  const rename = (name: string): string => {
    if (!isExchanged) return name
    if (name === `t${member}`) return `n${member}`
    return name === `n${member}` ? `t${member}` : name
  }
  const rounds = cuts.map((cut) => {
    const sides = sidesOf(cut, member, members).map((side) => side.map(rename).toSorted().join())
    return sides.toSorted().join('|')
  })
  return `${member}: ${rounds.join(' ')}`
}

/** The same for both names of the twins. */
function classOf(schedule: TwinSchedule, members: number): string {
  const names = [false, true].map((isExchanged) => namesOf(schedule, members, isExchanged))
  return names.toSorted()[0] ?? ''
}

/** Every schedule there could be, counted without any symmetry: each machine on either side. */
function everything(members: number, rounds: number): readonly TwinSchedule[] {
  const sides = 2 ** (members + 1)
  return Array.from({ length: members * sides ** rounds }, (_, code) => {
    const cuts: Cut[] = []
    for (let left = Math.floor(code / members); cuts.length < rounds; ) {
      cuts.push(left % sides)
      left = Math.floor(left / sides)
    }
    return { member: code % members, cuts }
  })
}

describe.each([
  [3, 1, 18],
  [3, 2, 120],
  [4, 1, 48],
])('of %i members and %i rounds', (members, rounds, count) => {
  const schedules = allSchedules(members, rounds)
  const classes = schedules.map((schedule) => classOf(schedule, members))

  test('each schedule is there once, whatever its sides and twins are called', () => {
    expect(schedules).toHaveLength(count)
    expect(new Set(classes).size).toBe(count)
  })

  test('none is missing', () => {
    const all = everything(members, rounds).map((schedule) => classOf(schedule, members))
    expect(new Set(all)).toEqual(new Set(classes))
  })

  test('as many seeds have each of them', () => {
    const seeds = Array.from({ length: count }, (_, at) => scheduleOfSeed(schedules, at + 1))
    expect(new Set(seeds).size).toBe(count)
  })
})

test('three rounds of four members have 9,216 schedules', () => {
  expect(allSchedules(4, 3)).toHaveLength(9_216)
})

test('who stands where is told by names, and exchanging twins twice changes nothing', () => {
  // n0 and n3 here, n1, n2 and the second machine of n3 there.
  const cut = 0b10110
  expect(sidesOf(cut, 3, 4)).toEqual([
    ['n0', 'n3'],
    ['n1', 'n2', 't3'],
  ])
  const other = exchanged(cut, 3, 4)
  expect(sidesOf(other, 3, 4)).toEqual([
    ['n0', 't3'],
    ['n1', 'n2', 'n3'],
  ])
  expect(exchanged(other, 3, 4)).toBe(cut)
  expect(sidesOf(0, 3, 4)).toEqual([['n0', 'n1', 'n2', 'n3', 't3']])
})
