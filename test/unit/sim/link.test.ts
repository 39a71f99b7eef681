import { describe, expect, test } from 'vitest'
import { exponential } from '../../../sim/distribution.ts'
import { type LinkModel, type LinkNumber, Links, localLink } from '../../../sim/link.ts'
import { SimRandom } from '../../../sim/random.ts'

const law = exponential(0, 1_000_000, 100_000_000)
/** A byte takes a millisecond, and then nothing. */
const narrow: LinkModel = {
  ...localLink,
  latency: { kind: 'constant', us: 0 },
  bytesPerSecond: 1_000,
  backlogMsMax: 50,
}

function open(links: Links, from: string, to: string, model = localLink): LinkNumber {
  return links.add(from, to, model)
}

function draws(links: Links, link: LinkNumber, count: number): readonly number[] {
  return Array.from({ length: count }, () => links.drawUs(link, law))
}

describe('links', () => {
  test('draw from streams of their own, by the names alone, however many there are', () => {
    const alone = new Links(new SimRandom('links'))
    const expected = draws(alone, open(alone, 'a', 'b'), 6)
    const many = new Links(new SimRandom('links'))
    const link = open(many, 'a', 'b')
    const first = draws(many, link, 2)
    const others = Array.from({ length: 100 }, (_, i) => open(many, `${i % 7}`, `${i}`))
    for (const other of others) draws(many, other, 3)
    expect([...first, ...draws(many, link, 4)]).toEqual(expected)
    expect(draws(many, open(many, 'b', 'a'), 6)).not.toEqual(expected)
  })

  test('go on from streams of another seed when their world is re-seeded, each by its name', () => {
    const [early, late] = [new SimRandom('world'), new SimRandom('world')]
    const [before, after] = [new Links(early), new Links(late)]
    const known = open(before, 'a', 'b')
    const first = draws(before, known, 6)
    for (const world of [early, late]) world.reseed(7)
    const second = draws(before, known, 6)
    expect(second).not.toEqual(first)
    // A link that is made only now has the stream that it would have if it had been there before.
    expect(draws(after, open(after, 'a', 'b'), 6)).toEqual(second)
    expect(draws(after, open(after, 'b', 'a'), 6)).not.toEqual(second)
  })

  test('have numbers, ends and a model each, whatever order they come in', () => {
    const links = new Links(new SimRandom('links'))
    const names = Array.from({ length: 60 }, (_, i) => [`${i % 4}`, `${i}`] as const)
    const numbers = names.map(([from, to]) => open(links, from, to))
    expect(new Set(numbers).size).toBe(60)
    expect(numbers.map((link) => links.ends(link))).toEqual(
      names.map(([from, to]) => ({ from, to })),
    )
    const changed = numbers[30] ?? 0
    links.setModel(changed, narrow)
    const narrowed = numbers.filter((link) => links.model(link) === narrow)
    expect(narrowed).toEqual([changed])
  })

  test('serialise what is put on them, each by itself, and refuse what would wait too long', () => {
    const links = new Links(new SimRandom('links'))
    const [one, other] = [open(links, 'a', 'b', narrow), open(links, 'a', 'c', narrow)]
    const sizes = [20, 20, 20, 20]
    expect(sizes.map((bytes) => links.arrivalUs(one, 0, bytes))).toEqual([
      20_000,
      40_000,
      60_000,
      undefined,
    ])
    expect(links.arrivalUs(other, 0, 20)).toBe(20_000)
    expect(links.arrivalUs(one, 60_000, 5)).toBe(65_000)
  })

  test('let what is urgent leave between the pieces of what is not, which leaves so much later', () => {
    const links = new Links(new SimRandom('links'))
    const model = { ...narrow, bytesPerSecond: 1_000_000, backlogMsMax: 60_000 }
    const link = open(links, 'a', 'b', model)
    // Eight megabytes are on their way, which takes eight seconds.
    for (let i = 0; i < 4; i += 1) links.arrivalUs(link, 0, 2_000_000)
    expect(links.urgentArrivalUs(link, 1_000_000, 300)).toBe(1_000_000 + 65_536 + 300)
    expect(links.urgentArrivalUs(link, 1_000_000, 300)).toBe(1_000_000 + 65_536 + 600)
    // One that is not urgent waits for all of it.
    expect(links.arrivalUs(link, 1_000_000, 300)).toBe(8_000_000 + 900)
  })

  test('keep what is urgent in line when nothing else is there, and refuse it if it would wait too long', () => {
    const links = new Links(new SimRandom('links'))
    const link = open(links, 'a', 'b', narrow)
    const arrivals = [20, 20, 20, 20].map((bytes) => links.urgentArrivalUs(link, 0, bytes))
    expect(arrivals).toEqual([20_000, 40_000, 60_000, undefined])
    expect(links.arrivalUs(link, 30_000, 5)).toBe(65_000)
  })

  test('keep the order of what is sent in order, and only that', () => {
    const links = new Links(new SimRandom('links'))
    const link = open(links, 'a', 'b', { ...localLink, latency: law })
    const times = Array.from({ length: 50 }, () => links.orderedArrivalUs(link, 0, 1, 0) ?? 0)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const loose = Array.from({ length: 50 }, () => links.arrivalUs(link, 0, 1) ?? 0)
    expect(loose).not.toEqual(loose.toSorted((a, b) => a - b))
  })
})
