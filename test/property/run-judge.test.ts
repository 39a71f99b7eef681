/** Whatever is done to whichever blocks of a run: the kernel and the reference say the same of each. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../../src/base/bytes.ts'
import type { RunRules } from '../../src/protocol/block/run.ts'
import { judgeRun } from '../../src/validation/reference-run.ts'
import { RunJudge } from '../../src/validation/run-judge.ts'
import { testParts } from '../support/validation/run-parts.ts'
import { testBody, testRules, testRun, verifyIdeal } from '../support/validation/runs.ts'
import { type Spoil, withBytes, withFlipped, withSurplus } from '../support/validation/spoilt.ts'

const judge = new RunJudge(testParts())

function agree(rules: RunRules, blocks: readonly Uint8Array[]): number {
  const expected = judgeRun(rules, blocks, verifyIdeal)
  const plain = (verdicts: typeof expected) =>
    verdicts.map(({ fault, hash }) => `${fault} ${toHex(hash)}`)
  expect(plain(judge.judge(rules, blocks))).toEqual(plain(expected))
  return expected.filter(({ fault }) => fault === undefined).length
}

const itemLength = fc.oneof(
  { weight: 8, arbitrary: fc.nat(220) },
  { weight: 1, arbitrary: fc.nat(1_200) },
  { weight: 1, arbitrary: fc.nat(5_000) },
)
const shape = fc.oneof(
  { weight: 8, arbitrary: fc.array(itemLength, { maxLength: 9 }) },
  { weight: 1, arbitrary: fc.array(fc.nat(130), { minLength: 30, maxLength: 140 }) },
)
const flip = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(
  ([at, bits]): Spoil =>
    (block) =>
      withFlipped(block, at % (block.length || 1), bits),
)
const flipHead = fc.tuple(fc.nat(260), fc.integer({ min: 1, max: 255 })).map(
  ([at, bits]): Spoil =>
    (block) =>
      withFlipped(block, at, bits),
)
const write = fc.tuple(fc.nat(210), fc.array(fc.nat(255), { minLength: 1, maxLength: 8 })).map(
  ([at, bytes]): Spoil =>
    (block) =>
      withBytes(block, at, bytes),
)
const cut = fc.nat().map(
  (at): Spoil =>
    (block) =>
      block.slice(0, at % (block.length + 1)),
)
const extend = fc.integer({ min: 1, max: 90 }).map(
  (count): Spoil =>
    (block) =>
      withSurplus(block, count),
)
const spoil = fc.oneof(flip, flipHead, flipHead, write, cut, extend)
const damage = fc.array(fc.record({ place: fc.nat(), spoil }), { maxLength: 4 })
/** What happens to the run as a whole. */
const disorder = fc.oneof(
  { weight: 5, arbitrary: fc.constant((run: readonly Uint8Array[]) => run) },
  fc.nat().map((place) => (run: readonly Uint8Array[]) => run.toSpliced(place % run.length, 1)),
  fc.nat().map((place) => (run: readonly Uint8Array[]) => {
    const block = run[place % run.length]
    return block === undefined ? run : run.toSpliced(place % run.length, 0, block)
  }),
  fc.constant((run: readonly Uint8Array[]) => run.toReversed()),
)

test('runs with random damage to random members', () => {
  const members = fc.integer({ min: 1, max: 7 })
  const shapes = fc.array(shape, { minLength: 1, maxLength: 8 })
  let good = 0
  let bad = 0
  const isEqual = fc.property(
    members,
    shapes,
    damage,
    disorder,
    (count, bodies, changes, change) => {
      const rules = testRules(count)
      const run = testRun(
        rules,
        bodies.map((lengths, i) => testBody(lengths, i)),
      )
      for (const { place, spoil } of changes) {
        const at = place % run.length
        run[at] = spoil(run[at] ?? new Uint8Array(0))
      }
      const blocks = change(run)
      const found = agree(rules, blocks)
      good += found
      bad += blocks.length - found
    },
  )
  fc.assert(isEqual, { seed: 1, numRuns: 400 })
  expect(good).toBeGreaterThan(300)
  expect(bad).toBeGreaterThan(300)
})

test('fields of the header that were signed as they are, however wrong', () => {
  const count = fc.oneof(fc.nat(100), fc.nat(Number.MAX_SAFE_INTEGER))
  const fields = fc.record(
    {
      author: fc.nat(6),
      height: count,
      slot: count,
      parentHash: fc.constant('00'.repeat(32)),
      bodyRoot: fc.constant('11'.repeat(32)),
      chainTag: fc.constant(new Uint8Array(8)),
    },
    { requiredKeys: [] },
  )
  const isEqual = fc.property(
    fc.integer({ min: 1, max: 5 }),
    fields,
    fields,
    (members, one, two) => {
      const rules = testRules(members)
      const bodies = Array.from({ length: 3 }, (_, i) => testBody([20, 10], i))
      agree(
        rules,
        testRun(rules, bodies, undefined, (header, place) => ({
          ...header,
          ...(place === 0 ? one : place === 1 ? two : {}),
        })),
      )
    },
  )
  fc.assert(isEqual, { seed: 1, numRuns: 400 })
})

test('bytes that are no block at all', () => {
  const rules = testRules()
  const [block = new Uint8Array(0)] = testRun(rules, [testBody([10, 10])])
  const junk = fc.uint8Array({ maxLength: 600 })
  /** A good beginning, so that the rest is looked at. */
  const half = fc
    .tuple(fc.nat(block.length), junk)
    .map(([length, rest]) => Uint8Array.from([...block.subarray(0, length), ...rest]))
  const isEqual = fc.property(fc.array(fc.oneof(junk, half), { maxLength: 6 }), (blocks) => {
    agree(rules, blocks)
  })
  fc.assert(isEqual, { seed: 1, numRuns: 400 })
})
