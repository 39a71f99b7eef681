import { describe, expect, test } from 'vitest'
import {
  type Contender,
  contest,
  median,
  perCpuSecond,
  perWallSecond,
  standingOf,
} from '../../bench/contest.ts'

/** A program that writes one line. */
function saying(name: string, line: string): Contender {
  return { name, command: [process.execPath, '-e', `console.log(${JSON.stringify(line)})`] }
}

function report(cpuMs: number, check = 'same'): string {
  return JSON.stringify({ samples: [{ amount: 6, cpuMs, wallMs: 2 * cpuMs }], check })
}

const silent = (): void => undefined

test('contenders run in turns, round after round', () => {
  const seen: string[] = []
  const contenders = [saying('a', report(3)), saying('b', report(2))]
  const standings = contest(contenders, 2, (what) => seen.push(what))
  expect(seen).toEqual(['a, round 1 of 2', 'b, round 1 of 2', 'a, round 2 of 2', 'b, round 2 of 2'])
  expect(standingOf(standings, 'a').samples.length).toBe(2)
  expect(perCpuSecond(standingOf(standings, 'b'))).toBe(3_000)
  expect(perWallSecond(standingOf(standings, 'b'))).toBe(1_500)
})

describe('a contest fails', () => {
  test('if a program does', () => {
    const broken = { name: 'x', command: [process.execPath, '-e', 'process.exit(3)'] }
    expect(() => contest([broken], 1, silent)).toThrow('x failed')
  })

  test('if a program says nothing that can be read', () => {
    expect(() => contest([saying('x', '{"samples":[],"check":""}')], 1, silent)).toThrow()
  })

  test('if a program does other work in another round', () => {
    const command = [
      process.execPath,
      '-p',
      `'${report(1, 'CHECK')}'.replace('CHECK', process.pid)`,
    ]
    expect(() => contest([{ name: 'x', command }], 2, silent)).toThrow('the same work')
  })

  test('to time what was too short for the clock', () => {
    const samples = [{ amount: 1, cpuMs: 0 }]
    expect(() => perCpuSecond({ samples, check: '' })).toThrow('tick')
  })
})

test('the median is the middle one, or between the middle two', () => {
  expect(median([5, 1, 100])).toBe(5)
  expect(median([4, 1, 100, 2])).toBe(3)
  expect(() => median([])).toThrow()
})
