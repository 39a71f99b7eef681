import { expect, test } from 'vitest'
import { membersMax } from '../../../../src/protocol/committee.ts'
import {
  isCovered,
  justificationFault,
  rangesWithin,
} from '../../../../src/protocol/consensus/nullification.ts'
import { block } from '../../../support/consensus/one-machine.ts'
import { certificateOf, committeeOf, genesis, signed } from '../../../support/consensus/sample.ts'

const committee = committeeOf(4)
const one = block('1a', genesis)
const range = (signer: number, from: number, to: number) =>
  signed({ kind: 'nullify', from, to } as const, signer)

test.each([
  ['an empty gap needs nobody', [], { from: 3, to: 2 }, true],
  [
    'ranges of a quorum need not be equal',
    [range(0, 1, 9), range(1, 2, 3), range(2, 3, 3)],
    { from: 3, to: 3 },
    true,
  ],
  [
    'coverage may pass from one to another',
    [range(0, 1, 9), range(1, 1, 9), range(2, 1, 4), range(3, 5, 9)],
    { from: 1, to: 9 },
    true,
  ],
  [
    'a hole of one slot is a hole',
    [range(0, 1, 9), range(1, 1, 9), range(2, 1, 4), range(3, 6, 9)],
    { from: 1, to: 9 },
    false,
  ],
  [
    'the first slot counts',
    [0, 1, 2].map((signer) => range(signer, 2, 9)),
    { from: 1, to: 9 },
    false,
  ],
  [
    'the last slot counts',
    [0, 1, 2].map((signer) => range(signer, 1, 8)),
    { from: 1, to: 9 },
    false,
  ],
  [
    'two ranges of one signer count once',
    [range(0, 1, 1), range(1, 1, 1), range(1, 1, 2)],
    { from: 1, to: 1 },
    false,
  ],
  [
    'but together they may cover',
    [range(0, 1, 2), range(1, 1, 2), range(2, 1, 1), range(2, 2, 2)],
    { from: 1, to: 2 },
    true,
  ],
] as const)('%s', (_, ranges, gap, expected) => {
  expect(isCovered([...ranges], gap, 3)).toBe(expected)
})

test('only ranges that say something about the gap are shown, by signer', () => {
  const all = [range(3, 1, 2), range(2, 4, 5), range(1, 2, 9), range(0, 7, 7)]
  expect(rangesWithin(all, { from: 3, to: 6 }).map(({ signer }) => signer)).toEqual([1, 2])
  expect(rangesWithin(all, { from: 3, to: 2 })).toEqual([])
})

test('a block may stand on genesis in slot 1 with nothing, later with the gap given up', () => {
  const nothing = { notarisation: undefined, nullifies: [] }
  expect(justificationFault(committee, one, genesis, nothing)).toBeUndefined()
  const three = block('3a', genesis)
  expect(justificationFault(committee, three, genesis, nothing)).toEqual({
    code: 'gap-not-nullified',
    from: 1,
    to: 2,
  })
  const nullifies = [0, 1, 2].map((signer) => range(signer, 1, 2))
  expect(justificationFault(committee, three, genesis, { ...nothing, nullifies })).toBeUndefined()
})

test.each(['notarise', 'finalise'] as const)('a %s certificate proves the parent', (kind) => {
  const notarisation = certificateOf(committee, kind, one)
  const justification = { notarisation, nullifies: [] }
  expect(justificationFault(committee, block('2a', one), one, justification)).toBeUndefined()
})

test.each([
  ['none', undefined],
  ['another block’s', certificateOf(committee, 'notarise', block('1b', genesis))],
  ['another slot’s', certificateOf(committee, 'notarise', { slot: 2, hash: '1a' })],
])('a parent with %s certificate is not notarised', (_, notarisation) => {
  const justification = { notarisation, nullifies: [] }
  const fault = justificationFault(committee, block('2a', one), one, justification)
  expect(fault?.code).toBe('parent-not-notarised')
})

test('a block is later than its parent', () => {
  const justification = { notarisation: certificateOf(committee, 'notarise', one), nullifies: [] }
  const fault = justificationFault(committee, block('1b', one), one, justification)
  expect(fault).toEqual({ code: 'slot-not-after-parent', slot: 1, parentSlot: 1 })
})

test('there are no more ranges than a committee can have members', () => {
  const nullifies = Array.from({ length: membersMax + 1 }, (_, signer) => range(signer, 1, 1))
  const justification = { notarisation: undefined, nullifies }
  const fault = justificationFault(committee, block('2a', genesis), genesis, justification)
  expect(fault).toEqual({ code: 'too-many-ranges', count: 65 })
})
