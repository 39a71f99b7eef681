import { describe, expect, test } from 'vitest'
import type { Decisions } from '../../../../src/cli/sim/decisions.ts'
import { partingLines, partingOf, sinceText } from '../../../../src/cli/sim/parting.ts'

/** Decisions with a checkpoint a second, of these digests, and streams of these draws between them. */
function decisionsOf(
  digests: readonly string[],
  streams: Readonly<Record<string, string | undefined>>,
): Decisions {
  return {
    everyEvents: 100,
    checkpoints: digests.map((digest, index) => ({
      events: 100 * (index + 1),
      atMs: 1_000 * (index + 1),
      digest,
    })),
    streams: Object.entries(streams).map(([label, stretches]) => ({
      ...{ label, draws: 50, checksum: '00000000' },
      ...(stretches === undefined ? {} : { stretches }),
    })),
  }
}

describe('two runs', () => {
  test('part after the last checkpoint in common, by the streams that were used otherwise until the next', () => {
    const then = decisionsOf(['a', 'b', 'c', 'd'], {
      same: '1 1 1 1',
      more: '1 1 1 1',
      late: '0*3 9',
    })
    const now = decisionsOf(['a', 'b', 'x', 'y'], {
      same: '1 1 1 9',
      more: '1 1 4 4',
      fresh: '0*2 2',
    })
    const parting = partingOf(then, now)
    expect(parting.common?.events).toBe(200)
    expect(parting.next?.events).toBe(300)
    expect(parting.streams).toEqual([
      { label: 'more', before: 3, now: 6 },
      { label: 'fresh', before: 0, now: 2 },
    ])
    expect(sinceText(parting)).toBe('since 2.0 s')
    expect(partingLines(parting)).toEqual([
      'It is the same up to 2.000000 s (200 events), and another by 3.000000 s (300 events).',
      'Random streams that were used otherwise by then, with how much was drawn:',
      '  more   3 then  6 now',
      '  fresh  0 then  2 now',
    ])
  })

  test('may differ from the start', () => {
    const parting = partingOf(decisionsOf(['a'], { s: '1' }), decisionsOf(['x'], { s: '1' }))
    expect(sinceText(parting)).toBe('from the start')
    expect(partingLines(parting)).toEqual([
      'It differs from the start; by 1.000000 s (100 events) at the latest.',
      'No random stream was used otherwise by then.',
    ])
  })

  test('may part after the last checkpoint', () => {
    const then = decisionsOf(['a', 'b'], { s: '1 1' })
    const parting = partingOf(then, decisionsOf(['a', 'b', 'c'], { s: '1 1 7' }))
    expect(parting.common?.events).toBe(200)
    expect(parting.next).toBeUndefined()
    // Until the end of the one that is over, all draws count.
    expect(parting.streams).toEqual([{ label: 's', before: 50, now: 9 }])
  })

  test('say nothing of streams that were not noted', () => {
    const then = decisionsOf(['a', 'b'], { known: '1 1', bare: undefined })
    const now = decisionsOf(['x', 'y'], { known: '1 1', bare: '2 2', other: '5 5' })
    const parting = partingOf(then, now)
    expect(parting.streams).toEqual([])
    expect(partingLines(parting).length).toBe(1)
  })

  test('with many streams name a dozen', () => {
    const labels = Array.from({ length: 20 }, (_, index) => [`s${index}`, String(index + 1)])
    const then = decisionsOf(['a'], {})
    const lines = partingLines(partingOf(then, decisionsOf(['x'], Object.fromEntries(labels))))
    expect(lines.length).toBe(2 + 12 + 1)
    expect(lines.at(-1)).toBe('  … and 8 more')
  })
})
