import { describe, expect, test } from 'vitest'
import { type ChainSpec, chainOf } from '../../../src/protocol/chain.ts'
import { authorOf, liarsMax, quorumOf, silentMax } from '../../../src/protocol/committee.ts'
import { zeroHash } from '../../../src/protocol/hash.ts'

const member = (fill: number) => ({
  authorKey: new Uint8Array(32).fill(fill),
  voteKey: new Uint8Array(48).fill(fill),
})
const spec: ChainSpec = {
  name: 'paper',
  slots: { genesisMs: 1_000_000, slotMs: 2_000, toleranceMs: 500 },
  committee: { epoch: 0, members: [member(1), member(2), member(3)] },
  allocations: [{ address: new Uint8Array(20), balance: 5n }],
}
const { slots, committee } = spec

describe('a chain', () => {
  test('begins at height and slot 0, on nothing', () => {
    const { genesis, genesisPayload, tag } = chainOf(spec)
    expect(genesis).toMatchObject({ height: 0, slot: 0, parent: zeroHash })
    expect(genesisPayload).toMatchObject({ number: 0, timestampMs: 1_000_000 })
    expect(tag).toHaveLength(8)
  })

  test('is the same for whoever has the same settings', () => {
    expect(chainOf({ ...spec })).toEqual(chainOf(spec))
  })

  test.each<[string, ChainSpec]>([
    ['name', { ...spec, name: 'paper2' }],
    ['genesis time', { ...spec, slots: { ...slots, genesisMs: 1_000_001 } }],
    ['slot length', { ...spec, slots: { ...slots, slotMs: 2_004 } }],
    ['clock tolerance', { ...spec, slots: { ...slots, toleranceMs: 501 } }],
    ['epoch', { ...spec, committee: { ...committee, epoch: 1 } }],
    [
      'member',
      { ...spec, committee: { ...committee, members: [member(1), member(2), member(4)] } },
    ],
    [
      'order of members',
      { ...spec, committee: { ...committee, members: committee.members.toReversed() } },
    ],
    [
      'number of members',
      { ...spec, committee: { ...committee, members: [member(1), member(2)] } },
    ],
    [
      'balance at genesis',
      { ...spec, allocations: [{ address: new Uint8Array(20), balance: 6n }] },
    ],
    [
      'holder at genesis',
      { ...spec, allocations: [{ address: new Uint8Array(20).fill(1), balance: 5n }] },
    ],
  ])('is another with another %s', (_what, other) => {
    expect(chainOf(other).tag).not.toEqual(chainOf(spec).tag)
    expect(chainOf(other).genesis.hash).not.toBe(chainOf(spec).genesis.hash)
  })

  test.each<[string, ChainSpec, string]>([
    ['members', { ...spec, committee: { epoch: 0, members: [] } }, '1 to 64 members, not 0'],
    [
      'members',
      { ...spec, committee: { epoch: 0, members: Array(65).fill(member(1)) } },
      '1 to 64 members, not 65',
    ],
    ['a name', { ...spec, name: '' }, '1 to 32 printable characters'],
    ['a name', { ...spec, name: 'two words' }, '1 to 32 printable characters'],
    ['a name', { ...spec, name: 'x'.repeat(33) }, '1 to 32 printable characters'],
    ['slots', { ...spec, slots: { ...slots, slotMs: 96 } }, 'slotMs is at least 100, not 96'],
    ['slots', { ...spec, slots: { ...slots, slotMs: 2_001 } }, 'a multiple of 4, not 2001'],
    ['tolerance', { ...spec, slots: { ...slots, toleranceMs: -1 } }, 'not negative, but -1'],
    ['tolerance', { ...spec, slots: { ...slots, toleranceMs: 2_000 } }, 'to within one slot'],
  ])('is not made with senseless %s', (_what, other, message) => {
    expect(() => chainOf(other)).toThrow(message)
  })
})

describe('a committee', () => {
  const of = (size: number) => ({ epoch: 0, members: Array(size).fill(member(1)) })

  test.each([
    // members, quorum, liars, silent
    [1, 1, 0, 0],
    [2, 2, 1, 0],
    [3, 2, 0, 1],
    [4, 3, 1, 1],
    [5, 4, 2, 1],
    [6, 4, 1, 2],
    [7, 5, 2, 2],
    [10, 7, 3, 3],
    [64, 43, 21, 21],
  ])(
    'of %i has a quorum of %i, and bears %i liars and %i silent',
    (size, quorum, liars, silent) => {
      expect(quorumOf(of(size))).toBe(quorum)
      expect(liarsMax(size)).toBe(liars)
      expect(silentMax(size)).toBe(silent)
    },
  )

  test('of any size has two quorums share more members than may lie', () => {
    for (let size = 1; size <= 64; size += 1) {
      expect(2 * quorumOf(of(size)) - size).toBeGreaterThan(liarsMax(size))
    }
  })

  test('takes turns', () => {
    expect([1, 2, 3, 4].map((slot) => authorOf(of(3), slot))).toEqual([1, 2, 0, 1])
    expect(() => authorOf(of(3), 0)).toThrow('slot 0 has no author')
  })
})
