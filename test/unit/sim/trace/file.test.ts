/** A trace goes into a file and comes back; what is no trace, or half of one, is refused by name. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeTrace, encodeTrace, openTrace } from '../../../../sim/trace/file.ts'
import { recordAt, type Trace, type TraceRecord } from '../../../../sim/trace/record.ts'

const header = {
  ...{ scenario: 'swarm', seed: 7, command: 'npx alys replay swarm --seed 7', commit: 'abc' },
  ...{ nodes: ['n1', 'n2'], outcome: 'violated', digest: '0123456789abcdef', endUs: 9_000 },
  recordsInAll: 20,
}

/** One of each kind. */
const records: readonly TraceRecord[] = [
  {
    ...{ kind: 'fault', id: 4, cause: undefined, atUs: 10, node: 'n1' },
    ...{ fault: 'crash', facts: 'restartMs=3', forUs: undefined },
  },
  { kind: 'machine', id: 5, cause: 4, atUs: 10, node: 'n1', change: 'crashed' },
  {
    ...{ kind: 'fault', id: 6, cause: undefined, atUs: 11, node: '' },
    ...{ fault: 'partition', facts: '', forUs: 0 },
  },
  { kind: 'mend', id: 7, cause: 6, atUs: 11, node: '', fault: 6 },
  { kind: 'turn', id: 8, cause: 2, atUs: 500, node: 'n2', actor: 'chain/chain', message: 'vote' },
  {
    ...{ kind: 'event', id: 9, cause: 8, atUs: 500, node: 'n2', actor: 'chain/chain' },
    ...{ event: 'voted', facts: 'slot=3 hash=0a1b2c3d…' },
  },
  {
    ...{ kind: 'arrival', id: 10, cause: 8, atUs: 900, node: 'n1', way: 'gossip', from: 'n2' },
    ...{ sentUs: 500, what: 'vote', facts: 'slot=3', bytes: 120, fault: 6 },
  },
  {
    ...{ kind: 'loss', id: 11, cause: 8, atUs: 900, node: 'n2', way: 'request', to: 'n1' },
    ...{ what: 'blocks', facts: '', bytes: 12, by: 'link', fault: undefined },
  },
  { kind: 'timer', id: 12, cause: 8, atUs: 2_500, node: 'n2', setUs: 500 },
  {
    ...{ kind: 'violation', id: 13, cause: 9, atUs: 2_500, node: '' },
    ...{ property: 'no-conflict', detail: 'two blocks\nat 3' },
  },
]

const trace: Trace = { header, records }

/** The text of the file, with something of it changed. */
function changed(change: (file: Record<string, never>) => void): string {
  const file = JSON.parse(encodeTrace(trace))
  change(file)
  return JSON.stringify(file)
}

function faultOf(text: string): string {
  const decoded = decodeTrace(text)
  return decoded.ok ? 'none' : decoded.fault
}

describe('a file', () => {
  test('holds every kind of record, and gives it back', () => {
    expect(new Set(records.map(({ kind }) => kind)).size).toBe(9)
    expect(decodeTrace(encodeTrace(trace))).toEqual({ ok: true, value: trace })
  })

  test('of a run without records is one, too', () => {
    const empty = { header: { ...header, recordsInAll: 0 }, records: [] }
    expect(decodeTrace(encodeTrace(empty))).toEqual({ ok: true, value: empty })
  })

  test('gives back whatever is written', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 })
    const step = fc.record({ later: fc.nat(2 ** 40), back: fc.nat(5), node: text, fact: text })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let atUs = 0
        const drawn = steps.map(({ later, back, node, fact }, id): TraceRecord => {
          atUs += later
          const cause = back === 0 || back > id ? undefined : id - back
          return { kind: 'event', id, cause, atUs, node, actor: fact, event: fact, facts: node }
        })
        const own = { header: { ...header, recordsInAll: drawn.length }, records: drawn }
        expect(decodeTrace(encodeTrace(own))).toEqual({ ok: true, value: own })
      }),
      { numRuns: 50 },
    )
  })

  test('is small: fewer than thirty bytes for a record whose texts came before', () => {
    const many = Array.from({ length: 10_000 }, (_, id): TraceRecord => {
      const cause = id === 0 ? undefined : id - 1
      const node = `n${id % 7}`
      return { kind: 'turn', id, cause, atUs: id * 113, node, actor: 'chain', message: 'vote' }
    })
    const text = encodeTrace({ header: { ...header, recordsInAll: 10_000 }, records: many })
    expect(text.length).toBeLessThan(300_000)
  })
})

describe('what is refused', () => {
  test('is not JSON, half a file, or of another kind', () => {
    expect(faultOf('trace')).toMatch(/^it is not JSON: /)
    expect(faultOf(encodeTrace(trace).slice(0, 500))).toMatch(/^it is not JSON: /)
    expect(faultOf('[]')).toBe('format: expected "alys-trace", found nothing')
    const bundle = '{"format":"alys-bundle","version":2}'
    expect(faultOf(bundle)).toBe('format: expected "alys-trace", found "alys-bundle"')
  })

  test('is of another version, which is said to be later if it is', () => {
    const of = (version: number): string =>
      faultOf(JSON.stringify({ format: 'alys-trace', version }))
    expect(of(2)).toBe('version: expected 1, found 2, which a later release wrote')
    expect(of(0)).toBe('version: expected 1, found 0')
  })

  test.each([
    ['seed', -1, 'header.seed: expected a whole number, found -1'],
    ['digest', undefined, 'header.digest: expected a text, found nothing'],
    ['nodes', ['n1', 2], 'header.nodes: expected an array of texts, found ["n1",2]'],
    ['recordsInAll', 9, 'header.recordsInAll: 9 for a file of 10 records'],
  ])('has a header with a wrong %s', (field, value, fault) => {
    expect(faultOf(changed((file) => Object.assign(file.header ?? {}, { [field]: value })))).toBe(
      fault,
    )
  })

  test.each([
    ['kind', [5, 7], 'column later: expected 2 numbers, found 10'],
    [
      'kind',
      [5, 7, 5, 6, 0, 1, 2, 3, 4, 9],
      'column violation.property: expected 0 numbers, found 1',
    ],
    ['kind', undefined, 'column kind is missing'],
    ['kind', 7, 'columns.kind: expected an array, found 7'],
    ['turn.actor', [], 'column turn.actor: expected 1 numbers, found 0'],
    ['turn.actor', [99], 'record 8, a turn: there is no text 99'],
    ['turn.actor', [-1], 'column turn.actor, row 0: -1 is no whole number from 0 on'],
    ['turn.actor', [0.5], 'column turn.actor, row 0: 0.5 is no whole number from 0 on'],
    ['turn.actor', ['n1'], 'column turn.actor, row 0: n1 is no whole number from 0 on'],
    ['timer.setUs', [2_501], 'record 12, a timer: setUs lies before the beginning'],
    ['mend.fault', [0], 'record 7, a mend: fault is the record itself'],
    ['mend.fault', [8], 'record 7, a mend: it names record -1'],
    ['loss.by', [0], 'record 11, a loss: by is "n1": expected one of rule, link, queue, gone'],
  ])('has a wrong column %s: %j', (column, numbers, fault) => {
    expect(
      faultOf(changed((file) => Object.assign(file.columns ?? {}, { [column]: numbers }))),
    ).toBe(fault)
  })

  test('has no texts, or no columns', () => {
    expect(faultOf(changed((file) => delete file.texts))).toBe('texts: expected an array of texts')
    expect(faultOf(changed((file) => delete file.columns))).toBe(
      'columns: expected an object, found nothing',
    )
    const lacking = changed(
      (file) => delete (file.columns as unknown as Record<string, unknown>)['turn.actor'],
    )
    expect(faultOf(lacking)).toBe('column turn.actor is missing')
  })
})

describe('taken apart', () => {
  test('a file has its columns, and no records are made of them', () => {
    const parts = openTrace(encodeTrace(trace))
    expect(parts).toMatchObject({
      ok: true,
      value: { header, firstId: 4, columns: { numbers: { 'timer.setUs': [2_000] } } },
    })
  })

  test.each([
    ['kind', [5, 7, 5, 6, 0, 1, 2, 3, 4, 9], 'column violation.property: expected 0 numbers'],
    ['turn.actor', [99], 'column turn.actor, row 0: there is no 99 of '],
    ['loss.by', [99], 'column loss.by, row 0: there is no 99 of '],
    ['later', undefined, 'column later is missing'],
  ])('it is refused for a wrong column %s: %j', (column, numbers, fault) => {
    const text = changed((file) => Object.assign(file.columns ?? {}, { [column]: numbers }))
    const parts = openTrace(text)
    expect(parts.ok ? '' : parts.fault).toContain(fault)
  })
})

test('a record is found by its id in a part of a run', () => {
  expect(recordAt(trace, 4)).toBe(records[0])
  expect(recordAt(trace, 13)).toBe(records[9])
  expect(recordAt(trace, 3)).toBeUndefined()
  expect(recordAt(trace, 14)).toBeUndefined()
})
