import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Digest, hashContent } from '../../../sim/digest.ts'
import { asciiBytes } from '../../../src/base/bytes.ts'

type Event = readonly [timeUs: number, node: number, actor: number, kind: string]

function digestOf(feed: (digest: Digest) => void): string {
  const digest = new Digest()
  feed(digest)
  return digest.hex()
}

describe('the digest of a run', () => {
  test('is sixteen hexadecimal digits, and reading it changes nothing', () => {
    const digest = new Digest()
    digest.mix(5)
    expect(digest.hex()).toMatch(/^[0-9a-f]{16}$/)
    expect(digest.hex()).toBe(digest.hex())
  })

  test('tells events apart by time, node, actor, kind and order', () => {
    const base: Event = [1_000, 1, 2, 'vote']
    const variants: readonly Event[] = [
      [1_001, 1, 2, 'vote'],
      [1_000 + 2 ** 32, 1, 2, 'vote'],
      [1_000, 2, 2, 'vote'],
      [1_000, 1, 3, 'vote'],
      [1_000, 1, 2, 'block'],
    ]
    const single = variants.map((event) => digestOf((digest) => digest.mixEvent(...event)))
    const all = [digestOf((digest) => digest.mixEvent(...base)), ...single]
    expect(new Set(all).size).toBe(all.length)
    const forth = digestOf((digest) => variants.map((event) => digest.mixEvent(...event)))
    const back = digestOf((digest) =>
      variants.toReversed().map((event) => digest.mixEvent(...event)),
    )
    expect(forth).not.toBe(back)
  })

  test('a kind counts by its name, not by the order in which kinds were first met', () => {
    const first = digestOf((digest) => digest.mixEvent(1, 0, 0, 'ping'))
    const second = digestOf((digest) => digest.mixEvent(1, 0, 0, 'pong'))
    expect(first).not.toBe(second)
  })

  test('one flipped bit of content changes it', () => {
    const property = fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.nat(),
      (bytes, at) => {
        const copy = bytes.slice()
        const bit = at % (bytes.length * 8)
        copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const before = digestOf((digest) => digest.mixBytes(bytes))
        return before !== digestOf((digest) => digest.mixBytes(copy))
      },
    )
    fc.assert(property, { seed: 1, numRuns: 500 })
  })

  test('does not collide on many small inputs', () => {
    const seen = new Set<string>()
    for (let i = 0; i < 20_000; i += 1) {
      const { low, high } = hashContent(asciiBytes(`message ${i}`), 0)
      seen.add(`${low},${high}`)
    }
    expect(seen.size).toBe(20_000)
  })

  test('content is hashed the same at any offset of its buffer, and its length counts', () => {
    const buffer = Uint8Array.from({ length: 32 }, (_, i) => (i * 37) & 0xff)
    const whole = hashContent(buffer.slice(3, 20), 1)
    expect(hashContent(buffer.subarray(3, 20), 1)).toEqual(whole)
    expect(hashContent(new Uint8Array(3), 0)).not.toEqual(hashContent(new Uint8Array(4), 0))
    expect(hashContent(new Uint8Array(0), 0)).not.toEqual(hashContent(new Uint8Array(0), 1))
  })
})
