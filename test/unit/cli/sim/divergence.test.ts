import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  describeDivergence,
  findDivergence,
  firstDifferent,
} from '../../../../src/cli/sim/divergence.ts'
import type { Note } from '../../../../src/cli/sim/watch.ts'

const noteOf = (event: number, more: Partial<Note> = {}): Note => ({
  event,
  atMs: event * 1.5,
  node: 'n1',
  what: 'actor 2 takes tick',
  digest: `${event}`,
  ...more,
})

describe('checkpoints', () => {
  test('are searched for the first that differs', () => {
    const shape = fc.record({
      same: fc.integer({ min: 0, max: 40 }),
      first: fc.integer({ min: 0, max: 20 }),
      second: fc.integer({ min: 0, max: 20 }),
    })
    const isFound = (given: { same: number; first: number; second: number }): boolean => {
      const list = (mark: string, length: number): readonly string[] =>
        Array.from({ length }, (_, index) => (index < given.same ? `${index}` : mark + index))
      const a = list('a', given.same + given.first)
      const b = list('b', given.same + given.second)
      return firstDifferent(a, b) === given.same
    }
    fc.assert(fc.property(shape, isFound), { seed: 1, numRuns: 200 })
  })
})

describe('two runs', () => {
  const common = [noteOf(1), noteOf(2)]

  test('that are the same do not part', () => {
    expect(findDivergence(common, [...common])).toBeUndefined()
    expect(findDivergence([], [])).toBeUndefined()
  })

  test.each([
    ['time', { atMs: 9 }],
    ['node', { node: 'n2' }],
    ['name', { what: 'actor 2 takes vote' }],
    ['content', { digest: 'ff' }],
    ['number', { event: 4 }],
  ])('part where the %s differs', (_name, change) => {
    const [first, second] = [noteOf(3), noteOf(3, change)]
    const divergence = findDivergence([...common, first, noteOf(4)], [...common, second])
    expect(divergence).toEqual({ common: noteOf(2), first, second })
  })

  test('part where one ends before the other', () => {
    const divergence = findDivergence(common, [...common, noteOf(3)])
    expect(divergence).toEqual({ common: noteOf(2), first: undefined, second: noteOf(3) })
  })
})

describe('in words', () => {
  test('both versions stand below what they have in common', () => {
    const divergence = {
      common: noteOf(2),
      first: noteOf(3, { what: 'vote-sent slot=7' }),
      second: noteOf(3, { what: 'vote-sent slot=8', node: 'n2' }),
    }
    expect(describeDivergence(divergence)).toEqual([
      'The first difference is in event 3, at 0.004500 s, on n1:',
      '  both    0.003000  n1  actor 2 takes tick',
      '  first   0.004500  n1  vote-sent slot=7',
      '  second  0.004500  n2  vote-sent slot=8',
    ])
  })

  test('equal names are said to have other content', () => {
    const divergence = { common: undefined, first: noteOf(3), second: noteOf(3, { digest: 'ff' }) }
    expect(describeDivergence(divergence).at(-1)).toContain('its content differs')
  })

  test('a run that ended does nothing more', () => {
    const divergence = { common: noteOf(2), first: undefined, second: noteOf(3) }
    expect(describeDivergence(divergence)).toContain('  first                 nothing more')
  })
})
