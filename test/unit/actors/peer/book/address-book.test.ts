import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SimRandom } from '../../../../../sim/random.ts'
import { AddressBook } from '../../../../../src/actors/peer/book/address-book.ts'
import {
  bucketSize,
  newBucketsPerSource,
  Placement,
  triedBucketsPerNetgroup,
} from '../../../../../src/actors/peer/book/placement.ts'
import { placeOf } from '../../../../../src/actors/peer/place.ts'

const secret = Uint8Array.from({ length: 32 }, (_, i) => i)
const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const anybody = (): boolean => true

function newBook(seed = 'book', key = secret): AddressBook {
  return new AddressBook(new Placement(key), new SimRandom(seed))
}

/** Addresses of different netgroups. */
function address(i: number): string {
  return `/ip4/${11 + (i % 80)}.${(i >> 3) & 255}.${i & 255}.1/tcp/${1 + (i >> 8)}/p2p/P${i}`
}

function choose(book: AddressBook, nowMs: number): string | undefined {
  return book.choose('either', nowMs, anybody)
}

describe('new addresses', () => {
  test('are drawn, and each is drawn in time', () => {
    const book = newBook()
    for (let i = 0; i < 20; i += 1) expect(book.add(address(i), 'ip4/1.2', 0)).toBe(true)
    expect(book.add(address(3), 'ip4/1.2', 0)).toBe(false)
    expect(book.size).toBe(book.newCount)
    const drawn = new Set(Array.from({ length: 1_000 }, () => choose(book, 0)))
    expect(drawn.size).toBe(book.size)
  })

  test('of one source reach sixteen buckets, however many they are', () => {
    const placement = new Placement(secret)
    const buckets = new Set<number>()
    const book = newBook()
    for (let i = 0; i < 10_000; i += 1) {
      book.add(address(i), 'ip4/6.6', 0)
      const { netgroup } = placeOf(address(i))
      buckets.add(Math.floor(placement.newPlace(address(i), netgroup, 'ip4/6.6') / bucketSize))
    }
    expect(buckets.size).toBeLessThanOrEqual(newBucketsPerSource)
    expect(book.size).toBeLessThanOrEqual(newBucketsPerSource * bucketSize)
    expect(book.size).toBeGreaterThan((newBucketsPerSource * bucketSize) / 2)
  })

  test('of many sources fill the table and no more', () => {
    const book = newBook()
    for (let i = 0; i < 40_000; i += 1) book.add(address(i), `ip4/${i % 200}.${i % 7}`, 0)
    expect(book.size).toBeLessThanOrEqual(8_192)
    expect(book.size).toBeGreaterThan(6_000)
  })

  test('that nobody answers at are not drawn again at once, and give their place in the end', () => {
    const book = newBook()
    book.add('sim:a', 'sim/x', 0)
    book.attempted('sim:a', 0)
    book.failed('sim:a', 0)
    expect(choose(book, 20 * second)).toBeUndefined()
    expect(choose(book, 40 * second)).toBe('sim:a')
    for (let i = 1; i < 3; i += 1) {
      book.attempted('sim:a', i * hour)
      book.failed('sim:a', i * hour)
    }
    expect(choose(book, 10 * hour)).toBeUndefined()
  })

  test('wait half a minute after a failure, twice as long each time, an hour at most', () => {
    const book = newBook()
    book.add('sim:a', 'sim/x', 0)
    book.succeeded('sim:a', 0)
    for (const pauseMs of [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600].map(
      (s) => s * second,
    )) {
      book.failed('sim:a', 0)
      expect(choose(book, 0.79 * pauseMs)).toBeUndefined()
      const draws = Array.from({ length: 400 }, () => choose(book, 1.21 * pauseMs))
      expect(draws).toContain('sim:a')
    }
  })

  test('that have not been heard of for a month are not drawn', () => {
    const book = newBook()
    book.add('sim:a', 'sim/x', 0)
    expect(choose(book, 29 * day)).toBe('sim:a')
    expect(choose(book, 31 * day)).toBeUndefined()
  })

  test('of one peer are eight at most', () => {
    const book = newBook()
    for (let i = 0; i < 20; i += 1) book.add(`/ip4/${i + 11}.1.1.1/tcp/1/p2p/A`, 'x', 0)
    expect(book.addressesOf('A')).toHaveLength(8)
  })

  test('that name nobody, or are too long, are refused', () => {
    const book = newBook()
    expect(book.add('/ip4/1.2.3.4/tcp/1', 'x', 0)).toBe(false)
    expect(book.add(`sim:${'a'.repeat(200)}`, 'x', 0)).toBe(false)
    expect(book.size).toBe(0)
  })
})

describe('tried addresses', () => {
  test('are where a peer was found', () => {
    const book = newBook()
    book.add('sim:a', 'sim/x', 0)
    book.succeeded('sim:a', 0)
    expect([book.newCount, book.triedCount]).toEqual([0, 1])
    expect(book.choose('tried', minute, anybody)).toBe('sim:a')
    expect(book.choose('new', minute, anybody)).toBeUndefined()
  })

  test('of one netgroup reach four buckets', () => {
    const placement = new Placement(secret)
    const places = Array.from({ length: 2_000 }, (_, i) =>
      placement.triedPlace(`/ip4/6.6.${i & 255}.${i >> 8}/tcp/1/p2p/P${i}`, 'ip4/6.6'),
    )
    const buckets = new Set(places.map((place) => Math.floor(place / bucketSize)))
    expect(buckets.size).toBe(triedBucketsPerNetgroup)
  })

  /** A book in which `challenger` wants the place of `holder`. */
  function contested(nowMs: number) {
    const placement = new Placement(secret)
    const of = (i: number) => `/ip4/6.6.${i & 255}.${i >> 8}/tcp/1/p2p/P${i}`
    const place = (i: number) => placement.triedPlace(of(i), 'ip4/6.6')
    const other = Array.from({ length: 5_000 }, (_, i) => i + 1).find((i) => place(i) === place(0))
    const [holder, challenger] = [of(0), of(other ?? 0)]
    const book = newBook()
    book.add(holder, 'sim/x', 0)
    book.succeeded(holder, 0)
    book.add(challenger, 'sim/y', nowMs)
    book.succeeded(challenger, nowMs)
    book.resolveChallenges(nowMs)
    return { book, holder, challenger }
  }

  test('keep their place without a test if they were there lately', () => {
    const { book } = contested(hour)
    expect(book.addressToTest(hour)).toBeUndefined()
    expect([book.newCount, book.triedCount]).toEqual([1, 1])
  })

  test('are tested before they give way, and stay if they answer', () => {
    const { book, holder } = contested(5 * hour)
    expect(book.addressToTest(5 * hour)).toBe(holder)
    book.attempted(holder, 5 * hour)
    book.succeeded(holder, 5 * hour)
    book.resolveChallenges(5 * hour + minute)
    expect(book.choose('tried', 6 * hour, anybody)).toBe(holder)
  })

  test('give way when they do not answer', () => {
    const { book, holder, challenger } = contested(5 * hour)
    book.attempted(holder, 5 * hour)
    book.failed(holder, 5 * hour)
    book.resolveChallenges(5 * hour + minute)
    expect(book.choose('tried', 6 * hour, anybody)).toBe(challenger)
    expect([book.newCount, book.triedCount]).toEqual([1, 1])
  })

  test('give way when nobody finds the time for a test in forty minutes', () => {
    const { book, challenger } = contested(5 * hour)
    book.resolveChallenges(5 * hour + 39 * minute)
    expect(book.has(challenger)).toBe(true)
    expect(book.choose('tried', 5 * hour + 39 * minute, anybody)).not.toBe(challenger)
    book.resolveChallenges(5 * hour + 41 * minute)
    expect(book.choose('tried', 6 * hour, anybody)).toBe(challenger)
  })
})

describe('what is told', () => {
  test('is less than a quarter of the book, 250 addresses at most, and none twice', () => {
    const book = newBook()
    expect(book.tellable(250, 0)).toEqual([])
    for (let i = 0; i < 100; i += 1) book.add(address(i), `ip4/1.${i}`, 0)
    const told = book.tellable(250, 0)
    expect(new Set(told).size).toBe(told.length)
    expect(told.length).toBeLessThanOrEqual(Math.ceil(0.23 * book.size))
    expect(told.length).toBeGreaterThan(0.15 * book.size)
    for (let i = 100; i < 4_000; i += 1) book.add(address(i), `ip4/1.${i % 200}`, 0)
    expect(book.tellable(1_000, 0).length).toBeLessThanOrEqual(250)
    expect(book.tellable(7, 0).length).toBeLessThanOrEqual(7)
  })

  test('is all of it if it is tiny', () => {
    const book = newBook()
    for (let i = 0; i < 7; i += 1) book.add(address(i), `ip4/1.${i}`, 0)
    const told = Array.from({ length: 100 }, () => book.tellable(250, 0).length)
    expect(Math.max(...told)).toBe(7)
    // Drawn, and so now and then without one of them.
    expect(Math.min(...told)).toBeGreaterThan(3)
    expect(book.tellable(2, 0)).toHaveLength(2)
  })

  test('is nothing that is terrible', () => {
    const book = newBook()
    for (let i = 0; i < 50; i += 1) book.add(address(i), 'x', 0)
    expect(book.tellable(250, 31 * day)).toEqual([])
  })
})

describe('a book', () => {
  type Step = readonly ['add' | 'fail' | 'succeed' | 'resolve', number, number]
  const step: fc.Arbitrary<Step> = fc.tuple(
    fc.constantFrom('add' as const, 'fail' as const, 'succeed' as const, 'resolve' as const),
    fc.nat(200),
    fc.nat(20 * hour),
  )

  function act(book: AddressBook, steps: readonly Step[]): number {
    let nowMs = 0
    for (const [what, i, laterMs] of steps) {
      nowMs += laterMs
      const where = `/ip4/6.6.6.${i}/tcp/1/p2p/P${i % 40}`
      if (what === 'add') book.add(where, `sim/${i % 3}`, nowMs)
      if (what === 'fail') book.failed(where, nowMs)
      if (what === 'succeed') book.succeeded(where, nowMs)
      if (what === 'resolve') book.resolveChallenges(nowMs)
    }
    return nowMs
  }

  test('has each address in one table, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const book = newBook()
        act(book, steps)
        const facts = book.facts()
        expect(book.newCount + book.triedCount).toBe(book.size)
        expect(facts.filter(({ isTried }) => isTried)).toHaveLength(book.triedCount)
        expect(new Set(facts.map((each) => each.address)).size).toBe(book.size)
      }),
    )
  })

  test('is the same after it was kept, and draws the same', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const [book, again] = [newBook(), newBook('again')]
        const nowMs = act(book, steps)
        for (const facts of book.facts()) again.restore(facts, nowMs)
        expect(again.facts()).toEqual(book.facts())
        const [first, second_] = [newBook('same'), newBook('same')]
        expect(act(first, steps)).toBe(act(second_, steps))
        expect(choose(first, nowMs)).toBe(choose(second_, nowMs))
      }),
    )
  })

  test('with another secret lies elsewhere', () => {
    const other = new Placement(secret.map((byte) => byte ^ 1))
    const mine = new Placement(secret)
    const moved = Array.from({ length: 100 }, (_, i) => address(i)).filter((each) => {
      const { netgroup } = placeOf(each)
      return mine.triedPlace(each, netgroup) !== other.triedPlace(each, netgroup)
    })
    expect(moved.length).toBeGreaterThan(90)
  })
})
