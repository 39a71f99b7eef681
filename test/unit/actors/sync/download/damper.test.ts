import { describe, expect, test } from 'vitest'
import { Damper } from '../../../../../src/actors/sync/download/damper.ts'

const peers = ['a', 'b', 'c', 'd', 'e', 'f']

describe('whether it is us', () => {
  test('more than half of those that served fail within ten seconds: it is us, for half a minute', () => {
    const damper = new Damper()
    for (const peer of peers) damper.observe(peer, false, 0)
    for (const peer of peers.slice(0, 3)) damper.observe(peer, true, 5_000)
    expect(damper.isDamped(5_000)).toBe(false)
    expect(damper.observe('d', true, 6_000)).toEqual(['a', 'b', 'c', 'd'])
    expect(damper.isDamped(6_000)).toBe(true)
    expect(damper.observe('e', true, 7_000)).toEqual([])
    expect(damper.isDamped(36_999)).toBe(true)
    expect(damper.isDamped(37_000)).toBe(false)
  })

  test('each loses an answer now and then: that is not us', () => {
    const damper = new Damper()
    for (let ms = 0; ms < 60_000; ms += 100) {
      const at = (ms / 100) % 60
      const peer = peers[at % peers.length] ?? ''
      damper.observe(peer, at % 10 === 0, ms)
      expect(damper.isDamped(ms)).toBe(false)
    }
  })

  test('what was more than ten seconds ago says nothing', () => {
    const damper = new Damper()
    for (const peer of peers.slice(0, 3)) damper.observe(peer, true, 0)
    damper.observe('d', true, 10_001)
    expect(damper.isDamped(10_001)).toBe(false)
  })
})
