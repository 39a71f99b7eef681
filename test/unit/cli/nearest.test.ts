import { describe, expect, test } from 'vitest'
import { didYouMean, nearest } from '../../../src/cli/nearest.ts'

const names = ['swarm', 'storm', 'calm', 'calm-sea', 'late-joiner', 'late-joiner-under-churn', 'P1']

describe('what may have been meant', () => {
  test.each([
    ['swrm', ['swarm']],
    ['sawrm', ['swarm']],
    ['SWARM', ['swarm']],
    ['swarms', ['swarm']],
    ['sworm', ['swarm', 'storm']],
    ['late-joyner', ['late-joiner']],
    ['p1', ['P1']],
    ['clam', ['calm']],
    ['partition', []],
    ['xyz', []],
    ['', []],
  ])('by "%s" is %j', (text, expected) => {
    expect(nearest(text, names)).toEqual(expected)
  })

  test('is put as a question, or not at all', () => {
    expect(didYouMean('sworm', names)).toBe(' Did you mean swarm or storm?')
    expect(didYouMean('xyz', names)).toBe('')
  })
})
