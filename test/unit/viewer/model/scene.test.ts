/** A made-up run, from its records to what is drawn of it. */
import { describe, expect, test } from 'vitest'
import { encodeTrace, openTrace } from '../../../../sim/trace/file.ts'
import { stateAt } from '../../../../src/viewer/model/chain.ts'
import { befalls, faultsOf, isInForce } from '../../../../src/viewer/model/faults.ts'
import { search, shownOf, usualFilter } from '../../../../src/viewer/model/filter.ts'
import { groupNumber, groups } from '../../../../src/viewer/model/groups.ts'
import { factsAbout, kindOf, lineOf, nameOf, runOf } from '../../../../src/viewer/model/run.ts'
import { shownIn } from '../../../../src/viewer/model/scene.ts'
import { chainOf } from '../../../../src/viewer/model/slice.ts'
import { madeRun } from '../../../support/viewer/made-run.ts'
import { madeScene, viewedRun } from '../../../support/viewer/scene.ts'

const trace = madeRun({ nodes: 5, slots: 30, isViolated: true })
const scene = madeScene({ nodes: 5, slots: 30, isViolated: true })
const { run } = scene
const records = trace.records.map((_, i) => i)
const first = (isIt: (record: number) => boolean): number => records.find(isIt) ?? -1

describe('a run', () => {
  test('has every record as the file has it', () => {
    expect(run.count).toBe(trace.records.length)
    for (const [i, record] of trace.records.entries()) {
      expect(kindOf(run, i)).toBe(record.kind)
      expect(run.atUs[i]).toBe(record.atUs)
      expect(run.cause[i]).toBe(record.cause ?? -1)
      expect(run.laneNames[run.lane[i] ?? 0]).toBe(record.node)
    }
  })

  test('names what happened, and tells its facts', () => {
    const event = first((i) => nameOf(run, i) === 'block-checked')
    expect(factsAbout(run, event).map(({ name }) => name)).toEqual([
      ...['actor', 'hash', 'parent', 'slot', 'source'],
    ])
    const arrival = first((i) => kindOf(run, i) === 'arrival')
    expect(nameOf(run, arrival)).toBe('proposal')
    expect(lineOf(run, arrival)).toMatch(/^from n\d/)
    expect(factsAbout(run, arrival)).toContainEqual({ name: 'bytes', value: '310' })
    const mend = first((i) => kindOf(run, i) === 'mend')
    expect(nameOf(run, mend)).toBe('crash ends')
    expect(factsAbout(run, mend)[0]?.value).toMatch(/^#\d+$/)
    const timer = first((i) => kindOf(run, i) === 'timer')
    expect([nameOf(run, timer), factsAbout(run, timer)]).toEqual([
      'timer',
      [{ name: 'set', value: '2000000 µs before' }],
    ])
  })

  test('of which the file has a part knows no causes from before', () => {
    const part = { ...trace, records: trace.records.slice(100) }
    const cut = viewedRun(part)
    expect(cut.firstId).toBe(100)
    expect(cut.cause.every((cause, i) => cause < i)).toBe(true)
    const outside = part.records.findIndex(({ cause }) => cause !== undefined && cause < 100)
    expect(cut.cause[outside]).toBe(-1)
  })

  test('without records is said to be empty', () => {
    const parts = openTrace(encodeTrace({ header: trace.header, records: [] }))
    if (!parts.ok) throw new Error(parts.fault)
    expect(runOf(parts.value)).toEqual({ ok: false, fault: 'there is no record in it' })
  })
})

describe('nodes', () => {
  const n1 = scene.history.nodes[1]
  if (n1 === undefined) throw new Error('n1')
  const crashUs = run.atUs[first((i) => nameOf(run, i) === 'crashed')] ?? 0

  test('are up, down while they are crashed, and up in another life', () => {
    expect(stateAt(n1, crashUs - 1)).toMatchObject({ life: 'up', lives: 1, sync: 'synced' })
    expect(stateAt(n1, crashUs)).toMatchObject({ life: 'down', lives: 1 })
    expect(stateAt(n1, crashUs + 4_000_000)).toMatchObject({ life: 'up', lives: 2 })
  })

  test('have heights, a head and a slot that rise', () => {
    const { committed, head, slot } = stateAt(n1, scene.limits.toUs)
    expect(committed).toBeGreaterThan(20)
    expect(head?.height).toBe(committed)
    expect(slot).toBe(30)
  })
})

describe('faults', () => {
  const fault = { kind: 'fault', cause: undefined, atUs: 10, node: '', facts: '' } as const

  test('have a time and those that they befall', () => {
    const [crash, partition, slow, reset] = scene.faults
    expect(crash).toMatchObject({ name: 'crash', lanes: [1] })
    expect(partition).toMatchObject({ name: 'partition', lanes: [0, 1, 2, 4] })
    expect(slow).toMatchObject({ name: 'slow-links', lanes: [] })
    if (slow === undefined || partition === undefined || reset === undefined)
      throw new Error('four')
    expect([isInForce(slow, slow.fromUs), isInForce(slow, slow.toUs)]).toEqual([true, false])
    expect(slow.toUs - slow.fromUs).toBe(2_600_000)
    expect([befalls(slow, 3), befalls(partition, 3)]).toEqual([true, false])
    expect(reset.toUs).toBe(reset.fromUs)
  })

  test('that were to last longer than the run are in force at its end', () => {
    const cut = viewedRun({
      header: { ...trace.header, endUs: 5_000 },
      records: [
        { ...fault, id: 0, fault: 'lose', forUs: 9_000 },
        { ...fault, id: 1, fault: 'rule', forUs: undefined },
        { ...fault, id: 2, fault: 'rule', forUs: undefined },
        { ...fault, id: 3, kind: 'mend', atUs: 4_000, fault: 2 },
      ],
    })
    const ends = faultsOf(cut).map(({ toUs }) => toUs)
    expect(ends).toEqual([9_010, Number.POSITIVE_INFINITY, 4_000])
    expect(faultsOf(cut).map((span) => isInForce(span, 5_000))).toEqual([true, true, false])
  })
})

describe('what is shown', () => {
  const count = (mask: Uint8Array): number => mask.reduce((sum, each) => sum + each, 0)

  test('is usually all but turns and timers', () => {
    const mask = shownOf(run, usualFilter)
    const quiet = records.filter((i) => ['turn', 'timer'].includes(kindOf(run, i))).length
    expect(count(mask)).toBe(run.count - quiet)
  })

  test('is what is hidden by none of group, lane and name', () => {
    const name = run.name[first((i) => nameOf(run, i) === 'vote-sent')] ?? -1
    const filter = {
      groups: new Set([groupNumber('gossip')]),
      lanes: new Set([2]),
      names: new Set([name]),
    }
    const mask = shownOf(run, filter)
    for (const i of records) {
      const isHidden =
        kindOf(run, i) === 'arrival' || run.lane[i] === 2 || nameOf(run, i) === 'vote-sent'
      expect(mask[i]).toBe(Number(!isHidden))
    }
  })
})

describe('counts', () => {
  test('are of the records of each group', () => {
    const counts = groups.map((_, n) => records.filter((i) => run.group[i] === n).length)
    expect([...scene.groupCounts]).toEqual(counts)
  })

  test('are of the records that are shown', () => {
    const { mask, count } = shownIn(scene, usualFilter)
    expect(count).toBe(records.filter((i) => mask[i] === 1).length)
  })
})

describe('a search', () => {
  const names = (query: string) => new Set([...search(run, query)].map((i) => nameOf(run, i)))

  test('finds words in names, facts and nodes, and every word has to be there', () => {
    expect(names('block-proposed')).toEqual(new Set(['block-proposed']))
    expect(names('SLOT=7')).toContain('head-changed')
    expect([...search(run, 'n1 vote-sent')].every((i) => run.lane[i] === 1)).toBe(true)
    expect(search(run, 'vote-sent nonsense')).toHaveLength(0)
  })

  test('finds only in a field that is named', () => {
    expect(names('kind:machine')).toEqual(new Set(['booted', 'crashed']))
    expect(names('name:crash')).toEqual(new Set(['crash', 'crashed']))
    const onN2 = search(run, 'node:n2 kind:gossip')
    expect(onN2.length).toBeGreaterThan(10)
    expect([...onN2].every((i) => run.lane[i] === 2)).toBe(true)
    expect(names('"two blocks"')).toEqual(new Set(['no-conflict']))
  })

  test('for nothing finds nothing', () => {
    expect(search(run, '')).toHaveLength(0)
    expect(search(run, '  ""')).toHaveLength(0)
  })
})

test('messages go from lane to lane, and those that were lost are apart', () => {
  const { arrivals, losses } = scene
  const came = trace.records.filter(({ kind }) => kind === 'arrival')
  expect(arrivals.count).toBe(came.length)
  expect(losses.count).toBe(trace.records.filter(({ kind }) => kind === 'loss').length)
  for (let i = 0; i < arrivals.count; i += 1) {
    expect(arrivals.sentUs[i]).toBeLessThan(arrivals.arrivedUs[i] ?? 0)
    expect(arrivals.from[i]).not.toBe(arrivals.to[i])
  }
})

test('the violation leads back over messages of other nodes', () => {
  const [violation = -1] = scene.violations
  const chain = chainOf(run, violation)
  expect(chain.length).toBeGreaterThan(8)
  expect(new Set(chain.map((i) => run.lane[i])).size).toBeGreaterThan(2)
  expect(chain.some((i) => kindOf(run, i) === 'arrival')).toBe(true)
})
