import { describe, expect, test } from 'vitest'
import { Esteem } from '../../../../src/platform/libp2p/esteem.ts'

function esteemOf(banned: readonly string[] = []) {
  const favoured = new Set<string>()
  return { esteem: new Esteem((peer) => banned.includes(peer), favoured), favoured }
}

describe('what a peer is worth', () => {
  test.each([
    [0, 0],
    [-1, -1],
    [-40, -40],
    [-41, -1_000],
    [-100, -1_000],
  ])('after a conduct of %d is %d', (conduct, worth) => {
    const { esteem } = esteemOf()
    esteem.rate('a', conduct)
    expect(esteem.worthOf('a')).toBe(worth)
    expect(esteem.isTolerated('a')).toBe(worth === conduct)
    expect(esteem.worthOf('b')).toBe(0)
  })

  test('is nothing while it is banned, whatever its conduct', () => {
    const { esteem } = esteemOf(['a'])
    expect(esteem.worthOf('a')).toBe(-1_000)
  })

  test('follows the last rating, and is forgotten with the connection', () => {
    const { esteem } = esteemOf()
    esteem.rate('a', -50)
    esteem.rate('a', -3)
    expect(esteem.worthOf('a')).toBe(-3)
    esteem.rate('a', -50)
    esteem.forget('a')
    expect(esteem.worthOf('a')).toBe(0)
  })
})

test('who is favoured is in the set that gossipsub looks at, until it is not or has gone', () => {
  const { esteem, favoured } = esteemOf()
  esteem.favour('a', true)
  esteem.favour('b', true)
  expect([...favoured]).toEqual(['a', 'b'])
  esteem.favour('a', false)
  esteem.forget('b')
  expect([...favoured]).toEqual([])
})
