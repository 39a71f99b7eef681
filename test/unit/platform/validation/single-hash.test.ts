import { expect, test } from 'vitest'
import { openSingleHash } from '../../../../src/platform/validation/single-hash.ts'
import { hashBytes, hashDomains } from '../../../../src/protocol/hash.ts'

test('hashes of every domain and of any length are those of the chain, in one part or more', async () => {
  const hash = await openSingleHash()
  for (const domain of hashDomains) {
    for (const length of [0, 1, 63, 64, 65, 1_024, 1_025, 70_000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (7 * i) & 0xff)
      const half = length >> 1
      expect(hash(domain, bytes), `${domain}, ${length}`).toEqual(hashBytes(domain, bytes))
      const parts = [bytes.subarray(0, half), bytes.subarray(half)]
      expect(hash(domain, ...parts)).toEqual(hashBytes(domain, bytes))
    }
  }
})

test('a hash is not changed by the next one', async () => {
  const hash = await openSingleHash()
  const first = hash('node', Uint8Array.of(1))
  const copy = first.slice()
  hash('node', Uint8Array.of(2))
  expect(first).toEqual(copy)
})
