/** How questions are cut into pieces that fit, and put together again. */
import { describe, expect, test } from 'vitest'
import type { Check, RecordVerdict } from '../../../../src/kernel/environment.ts'
import {
  checkJob,
  cutRun,
  Gathering,
  itemsOf,
  type Piece,
  runJob,
  settleBlocks,
  settleChecks,
  taskOf,
} from '../../../../src/platform/validation/jobs.ts'
import { inputBytes, recordBytesMax } from '../../../../src/platform/validation/layout.ts'
import { writeTask } from '../../../../src/platform/validation/task.ts'
import { cheapChecks } from '../../../support/validation/open-pool.ts'

const rules = new Uint8Array(100)
const never = (): void => {}

function blocksOf(...lengths: readonly number[]): readonly Uint8Array[] {
  return lengths.map((length, i) => new Uint8Array(length).fill(i))
}

function spans(pieces: readonly Piece[]): readonly (readonly [number, number])[] {
  return pieces.flatMap((piece) =>
    piece.kind === 'run' ? [[piece.from, piece.count] as const] : [],
  )
}

describe('a run', () => {
  test.each([
    [0, []],
    [1, [[0, 1]]],
    [5, [[0, 5]]],
    [
      6,
      [
        [0, 5],
        [5, 1],
      ],
    ],
    [
      15,
      [
        [0, 5],
        [5, 5],
        [10, 5],
      ],
    ],
  ])('of %i blocks is cut into pieces of at most five', (count, wanted) => {
    const job = runJob(rules, blocksOf(...new Array<number>(count).fill(200)), never)
    expect(spans(cutRun(job, 'bulk', 5))).toEqual(wanted)
    expect(job.cuts).toEqual(wanted.slice(1).map(([from]) => from))
  })

  test('is cut where a slot is full, and every piece fits', () => {
    const lengths = [
      1_000_000,
      1_000_000,
      1_000_000,
      9_000_000,
      10,
      recordBytesMax,
      10,
      2_000_000,
      80_000,
      20_000,
    ]
    const job = runJob(rules, blocksOf(...lengths), never)
    const pieces = cutRun(job, 'bulk', 512)
    expect(spans(pieces)).toEqual([
      [0, 2],
      [2, 1],
      [3, 2],
      [5, 2],
      [7, 2],
      [9, 1],
    ])
    const input = new Uint8Array(inputBytes)
    for (const piece of pieces) expect(() => writeTask(input, taskOf(piece))).not.toThrow()
  })

  test('carries the header of the block before into each piece but the first', () => {
    const job = runJob(rules, blocksOf(300, 300, 50, 300), never)
    const heads = cutRun(job, 'bulk', 1).map((piece) => {
      const task = taskOf(piece)
      return task.kind === 'run' ? task.head : undefined
    })
    expect(heads).toEqual([
      undefined,
      new Uint8Array(128).fill(0),
      new Uint8Array(128).fill(1),
      new Uint8Array(50).fill(2),
    ])
  })

  test('is answered when the last piece is settled, in the order of its blocks', () => {
    const answers: (readonly RecordVerdict[])[] = []
    const job = runJob(rules, blocksOf(1, 2, 3), (verdicts) => answers.push(verdicts))
    cutRun(job, 'bulk', 2)
    const hash = Uint8Array.of(1)
    settleBlocks(job, 2, [{ fault: 'root', hash }])
    expect(job.left).toBe(2)
    settleBlocks(job, 0, [
      { fault: undefined, hash },
      { fault: 'length', hash },
    ])
    expect(job.left).toBe(0)
    job.finish()
    expect(answers.map((verdicts) => verdicts.map(({ fault }) => fault))).toEqual([
      [undefined, 'length', 'root'],
    ])
    expect(() => settleBlocks(job, 1, [{ fault: undefined, hash }])).toThrow('one verdict')
  })
})

describe('checks', () => {
  test('that are malformed are answered before anybody is asked', () => {
    const odd = cheapChecks(5).map((check, i): Check => {
      return i % 2 === 0 ? check : { ...check, signature: new Uint8Array(i) }
    })
    const job = checkJob(odd, never)
    expect(job.left).toBe(3)
    expect(itemsOf(job).map(({ index }) => index)).toEqual([0, 2, 4])
    settleChecks(itemsOf(job), [true, false, true])
    expect([job.left, job.verdicts]).toEqual([0, [true, false, false, false, true]])
  })

  test('of several questions are gathered until a piece is full, by number or by bytes', () => {
    const gathering = new Gathering('urgent')
    const small = itemsOf(checkJob(cheapChecks(5), never))
    expect(small.map((item) => gathering.add(item, 3)?.items.length)).toEqual([
      undefined,
      undefined,
      undefined,
      3,
      undefined,
    ])
    expect(gathering.take()).toMatchObject({ kind: 'checks', priority: 'urgent' })
    expect(gathering.take()).toBeUndefined()
    const message = new Uint8Array(900_000)
    const large = itemsOf(
      checkJob(
        cheapChecks(5).map((check) => ({ ...check, message })),
        never,
      ),
    )
    const pieces = large.map((item) => gathering.add(item, 512))
    expect(pieces.map((piece) => piece?.items.length)).toEqual([
      undefined,
      undefined,
      2,
      undefined,
      2,
    ])
    const input = new Uint8Array(inputBytes)
    for (const piece of [...pieces, gathering.take()]) {
      if (piece !== undefined) expect(() => writeTask(input, taskOf(piece))).not.toThrow()
    }
    expect(gathering.isEmpty).toBe(true)
  })
})
