import { describe, expect, test } from 'vitest'
import { RumourBook } from '../../../sim/rumour.ts'
import { asciiBytes } from '../../../src/base/bytes.ts'

describe('the book of rumours', () => {
  test('equal messages are one, others are not', () => {
    const book = new RumourBook()
    const rumour = book.find('news', asciiBytes('hello'))
    expect(book.find('news', asciiBytes('hello'))).toBe(rumour)
    expect(book.find('news', asciiBytes('hullo'))).not.toBe(rumour)
    expect(book.find('other', asciiBytes('hello'))).not.toBe(rumour)
  })

  test('each listener sees a message once, those who came later too', () => {
    const book = new RumourBook()
    const early = book.addListener()
    const rumour = book.find('news', asciiBytes('hello'))
    const late = Array.from({ length: 100 }, () => book.addListener())
    for (const listener of [early, ...late]) {
      expect(rumour.wasSeenBy(listener)).toBe(false)
      expect(rumour.see(listener, 0)).toBe(true)
      expect(rumour.see(listener, 0)).toBe(false)
      expect(rumour.wasSeenBy(listener)).toBe(true)
    }
    expect(new Set([early, ...late]).size).toBe(101)
  })

  test('an old copy is news to whoever has not seen it for long, and to nobody else', () => {
    const book = new RumourBook()
    const rumour = book.find('news', asciiBytes('hello'))
    const [before, early, late, never] = Array.from({ length: 4 }, () => book.addListener())
    const seen = () => [before, early, late, never].map((one = 0) => rumour.wasSeenBy(one))
    rumour.see(before ?? 0, 1_000)
    rumour.keepTimes(2_000)
    rumour.see(early ?? 0, 3_000)
    rumour.see(late ?? 0, 5_000)
    // When the first saw it is not known, but that it was before 2,000.
    rumour.forget(1_999)
    expect(seen()).toEqual([true, true, true, false])
    rumour.forget(2_000)
    expect(seen()).toEqual([false, true, true, false])
    rumour.see(before ?? 0, 6_000)
    // A further copy on its way changes nothing of what is known.
    rumour.keepTimes(7_000)
    rumour.forget(3_000)
    expect(seen()).toEqual([true, false, true, false])
  })

  test('old ones are forgotten, by number and by size, but none of the last half', () => {
    for (const [count, bytes] of [
      [20_000, 8],
      [3_000, 16_384],
    ] as const) {
      const book = new RumourBook()
      const message = (i: number): Uint8Array => {
        const data = new Uint8Array(bytes)
        new DataView(data.buffer).setUint32(0, i)
        return data
      }
      const find = (i: number) => book.find('news', message(i))
      const first = find(0)
      for (let i = 1; i < count; i += 1) find(i)
      expect(find(0)).toBe(first)
      const recent = find(count - 1)
      for (let i = count; i < 2 * count; i += 1) find(i)
      expect(find(count - 1)).toBe(recent)
      for (let i = 2 * count; i < 3 * count; i += 1) find(i)
      expect(find(0)).not.toBe(first)
    }
  })
})
