/** How much of what was read is kept, and for how long. */
import { expect, test } from 'vitest'
import { RecentBlocks } from '../../../../src/actors/storage/recent-blocks.ts'

const record = (length: number): Uint8Array => new Uint8Array(length)
const keptOf = (recent: RecentBlocks, heights: readonly number[]): readonly number[] =>
  heights.filter((height) => recent.at(height) !== undefined)

test('blocks are kept up to a number of bytes, and the first read are the first forgotten', () => {
  const recent = new RecentBlocks(100)
  for (const height of [9, 1, 5, 2]) recent.keep(height, record(30))
  expect(keptOf(recent, [1, 2, 5, 9])).toEqual([1, 2, 5])
  recent.keep(7, record(90))
  expect(keptOf(recent, [1, 2, 5, 7, 9])).toEqual([7])
})

test('a block that is too large is not kept, and one that is kept counts once', () => {
  const recent = new RecentBlocks(100)
  recent.keep(1, record(101))
  expect(keptOf(recent, [1])).toEqual([])
  for (let i = 0; i < 5; i += 1) recent.keep(2, record(60))
  recent.keep(3, record(40))
  expect(keptOf(recent, [2, 3])).toEqual([2, 3])
})
