/** Of a trace written by hand: which records a slice holds, and which it does not. */
import { describe, expect, test } from 'vitest'
import type { Trace, TraceRecord } from '../../../../sim/trace/record.ts'
import { sliceOf } from '../../../../sim/trace/slice.ts'

type Given = Partial<TraceRecord> & Pick<TraceRecord, 'kind'>

/** A trace whose records are numbered, a millisecond apart. */
function traceOf(...given: readonly Given[]): Trace {
  const records = given.map((each, id) => {
    return { id, cause: undefined, atUs: id * 1_000, node: '', facts: '', ...each } as TraceRecord
  })
  const header = {
    ...{ scenario: 'by-hand', seed: 1, command: '', commit: '', nodes: ['a', 'b', 'c'] },
    ...{ outcome: 'violated', digest: '', endUs: 1_000_000, recordsInAll: records.length },
  }
  return { header, records }
}

const turn = (node: string, cause?: number): Given => {
  return { kind: 'turn', node, actor: 'x', message: 'm', cause }
}
const event = (node: string, name: string, facts: string, cause?: number): Given => {
  return { kind: 'event', node, actor: 'x', event: name, facts, cause }
}
const arrival = (node: string, facts: string, cause?: number, fault?: number): Given => {
  const what = { way: 'gossip', from: 'c', what: 'vote', bytes: 1, sentUs: 0 } as const
  return { kind: 'arrival', node, facts, cause, fault, ...what }
}
const loss = (to: string, facts: string, fault?: number): Given => {
  return {
    kind: 'loss',
    node: 'c',
    to,
    facts,
    way: 'gossip',
    what: 'vote',
    bytes: 1,
    by: 'rule',
    fault,
  }
}
const fault = (node: string, forUs?: number, name = 'slow'): Given => {
  return { kind: 'fault', node, fault: name, facts: '', forUs }
}
const violation = (detail: string, cause?: number, node = 'a'): Given => {
  return { kind: 'violation', node, property: 'p', detail, cause }
}

/** Words such as `s3` are names. */
const namesOf = (text: string): readonly string[] => text.match(/\bs\d+\b/g) ?? []

/** The slice of the last record, as ids. */
function sliced(...given: readonly Given[]) {
  const trace = traceOf(...given)
  const { line, known, faults, names, nodes } = sliceOf(trace, given.length - 1, namesOf)
  const ids = (records: readonly TraceRecord[]): readonly number[] => records.map(({ id }) => id)
  return { line: ids(line), known: ids(known), faults, names, nodes }
}

describe('the line', () => {
  test('is the causes, back to the root', () => {
    const { line, known } = sliced(
      ...[turn('a'), turn('b'), turn('a', 0), event('a', 'e', '', 2), violation('', 3)],
    )
    expect(line).toEqual([0, 2, 3, 4])
    expect(known).toEqual([])
  })

  test('ends where the trace begins', () => {
    const { header, records } = traceOf(turn('a'), turn('a', 0), turn('a', 1), violation('', 2))
    const part = { header, records: records.slice(2) }
    expect(sliceOf(part, 3, namesOf).line.map(({ id }) => id)).toEqual([2, 3])
    expect(() => sliceOf(part, 1, namesOf)).toThrow('record 1 is in the trace')
  })
})

describe('what was known', () => {
  test('is what names a thing that the violation names, at the machine where it is', () => {
    const { known, names, nodes } = sliced(
      ...[
        ...[event('a', 'e', 's1'), event('a', 'e', 's2'), arrival('a', 's1'), arrival('a', 's3')],
        ...[arrival('b', 's1'), event('b', 'other', 's1'), turn('a')],
      ],
      ...[event('a', 'e', 's1', 6), violation('it is wrong of s1', 7)],
    )
    expect(names).toEqual(['s1'])
    expect(nodes).toEqual(['a'])
    expect(known).toEqual([0, 2])
  })

  test('is also that of machines which the detail names', () => {
    const { known, nodes } = sliced(
      ...[arrival('b', 's1'), arrival('c', 's1'), violation('a and b differ on s1', undefined)],
    )
    expect(nodes).toEqual(['a', 'b'])
    expect(known).toContain(0)
    expect(known).not.toContain(1)
  })

  test('is of other machines only what does not agree', () => {
    const { known } = sliced(
      ...[
        ...[event('b', 'done', 's1 s2'), event('c', 'done', 's1 s9'), event('b', 'else', 's1 s9')],
        ...[event('a', 'done', 's1 s2'), violation('', 3)],
      ],
    )
    expect(known).toEqual([1])
  })

  test('is what was lost on its way there, with the fault that took it', () => {
    const { known, faults } = sliced(
      ...[
        ...[fault('', 50_000), fault('', 50_000), loss('a', 's1', 0), loss('b', 's1', 1)],
        ...[event('a', 'e', 's1'), violation('', 4)],
      ],
    )
    expect(known).toEqual([2])
    expect(faults).toMatchObject([
      { fault: { id: 0 }, isFelt: true },
      { fault: { id: 1 }, isFelt: false },
    ])
  })

  test('is what became of the machine meanwhile', () => {
    const { known } = sliced(
      ...[
        ...[{ kind: 'machine', node: 'a', change: 'booted' } as const, arrival('a', 's1')],
        ...[{ kind: 'machine', node: 'a', change: 'crashed' } as const],
        ...[{ kind: 'machine', node: 'b', change: 'crashed' } as const],
        ...[event('a', 'e', 's1'), violation('', 4)],
      ],
    )
    expect(known).toEqual([1, 2])
  })

  test('is what was done last, where nothing has shown a violation', () => {
    const deeds = Array.from({ length: 9 }, (_, n) => event('a', 'e', `s${n}`))
    const { known, line } = sliced(
      ...[...deeds, event('b', 'e', ''), loss('a', ''), violation('a is late', undefined, '')],
    )
    expect(known).toEqual([3, 4, 5, 6, 7, 8, 10])
    expect(line).toEqual([11])
  })
})

describe('faults', () => {
  test('are those of causes, whenever they were', () => {
    const { faults } = sliced(
      ...[
        fault('b', 1),
        fault('b', 1),
        { kind: 'machine', node: 'b', change: 'crashed', cause: 0 } as const,
      ],
      ...[turn('b', 2), violation('', 3)],
    )
    expect(faults).toMatchObject([{ fault: { id: 0 }, isFelt: true, endUs: 1 }])
  })

  test('are those that held up what came in', () => {
    const { faults } = sliced(fault('c', 1), arrival('a', 's1', undefined, 0), violation('s1', 1))
    expect(faults).toMatchObject([{ fault: { id: 0 }, isFelt: true }])
  })

  test('are those that changed a machine meanwhile', () => {
    const { faults } = sliced(
      ...[
        ...[arrival('a', 's1'), fault('', 1)],
        ...[{ kind: 'machine', node: 'a', change: 'paused', cause: 1 } as const],
        ...[{ kind: 'machine', node: 'a', change: 'resumed', cause: 2 } as const],
        ...[event('a', 'e', 's1'), violation('', 4)],
      ],
    )
    expect(faults).toMatchObject([{ fault: { id: 1 }, isFelt: true }])
  })

  test('are those that were in force there, and no others', () => {
    const { faults } = sliced(
      ...[
        ...[
          fault('a', 1_000),
          fault('a', 900_000),
          fault('b', 900_000),
          fault('', undefined, 'rule'),
        ],
        ...[fault('', undefined), fault('', 900_000), { kind: 'mend', fault: 5 } as const],
        ...[arrival('a', 's1'), fault('a'), event('a', 'e', 's1'), violation('', 9)],
      ],
    )
    expect(faults.map((each) => [each.fault.id, each.isMoment, each.isFelt])).toEqual([
      [1, false, false],
      [3, false, false],
      [8, true, false],
    ])
  })
})
