/** Checkpoints as bytes: both identities, and that no damage passes, on the disk or in a file. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openRecord, sealRecord } from '../../src/actors/storage/record.ts'
import type { Checkpoint } from '../../src/protocol/checkpoint/checkpoint.ts'
import {
  checkpointBytesMax,
  checkpointId,
  decodeCheckpoint,
  encodeCheckpoint,
  fitsCheckpoint,
} from '../../src/protocol/checkpoint/codec.ts'
import {
  checkedContent,
  decodeCheckpointFile,
  encodeCheckpointFile,
} from '../../src/protocol/checkpoint/file.ts'
import { federationOf, grow } from '../support/actors/federation.ts'
import { checkpointOn } from '../support/checkpoints.ts'

const federation = federationOf(4)
const blocks = grow(federation, 5)
const text = (maxLength: number) =>
  fc.string({ minLength: 1, maxLength, unit: 'grapheme-ascii' }).filter((each) => each !== '')
const peer = fc.record(
  {
    peer: text(128),
    class: text(16),
    addresses: fc.array(text(255), { maxLength: 4 }),
  },
  { noNullPrototype: true },
)
const sync = fc.record(
  {
    state: text(32),
    currentHeight: fc.maxSafeNat(),
    targetHeight: fc.maxSafeNat(),
    progressPpm: fc.nat(1_000_000),
  },
  { noNullPrototype: true },
)
const checkpoint: fc.Arbitrary<Checkpoint> = fc
  .tuple(
    fc.maxSafeNat(),
    fc.boolean(),
    fc.integer({ min: 1, max: 5 }),
    fc.option(sync, { nil: undefined }),
    fc.array(peer, { maxLength: 64 }),
    fc.boolean(),
  )
  .map(([createdAtMs, isVerified, count, syncPart, peers, hasPrevious]) => ({
    ...checkpointOn(
      federation,
      blocks.slice(5 - count),
      hasPrevious ? federation.chain.genesis.hash : undefined,
    ),
    ...{ createdAtMs, isVerified, sync: syncPart, peers },
  }))
const encoded = checkpoint.map(encodeCheckpoint)

/** These bytes with one bit of them changed. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const bit = at % (8 * bytes.length)
  const copy = bytes.slice()
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}

describe('a checkpoint', () => {
  test('that is written is read back, and stays within its limit', () => {
    fc.assert(
      fc.property(checkpoint, (value) => {
        const bytes = encodeCheckpoint(value)
        expect(bytes.length).toBeLessThanOrEqual(checkpointBytesMax)
        expect(decodeCheckpoint(bytes)).toEqual({ ok: true, value })
        for (const each of value.peers) expect(fitsCheckpoint(each)).toBe(true)
      }),
    )
  })

  test('that is read is written back byte by byte, however its bytes were changed', () => {
    fc.assert(
      fc.property(encoded, fc.nat(), (bytes, at) => {
        const other = flipped(bytes, at)
        const read = decodeCheckpoint(other)
        if (read.ok) expect(encodeCheckpoint(read.value)).toEqual(other)
        expect(checkpointId(other)).not.toBe(checkpointId(bytes))
      }),
    )
  })

  test('is never read out of nothing, and no bytes make the decoder throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(decodeCheckpoint(bytes).ok).toBe(false)
        expect(decodeCheckpointFile(bytes).ok).toBe(false)
      }),
    )
    fc.assert(
      fc.property(encoded, fc.nat(), fc.uint8Array({ maxLength: 64 }), (bytes, at, noise) => {
        const copy = bytes.slice()
        copy.set(noise.subarray(0, Math.max(0, copy.length - (at % copy.length))), at % copy.length)
        decodeCheckpoint(copy)
        expect(decodeCheckpoint(bytes.subarray(0, at % bytes.length)).ok).toBe(false)
      }),
    )
  })
})

describe('any flipped bit', () => {
  test('of a record is found by its checksum', () => {
    const bytes = encodeCheckpoint(checkpointOn(federation, blocks))
    const sealed = sealRecord('checkpoint/5', bytes)
    expect(openRecord('checkpoint/5', sealed)).toEqual(bytes)
    for (let bit = 0; bit < 8 * sealed.length; bit += 1) {
      expect(openRecord('checkpoint/5', flipped(sealed, bit))).toBeUndefined()
    }
  })

  test('of a file is found by its head or its id', () => {
    const content = encodeCheckpoint(checkpointOn(federation, blocks))
    const file = encodeCheckpointFile(content, 'plain', content)
    const open = (bytes: Uint8Array) => {
      const read = decodeCheckpointFile(bytes)
      return read.ok && read.value.packing === 'plain'
        ? checkedContent(read.value, read.value.packed)
        : { ok: false }
    }
    expect(open(file)).toEqual({ ok: true, value: content })
    for (let bit = 0; bit < 8 * file.length; bit += 1) {
      expect([bit, open(flipped(file, bit)).ok]).toEqual([bit, false])
    }
  })
})
