/** The official vectors of BLAKE3, through the kernel: both modes, in each of the four lanes. */
import { expect, test } from 'vitest'
import { asciiBytes } from '../../src/base/bytes.ts'
import { KernelHasher, type Message } from '../support/validation/kernel-hasher.ts'
import { testParts } from '../support/validation/run-parts.ts'
import { published } from './published.ts'

interface OfficialVectors {
  readonly key: string
  readonly cases: readonly {
    readonly input_len: number
    readonly hash: string
    readonly keyed_hash: string
  }[]
}

const hasher = new KernelHasher(testParts())

function ramp(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i % 251)
}

test('all lengths of the official vectors, plain and with a key, in each lane', (context) => {
  const vectors = JSON.parse(published(context, 'blake3/test_vectors.json')) as OfficialVectors
  expect(vectors.cases).toHaveLength(35)
  const key = asciiBytes(vectors.key)
  for (const { input_len, hash, keyed_hash } of vectors.cases) {
    const bytes = ramp(input_len)
    const other = bytes.map((byte) => byte ^ 1)
    for (let lane = 0; lane < 4; lane += 1) {
      // Three of the same number of blocks keep it company, so it stays where it is put.
      const plain: Message[] = Array.from({ length: 4 }, () => ({ bytes: other, key: undefined }))
      plain[lane] = { bytes, key: undefined }
      const hashes = hasher.hashAll(plain)
      expect(hashes[lane], `${input_len} bytes in lane ${lane}`).toBe(hash.slice(0, 64))
      const keyed = hasher.hashAll(plain.map((each) => ({ ...each, key })))
      expect(keyed[lane], `${input_len} bytes in lane ${lane}`).toBe(keyed_hash.slice(0, 64))
    }
  }
})
