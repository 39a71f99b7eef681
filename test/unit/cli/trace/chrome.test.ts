/** What Perfetto is given: slices that do not overlap, arrows whose ends lie in slices, spans that end. */
import { describe, expect, test } from 'vitest'
import type { Trace, TraceRecord } from '../../../../sim/trace/record.ts'
import { type ChromeEvent, chromeEvents } from '../../../../src/cli/trace/chrome.ts'

function turn(id: number, atUs: number, actor: string, cause?: number): TraceRecord {
  return { kind: 'turn', id, cause, atUs, node: 'a', actor, message: 'm' }
}

const records: readonly TraceRecord[] = [
  {
    ...{ kind: 'fault', id: 0, cause: undefined, atUs: 5, node: 'a', fault: 'pause' },
    ...{ facts: 'x=1', forUs: 900 },
  },
  turn(1, 10, 'chain/chain', 0),
  turn(2, 10, 'chain/chain', 1),
  turn(3, 10, 'net', 2),
  {
    ...{ kind: 'arrival', id: 4, cause: 3, atUs: 70, node: 'b', way: 'gossip', from: 'a' },
    ...{ sentUs: 10, what: 'vote', facts: 'slot=1', bytes: 9, fault: undefined },
  },
  {
    ...{ kind: 'event', id: 5, cause: 4, atUs: 70, node: 'b', actor: 'net' },
    ...{ event: 'heard', facts: 'slot=1' },
  },
  {
    ...{ kind: 'loss', id: 6, cause: 3, atUs: 70, node: 'a', way: 'gossip', to: 'c', what: 'vote' },
    ...{ facts: '', bytes: 9, by: 'link', fault: undefined },
  },
  { kind: 'timer', id: 7, cause: 3, atUs: 80, node: 'a', setUs: 10 },
  { kind: 'machine', id: 8, cause: 0, atUs: 90, node: 'a', change: 'paused' },
  { kind: 'mend', id: 9, cause: 0, atUs: 95, node: '', fault: 0 },
  {
    ...{ kind: 'fault', id: 10, cause: undefined, atUs: 96, node: '', fault: 'reset' },
    ...{ facts: '', forUs: undefined },
  },
  {
    ...{ kind: 'violation', id: 11, cause: 5, atUs: 97, node: 'b', property: 'p', detail: 'd' },
  },
]

const header = {
  ...{
    scenario: 's',
    seed: 1,
    command: '',
    commit: '',
    nodes: ['a', 'b', 'c'],
    outcome: 'violated',
  },
  ...{ digest: '', endUs: 100, recordsInAll: records.length },
}

function eventsOf(trace: Trace): readonly ChromeEvent[] {
  return [...chromeEvents(trace)]
}
const events = eventsOf({ header, records })
const of = (phase: string): readonly ChromeEvent[] => events.filter(({ ph }) => ph === phase)

describe('a process', () => {
  test('is each machine, and the world', () => {
    const named = of('M').filter(({ name }) => name === 'process_name')
    expect(named.map(({ pid, args }) => [pid, args])).toEqual([
      [1, { name: 'the world' }],
      [2, { name: 'a' }],
      [3, { name: 'b' }],
      [4, { name: 'c' }],
    ])
  })

  test('has a thread for each actor, under a number that no other has', () => {
    const threads = of('M').filter(({ name }) => name === 'thread_name')
    expect(threads.map(({ pid, args }) => [pid, args])).toEqual(
      expect.arrayContaining([
        [2, { name: 'chain/chain' }],
        [2, { name: 'net' }],
        [3, { name: 'network' }],
        [3, { name: 'net' }],
      ]),
    )
    expect(new Set(threads.map(({ tid }) => tid)).size).toBe(threads.length)
  })
})

describe('slices', () => {
  test('are turns and arrivals, those of one microsecond one behind another', () => {
    const slices = of('X').map(({ name, tid, ts, dur }) => ({ name, tid, ts, dur }))
    expect(slices.map(({ name }) => name)).toEqual([
      'm',
      'm',
      'm',
      expect.stringMatching(/^vote from a/),
    ])
    const [first, second, third] = slices
    expect([first?.ts, second?.ts, third?.ts]).toEqual([10, 10.01, 10])
    expect(first?.tid).toBe(second?.tid)
    expect(first?.tid).not.toBe(third?.tid)
  })

  test('of one thread never overlap, however many turns a microsecond has', () => {
    const many = Array.from({ length: 500 }, (_, id) => turn(id, id < 98 ? 7 : 8 + id, 'x'))
    const ends = eventsOf({ header, records: many })
      .filter(({ ph }) => ph === 'X')
      .map(({ ts, dur }) => [Number(ts), Number(ts) + Number(dur)] as const)
    expect(ends).toHaveLength(many.length)
    for (const [index, [begin]] of ends.entries()) {
      expect(begin).toBeGreaterThanOrEqual((ends[index - 1]?.[1] ?? 0) - 1e-6)
    }
  })
})

test('an arrow goes from the slice of the sender to that of the arrival', () => {
  const [start, finish] = [of('s'), of('f')]
  expect(start).toHaveLength(1)
  expect(finish).toHaveLength(1)
  const sliceAt = ({ pid, tid, ts }: ChromeEvent = {}): unknown =>
    of('X').find((each) => each.pid === pid && each.tid === tid && each.ts === ts)?.name
  expect(start[0]?.id).toBe(finish[0]?.id)
  expect(sliceAt(start[0])).toBe('m')
  expect(sliceAt(finish[0])).toMatch(/^vote from a/)
})

test('a fault is a span that ends when it was mended, or at once', () => {
  const spans = [...of('b'), ...of('e')].map(({ id, name, pid, ts }) => ({ id, name, pid, ts }))
  expect(spans).toEqual([
    { id: 0, name: 'pause', pid: 2, ts: 5 },
    { id: 10, name: 'reset', pid: 1, ts: 96 },
    { id: 0, name: 'pause', pid: 2, ts: 95 },
    { id: 10, name: 'reset', pid: 1, ts: 97 },
  ])
})

test('events, losses, machines and violations are instants, with all that is known of them', () => {
  const instants = of('i').map(({ s, cat, name, ts }) => [s, cat, name, ts])
  expect(instants).toEqual([
    ['t', 'event', 'heard', 70],
    ['t', 'loss', 'vote to c lost, by the link', 70],
    ['p', 'machine', 'machine paused', 90],
    ['g', 'violation', 'p: d', 97],
  ])
  expect(of('i')[0]?.args).toEqual({
    record: 5,
    cause: 4,
    actor: 'net',
    event: 'heard',
    facts: 'slot=1',
  })
})
