import { describe, expect, test } from 'vitest'
import { certifiedAt, placeAt } from '../../../../../bench/sync/model/chain.ts'
import { newPeer } from '../../../../../src/actors/sync/download/peer.ts'
import { type Range, Ranges } from '../../../../../src/actors/sync/download/ranges.ts'
import { newSegment } from '../../../../../src/actors/sync/download/segment.ts'
import { noteFailure } from '../../../../../src/actors/sync/download/work.ts'

const facts = { class: 'regular', netgroup: 'n', committedHeight: 100, availableFrom: 0 } as const

const giver = newPeer('giver', 0, facts)

/** Heights 1 to 100, and 101 to 200. */
function rangesOf(): Ranges<string, string> {
  const ranges = new Ranges<string, string>(1)
  ranges.add(newSegment(placeAt(100), certifiedAt(200), giver))
  ranges.add(newSegment(placeAt(0), certifiedAt(100), giver))
  return ranges
}

function finish(ranges: Ranges<string, string>, range: Range<string, string>, count: number): void {
  ranges.validating(range)
  ranges.ready(range, { run: `run ${range.fromHeight}`, count })
}

function span(range: Range<string, string> | undefined): readonly number[] {
  return range === undefined ? [] : [range.fromHeight, range.count]
}

describe('ranges', () => {
  test('the lowest free one is first, whatever was added or failed when', () => {
    const ranges = rangesOf()
    const first = ranges.take(30)
    const second = ranges.take(30)
    expect([span(first), span(second)]).toEqual([
      [1, 30],
      [31, 30],
    ])
    ranges.free(first)
    expect(span(ranges.lowestFree())).toEqual([1, 30])
  })

  test('no range crosses the end of a segment, and a scrap is taken along', () => {
    const ranges = rangesOf()
    ranges.take(70)
    expect(span(ranges.take(25))).toEqual([71, 30])
    expect(span(ranges.take(1_000))).toEqual([101, 100])
    expect(ranges.lowestFree()).toBeUndefined()
  })

  test('a short answer gives its prefix, and the rest is free; fresh neighbours join', () => {
    const ranges = rangesOf()
    const range = ranges.take(20)
    finish(ranges, range, 12)
    expect(ranges.head).toBe(13)
    expect(span(ranges.lowestFree())).toEqual([13, 8])
    expect(span(ranges.take(40))).toEqual([13, 40])
  })

  test('what has failed is not joined with what has not', () => {
    const ranges = rangesOf()
    const range = ranges.take(20)
    noteFailure(range.tried, newPeer('p', 0, facts), 0)
    ranges.free(range)
    const again = ranges.take(40)
    expect(span(again)).toEqual([1, 20])
    expect(again.tried.attempts).toBe(1)
  })

  test('the head is the lowest height that is not ready', () => {
    const ranges = rangesOf()
    const [a, b, c] = [ranges.take(10), ranges.take(10), ranges.take(10)]
    finish(ranges, b, 10)
    expect(ranges.head).toBe(1)
    finish(ranges, a, 10)
    expect(ranges.head).toBe(21)
    ranges.importing(a)
    ranges.committed(a)
    finish(ranges, c, 10)
    expect([ranges.head, ranges.floor, ranges.busy]).toEqual([31, 11, 2])
  })

  test('what others committed is dropped; what is above it is wanted anew, even if it was ready', () => {
    const ranges = rangesOf()
    const [a, b] = [ranges.take(10), ranges.take(10)]
    finish(ranges, a, 10)
    finish(ranges, b, 10)
    const dropped: (readonly number[])[] = []
    ranges.raise(15, (range) => dropped.push(span(range)))
    expect(dropped).toEqual([
      [1, 10],
      [11, 10],
    ])
    expect(ranges.head).toBe(15)
    expect(span(ranges.lowestFree())).toEqual([15, 6])
  })

  test('a range only goes where the drawing says', () => {
    const ranges = rangesOf()
    const range = ranges.take(10)
    expect(() => ranges.importing(range)).toThrow('a range goes from in-flight to importing')
    finish(ranges, range, 10)
    expect(() => ranges.free(range)).toThrow('a range goes from ready to free')
  })
})
