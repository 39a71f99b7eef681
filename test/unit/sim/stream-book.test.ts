import { describe, expect, test } from 'vitest'
import { uniform } from '../../../sim/distribution.ts'
import { Links, localLink } from '../../../sim/link.ts'
import { SimRandom } from '../../../sim/random.ts'
import { StreamBook } from '../../../sim/stream-book.ts'

/** By label: how many draws. */
function drawsIn(book: StreamBook): Readonly<Record<string, number>> {
  return Object.fromEntries(book.uses().map(({ label, draws }) => [label, draws]))
}

describe('a book of streams', () => {
  test('changes nothing of what is drawn', () => {
    const drawn = (root: SimRandom): readonly number[] => {
      const child = root.fork('host').fork('n0')
      const before = [child.u32(), child.below(7), root.between(3, 9)]
      root.reseed(5)
      return [...before, child.u32(), root.fork('late').u32()]
    }
    expect(drawn(SimRandom.noted('42', new StreamBook()))).toEqual(drawn(new SimRandom('42')))
  })

  test('has each stream that was drawn from, by its label, and no other', () => {
    const book = new StreamBook()
    const root = SimRandom.noted('7', book)
    const child = root.fork('a')
    root.fork('never')
    for (let i = 0; i < 3; i += 1) child.chance(1, 2)
    child.fork('b').shuffle([1, 2, 3, 4])
    expect(drawsIn(book)).toEqual({ '7/a': 3, '7/a/b': 3 })
  })

  test('adds up streams of one label', () => {
    const book = new StreamBook()
    const root = SimRandom.noted('7', book)
    root.fork('a').u32()
    root.fork('a').u32()
    expect(drawsIn(book)).toEqual({ '7/a': 2 })
  })

  test('tells streams before and after a re-seeding apart', () => {
    const book = new StreamBook()
    const root = SimRandom.noted('7', book)
    root.u32()
    root.reseed(99)
    root.u32()
    root.u32()
    expect(drawsIn(book)).toEqual({ '7': 1, '1:99/7': 2 })
  })

  test('has another checksum if anything else was drawn', () => {
    const checksumOf = (key: string, draws: number): number => {
      const book = new StreamBook()
      const stream = SimRandom.noted(key, book)
      for (let i = 0; i < draws; i += 1) stream.u32()
      return book.uses()[0]?.checksum ?? 0
    }
    expect(checksumOf('7', 5)).toBe(checksumOf('7', 5))
    expect(new Set([checksumOf('7', 4), checksumOf('7', 5), checksumOf('8', 5)]).size).toBe(3)
  })
})

describe('links in a book', () => {
  const law = uniform(1, 1_000)

  test('are counted by their counters, however many there are', () => {
    const book = new StreamBook()
    const links = new Links(SimRandom.noted('7/link', book))
    // More than there are rows at first: the array moves while streams are in use.
    const rows = Array.from({ length: 40 }, (_, i) => links.add(`n${i}`, 'f0', localLink))
    for (const [index, row] of rows.entries()) {
      for (let i = 0; i < index; i += 1) links.drawUs(row, law)
    }
    const expected = rows.slice(1).map((_, i) => [`7/link/n${i + 1}>f0`, i + 1])
    expect(drawsIn(book)).toEqual(Object.fromEntries(expected))
  })

  test('begin anew in it when the world is re-seeded', () => {
    const book = new StreamBook()
    const root = SimRandom.noted('7', book)
    const links = new Links(root.fork('link'))
    const row = links.add('n0', 'n1', localLink)
    for (let i = 0; i < 5; i += 1) links.drawUs(row, law)
    root.reseed(3)
    links.drawUs(row, law)
    expect(drawsIn(book)).toEqual({ '7/link/n0>n1': 5, '1:3/7/link/n0>n1': 1 })
  })
})
