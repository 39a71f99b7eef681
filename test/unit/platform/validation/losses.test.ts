/**
 * Workers that die, throw, fall silent or come back too late, under load: nothing is lost, nothing is answered twice,
 * and every verdict is right. Real threads throughout.
 */
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { RecordVerdict } from '../../../../src/kernel/environment.ts'
import { slotCount } from '../../../../src/platform/validation/layout.ts'
import type { ValidationPool } from '../../../../src/platform/validation/pool.ts'
import type {
  ValidationEvent,
  ValidationReport,
} from '../../../../src/platform/validation/tally.ts'
import { judgeRun } from '../../../../src/validation/reference-run.ts'
import { commandFaults, faultsLeft } from '../../../support/validation/faults.ts'
import {
  cheapChecks,
  openPool,
  readyPool,
  settle,
  validate,
} from '../../../support/validation/open-pool.ts'
import {
  cheapSample,
  drawsFrom,
  sampleRun,
  spoiled,
} from '../../../support/validation/sample-run.ts'

/** A thread takes a third of a second to start, so whoever needs nothing special takes this one. */
const shared = await readyPool({ workers: 2, batchMax: 8 })
const open: ValidationPool[] = []

afterAll(() => shared.pool.close())

afterEach(async () => {
  for (const pool of open.splice(0)) await pool.close()
})

async function ready(settings?: Parameters<typeof readyPool>[0]) {
  const opened = await readyPool(settings)
  open.push(opened.pool)
  return opened
}

/** What the shared pool has lost since. */
function since(before: ValidationReport) {
  const { workerDeaths, reruns } = shared.pool.report()
  return { deaths: workerDeaths - before.workerDeaths, reruns: reruns - before.reruns }
}

function lossesIn(events: readonly ValidationEvent[]): readonly ValidationEvent[] {
  return events.filter(({ kind }) => kind === 'validation-worker-lost')
}

const { rules, records, parsed } = sampleRun(cheapSample, 40)
const mixed = Array.from({ length: 10 }, (_, seed) => spoiled(records, drawsFrom(1_000 + seed)))
const wanted = mixed.map((each) => judgeRun(parsed, each, cheapSample.verify))
const isRight = Array.from({ length: 12 }, (_, i) => i !== 5)

/** Runs of either priority and checks in between; how often each was answered, and with what. */
class Load {
  readonly runs = mixed.map((): (readonly RecordVerdict[])[] => [])
  readonly checks = mixed.map((): (readonly boolean[])[] => [])

  constructor(pool: ValidationPool) {
    for (const [i, run] of mixed.entries()) {
      const priority = i % 4 === 0 ? 'urgent' : 'bulk'
      pool.validate({ rules, records: run }, priority, (verdicts) => this.runs[i]?.push(verdicts))
      pool.verify(cheapChecks(12, [5]), priority, (verdicts) => this.checks[i]?.push(verdicts))
    }
  }

  get isAnswered(): boolean {
    return [...this.runs, ...this.checks].every((answers) => answers.length > 0)
  }

  /** Waits for all, and then for whatever may come twice. */
  async settled(pool: ValidationPool, workers: number): Promise<void> {
    await settle(() => this.isAnswered)
    await settle(() => pool.report().workersReady === workers && pool.report().slotsUsed === 0)
    expect(this.runs).toEqual(wanted.map((verdicts) => [verdicts]))
    expect(this.checks).toEqual(mixed.map(() => [isRight]))
    expect(pool.report().waiting).toBe(0)
  }
}

describe('a worker', () => {
  test('that dies in the midst of a batch is replaced, and its batch is done by another', async () => {
    const before = shared.pool.report()
    commandFaults(shared.faults, 'exit', 1)
    await new Load(shared.pool).settled(shared.pool, 2)
    expect(since(before)).toEqual({ deaths: 1, reruns: 1 })
    expect(lossesIn(shared.events).at(-1)).toMatchObject({ reason: 'exit code 3' })
  })

  test('that throws is a worker that dies, and it is told why', async () => {
    const before = shared.pool.report()
    commandFaults(shared.faults, 'throw', 1)
    await new Load(shared.pool).settled(shared.pool, 2)
    expect(since(before)).toEqual({ deaths: 1, reruns: 1 })
    expect(lossesIn(shared.events).at(-1)).toMatchObject({ reason: 'a judge that throws' })
  })

  test('after worker may die: five in a row, while work goes on', async () => {
    const before = shared.pool.report()
    commandFaults(shared.faults, 'exit', 5)
    // The calling thread may do most of a load while both are being replaced.
    for (let loads = 0; loads < 20 && faultsLeft(shared.faults) > 0; loads += 1) {
      await new Load(shared.pool).settled(shared.pool, 2)
    }
    expect(since(before)).toEqual({ deaths: 5, reruns: 5 })
    await new Load(shared.pool).settled(shared.pool, 2)
  })

  test('that is slow but not stalled is left alone', async () => {
    const before = shared.pool.report()
    commandFaults(shared.faults, 'native', 2)
    await new Load(shared.pool).settled(shared.pool, 2)
    expect(since(before)).toEqual({ deaths: 0, reruns: 0 })
  })

  test.each(['sleep', 'loop'] as const)('that stalls (%s) is given up', async (kind) => {
    const { pool, faults, events } = await ready({ workers: 1, batchMax: 8, stallMsMax: 200 })
    commandFaults(faults, kind, 1)
    await new Load(pool).settled(pool, 1)
    // On a machine that stalls itself there may be more of them.
    expect(pool.report().workerDeaths).toBeGreaterThan(0)
    expect(pool.report().reruns).toBeGreaterThan(0)
    expect(lossesIn(events)[0]).toMatchObject({ reason: 'did not finish within 200 ms' })
  })

  test('that cannot be ended at once keeps its slot until it is, and its batch does not wait', async () => {
    const { pool, faults } = await ready({ workers: 2, batchMax: 8, stallMsMax: 20 })
    commandFaults(faults, 'native', 2)
    await new Load(pool).settled(pool, 2)
    expect(pool.report().workerDeaths).toBeGreaterThan(0)
  })
})

describe('all workers', () => {
  test('may die at once: the calling thread goes on, and they come back', async () => {
    const { pool, faults } = await ready({
      ...{ workers: 2, batchMax: 8 },
      // So slowly that the load is long done.
      replacement: { pauseMs: 400, pauseMsMax: 400, deathsMax: 9, windowMs: 60_000 },
    })
    commandFaults(faults, 'exit', 2)
    const load = new Load(pool)
    await settle(() => pool.report().workerDeaths === 2)
    await settle(() => load.isAnswered)
    expect(pool.report()).toMatchObject({ workersReady: 0, reruns: 2, slotsUsed: 0 })
    expect(pool.report().batchesAlone).toBeGreaterThan(2)
    await load.settled(pool, 2)
  })

  test('may be lost for good: that is told, and the calling thread does everything', async () => {
    const { pool, faults, events } = await ready({
      ...{ workers: 1, batchMax: 8 },
      replacement: { pauseMs: 1, pauseMsMax: 1, deathsMax: 2, windowMs: 60_000 },
    })
    commandFaults(faults, 'exit', 1_000)
    for (let loads = 0; loads < 10 && pool.report().workerDeaths < 3; loads += 1) {
      const load = new Load(pool)
      await settle(() => load.isAnswered)
      await settle(() => pool.report().workersReady === 1 || pool.report().workerDeaths === 3)
    }
    expect(lossesIn(events)).toHaveLength(3)
    expect(events.at(-1)).toEqual({ kind: 'validation-degraded', deaths: 3 })
    const { batches } = pool.report()
    await new Load(pool).settled(pool, 0)
    expect(pool.report()).toMatchObject({ batches, workersReady: 0, workerDeaths: 3 })
  })

  test('may never start: the program of a worker that does not load is one that dies', async () => {
    const { pool, events } = openPool({
      ...{ workers: 2, program: new URL('./absent-worker.ts', import.meta.url) },
      replacement: { pauseMs: 1, pauseMsMax: 1, deathsMax: 2, windowMs: 60_000 },
    })
    open.push(pool)
    const load = new Load(pool)
    await settle(() => events.some(({ kind }) => kind === 'validation-degraded'))
    await load.settled(pool, 0)
    expect(pool.report().workerDeaths).toBe(4)
  })
})

test('a batch that kills whoever touches it costs two workers, and then the calling thread does it', async () => {
  const before = shared.pool.report()
  commandFaults(shared.faults, 'throw', 2)
  const few = records.slice(0, 8)
  const verdicts = await validate(shared.pool, { rules, records: few })
  expect(verdicts).toEqual(judgeRun(parsed, few, cheapSample.verify))
  expect(since(before)).toEqual({ deaths: 2, reruns: 2 })
  expect(shared.pool.report().batches).toBe(before.batches)
})

test('a pool with a stalled worker closes all the same, and leaves no slot to it', async () => {
  const { pool, faults } = await readyPool({ workers: 2, batchMax: 8 })
  commandFaults(faults, 'loop', 1)
  const load = new Load(pool)
  await settle(() => faultsLeft(faults) === 0)
  await pool.close()
  expect(load.isAnswered).toBe(false)
  expect(pool.report().slotsUsed).toBeLessThanOrEqual(slotCount)
})
