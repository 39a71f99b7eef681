/** Order, priorities, bounds and verdicts of the pool, on real worker threads that are well. */
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { Check } from '../../../../src/kernel/environment.ts'
import { blstSigner } from '../../../../src/platform/crypto.ts'
import type { WorkerJudge } from '../../../../src/platform/validation/judge.ts'
import { slotCount, workersMax } from '../../../../src/platform/validation/layout.ts'
import { defaultWorkers, ValidationPool } from '../../../../src/platform/validation/pool.ts'
import type { ValidationReport } from '../../../../src/platform/validation/tally.ts'
import { blsSecretFrom } from '../../../../src/protocol/crypto/bls.ts'
import { judgeRun } from '../../../../src/validation/reference-run.ts'
import { holdStart } from '../../../support/validation/faults.ts'
import {
  cheapChecks,
  cheapJudge,
  type OpenPool,
  openPool,
  readyPool,
  settle,
  validate,
  verify,
} from '../../../support/validation/open-pool.ts'
import {
  cheapSample,
  drawsFrom,
  realSample,
  sampleRun,
  spoiled,
} from '../../../support/validation/sample-run.ts'

/** A thread takes a third of a second to start, so whoever needs nothing special takes this one. */
const shared = (await readyPool({ workers: 2, batchMax: 8 })).pool
const open: ValidationPool[] = []

afterAll(() => shared.close())

afterEach(async () => {
  for (const pool of open.splice(0)) await pool.close()
})

/** What the shared pool has done since. */
function batchesSince(before: ValidationReport) {
  const { batches, batchesAlone } = shared.report()
  return {
    batches: batches - before.batches,
    batchesAlone: batchesAlone - before.batchesAlone,
  }
}

async function ready(settings?: Parameters<typeof readyPool>[0]): Promise<OpenPool> {
  const opened = await readyPool(settings)
  open.push(opened.pool)
  return opened
}

function faultsOf(verdicts: readonly { readonly fault: string | undefined }[]) {
  return verdicts.map(({ fault }) => fault)
}

describe('verdicts', () => {
  test('on good and bad blocks are those of the reference, wherever the run is cut', async () => {
    const before = shared.report()
    const { records, rules, parsed } = sampleRun(cheapSample, 150)
    const runs = Array.from({ length: 12 }, (_, seed) => spoiled(records, drawsFrom(seed)))
    const answers = await Promise.all(
      runs.map((spoiltRecords) => validate(shared, { rules, records: spoiltRecords })),
    )
    const wanted = runs.map((each) => judgeRun(parsed, each, cheapSample.verify))
    expect(answers).toEqual(wanted)
    const seen = new Set(wanted.flat().map(({ fault }) => fault))
    for (const fault of ['length', 'chain', 'slot', 'author', 'root', 'link', 'height']) {
      expect([...seen]).toContain(fault)
    }
    expect(batchesSince(before).batchesAlone).toBe(0)
  })

  test('of real workers with real signatures are those of the reference', async () => {
    const pool = new ValidationPool({ workers: 1, isEager: true })
    open.push(pool)
    await settle(() => pool.report().workersReady === 1)
    const real = realSample()
    const { records, rules, parsed } = sampleRun(real, 40)
    const mixed = spoiled(records, drawsFrom(77))
    expect(await validate(pool, { rules, records: mixed })).toEqual(
      judgeRun(parsed, mixed, real.verify),
    )
    const signer = blstSigner(new Uint8Array(32).fill(1), blsSecretFrom(new Uint8Array(32)))
    const message = Uint8Array.of(1, 2, 3)
    const [publicKey, signature] = [signer.authorKey, signer.signAuthor(message)]
    const ed25519: Check = { kind: 'ed25519', publicKey, message, signature }
    const publicKeys = [signer.voteKey]
    const bls: Check = { kind: 'bls', publicKeys, message, signature: signer.signVote(message) }
    const wrong = { message: Uint8Array.of(3) }
    const checks = [bls, ed25519, { ...bls, ...wrong }, { ...ed25519, ...wrong }, bls, ed25519]
    expect(await verify(pool, checks)).toEqual([true, true, false, false, true, true])
    expect(pool.report()).toMatchObject({
      judge: expect.stringMatching(/^kernel-/),
      batchesAlone: 0,
    })
  })

  test('a block that follows another one across a cut must name that very one', async () => {
    const before = shared.report()
    const honest = sampleRun(cheapSample, 32)
    // Another chain of blocks, which agrees in heights and slots but in nothing else.
    const other = sampleRun(cheapSample, 32, () => [{ kind: 'payload', bytes: Uint8Array.of(1) }])
    for (const at of [8, 16, 24, 20]) {
      const records = [...honest.records.slice(0, at), ...other.records.slice(at)]
      const verdicts = await validate(shared, { rules: honest.rules, records })
      const wanted = records.map((_, i) => (i === at ? 'link' : undefined))
      expect(faultsOf(verdicts)).toEqual(wanted)
    }
    expect(batchesSince(before)).toEqual({ batches: 16, batchesAlone: 0 })
  })

  test('nothing links to a block that cannot be read, though its header can', async () => {
    const { rules, records } = sampleRun(cheapSample, 20)
    for (const at of [6, 7, 8]) {
      const damaged = records.map((each, i) =>
        i === at ? each.subarray(0, each.length - 1) : each,
      )
      const verdicts = await validate(shared, { rules, records: damaged })
      const wanted = records.map((_, i) =>
        i === at ? 'length' : i === at + 1 ? 'link' : undefined,
      )
      expect(faultsOf(verdicts)).toEqual(wanted)
      expect(verdicts[at]?.hash).toHaveLength(0)
    }
  })

  test('a record that is longer than any block is as long as it should not be', async () => {
    const { rules, records } = sampleRun(cheapSample, 5)
    const [first, second, third, fourth, fifth] = records
    if (!first || !second || !third || !fourth || !fifth) throw new Error('five blocks')
    const endless = new Uint8Array(3 * 1_048_576)
    endless.set(third)
    const verdicts = await validate(shared, {
      rules,
      records: [first, second, endless, fourth, fifth],
    })
    expect(faultsOf(verdicts)).toEqual([undefined, undefined, 'length', 'link', undefined])
  })

  test('blocks of a megabyte go through, few to a slot', async () => {
    const before = shared.report()
    const big = new Uint8Array(1_000_000).fill(1)
    const { rules, records } = sampleRun(cheapSample, 4, () => [{ kind: 'payload', bytes: big }])
    expect(faultsOf(await validate(shared, { rules, records }))).toEqual(
      new Array(4).fill(undefined),
    )
    expect(batchesSince(before)).toEqual({ batches: 2, batchesAlone: 0 })
  })

  test('on checks of many askers find their way back', async () => {
    const before = shared.report()
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => verify(shared, cheapChecks(5 + i, [i % 5, 4 + i]))),
    )
    for (const [i, answer] of answers.entries()) {
      const wanted = Array.from({ length: 5 + i }, (_, k) => k !== i % 5 && k !== 4 + i)
      expect(answer).toEqual(wanted)
    }
    // 980 checks, which fill 122 batches of 8 and half of another.
    expect(batchesSince(before)).toEqual({ batches: 123, batchesAlone: 0 })
    expect(shared.report().signatures - before.signatures).toBe(980)
  })

  test('on what is malformed are refusals, in their places', async () => {
    const before = shared.report()
    const odd = new Uint8Array(7)
    const [good] = cheapChecks(1)
    if (good?.kind !== 'ed25519') throw new Error('a check')
    const bls: Check = { kind: 'bls', publicKeys: [odd], message: odd, signature: odd }
    const shapes: readonly Check[] = [
      { ...good, publicKey: odd },
      { ...good, signature: odd },
      bls,
      { ...bls, publicKeys: [] },
      { ...bls, publicKeys: [new Uint8Array(48)], signature: new Uint8Array(96) },
    ]
    const checks = shapes.flatMap((shape) => [shape, good])
    const wanted = shapes.flatMap(() => [false, true])
    expect(await verify(shared, checks)).toEqual(wanted)
    const { check = 0 } = before.refusals
    expect(shared.report().refusals).toEqual({ ...before.refusals, check: check + 5 })
  })

  test('over messages that no slot holds are right all the same', async () => {
    const [good] = cheapChecks(1)
    if (good === undefined) throw new Error('a check')
    const message = new Uint8Array(2_200_000).fill(1)
    const another = message.slice().fill(2, message.length - 32)
    const checks = [...cheapChecks(5), { ...good, message }, { ...good, message: another }]
    expect(await verify(shared, checks)).toEqual([true, true, true, true, true, true, false])
  })
})

describe('order', () => {
  test('within a priority is that of the questions, whoever was done first', async () => {
    const { rules, records } = sampleRun(cheapSample, 60)
    const order: number[] = []
    const sizes = [60, 1, 0, 17, 4, 2, 33, 0]
    await Promise.all(
      sizes.flatMap((size, i) => [
        validate(shared, { rules, records: records.slice(0, size) }).then(() => order.push(2 * i)),
        verify(shared, cheapChecks(size)).then(() => order.push(2 * i + 1)),
      ]),
    )
    expect(order).toEqual(Array.from({ length: 16 }, (_, i) => i))
  })

  test('no answer comes within the call', async () => {
    let isWithin = true
    const wasWithin: boolean[] = []
    const note = (): void => {
      wasWithin.push(isWithin)
    }
    const { rules, records } = sampleRun(cheapSample, 10)
    for (const priority of ['urgent', 'bulk'] as const) {
      shared.verify([], priority, note)
      shared.verify(cheapChecks(1), priority, note)
      shared.verify(cheapChecks(9), priority, note)
      shared.validate({ rules, records: [] }, priority, note)
      shared.validate({ rules, records: records.slice(0, 1) }, priority, note)
      shared.validate({ rules, records }, priority, note)
    }
    isWithin = false
    await settle(() => wasWithin.length === 12)
    expect(wasWithin).not.toContain(true)
  })

  test('an urgent run overtakes the bulk that waits, in the slots and behind them', async () => {
    const { pool } = await ready({ workers: 1, batchMax: 64 })
    const { rules, records } = sampleRun(cheapSample, 64)
    const order: string[] = []
    const bulk = Array.from({ length: 60 }, (_, i) =>
      validate(pool, { rules, records }).then(() => order.push(`bulk ${i}`)),
    )
    // Every slot that bulk may have is taken, and most of it has none.
    await turn()
    expect(pool.report().slotsUsed).toBe(slotCount - 2)
    const urgent = [
      validate(pool, { rules, records: records.slice(0, 20) }, 'urgent'),
      verify(pool, cheapChecks(20), 'urgent'),
    ]
    await Promise.all(urgent.map((each, i) => each.then(() => order.push(`urgent ${i}`))))
    expect(order.filter((name) => name.startsWith('bulk')).length).toBeLessThan(slotCount)
    await Promise.all(bulk)
    expect(order).toHaveLength(62)
  })

  test('an answer that asks again is served', async () => {
    const before = shared.report()
    let asked = 0
    const { rules, records } = sampleRun(cheapSample, 8)
    const again = (): void => {
      asked += 1
      if (asked < 300)
        shared.validate({ rules, records }, asked % 2 === 0 ? 'bulk' : 'urgent', again)
    }
    again()
    await settle(() => asked === 300)
    expect(shared.report().blocks - before.blocks).toBe(8 * 299)
  })

  test('the event loop turns while answer follows answer', async () => {
    const { rules, records } = sampleRun(cheapSample, 8)
    let isOver = false
    const all = Promise.all(Array.from({ length: 50 }, () => validate(shared, { rules, records })))
    const end = all.then(() => {
      isOver = true
    })
    let turns = 0
    while (!isOver) {
      await turn()
      turns += 1
    }
    await end
    // Eight pieces can be done at once, and each is one run.
    expect(turns).toBeGreaterThan(5)
  })
})

describe('batches', () => {
  test('of checks are sent when they are full, or have waited for company long enough', async () => {
    const { pool } = await ready({ batchMax: 32 })
    const answers = [verify(pool, cheapChecks(20)), verify(pool, cheapChecks(20))]
    await turn()
    // 32 went at once; the 8 that are left wait.
    expect(pool.report()).toMatchObject({ batchesAlone: 0, waiting: 40 })
    await Promise.all(answers)
    expect(pool.report()).toMatchObject({ batches: 2, batchesAlone: 0, waiting: 0 })
  })

  test('that are tiny stay with the calling thread; aggregates and large blocks do not', async () => {
    const { pool } = await ready()
    const { rules, records } = sampleRun(cheapSample, 3)
    await verify(pool, cheapChecks(2), 'urgent')
    await validate(pool, { rules, records: records.slice(0, 1) }, 'urgent')
    expect(pool.report()).toMatchObject({ batches: 0, batchesAlone: 2 })
    const publicKeys = [new Uint8Array(48)]
    const message = new Uint8Array(5)
    await verify(pool, [{ kind: 'bls', publicKeys, message, signature: new Uint8Array(96) }])
    const big = sampleRun(cheapSample, 1, () => [
      { kind: 'payload', bytes: new Uint8Array(99_999) },
    ])
    await validate(pool, big)
    expect(pool.report()).toMatchObject({ batches: 2, batchesAlone: 2 })
  })

  test('of one run are shared among the workers, if there is enough of it', async () => {
    const { pool } = await ready({ workers: 2, batchMax: 512 })
    const { rules, records } = sampleRun(cheapSample, 300)
    await validate(pool, { rules, records })
    expect(pool.report().batches).toBe(2)
    await validate(pool, { rules, records: records.slice(0, 50) })
    expect(pool.report().batches).toBe(3)
  })
})

describe('bounds', () => {
  test('10,000 questions leave no slot behind', async () => {
    const { pool } = await ready({ workers: 2, batchMax: 16 })
    const item = { kind: 'payload', bytes: new Uint8Array(1) } as const
    const { rules, records } = sampleRun(cheapSample, 4, () => [item])
    const checks = cheapChecks(4)
    let answers = 0
    let right = 0
    for (let i = 0; i < 5_000; i += 1) {
      const priority = i % 3 === 0 ? 'urgent' : 'bulk'
      pool.verify(checks, priority, (verdicts) => {
        answers += 1
        if (verdicts.every((isRight) => isRight)) right += 1
      })
      pool.validate({ rules, records }, priority, (verdicts) => {
        answers += 1
        if (verdicts.every(({ fault }) => fault === undefined)) right += 1
      })
      if (i % 100 === 0) await turn()
    }
    await settle(() => answers === 10_000)
    expect(right).toBe(10_000)
    expect(pool.report()).toMatchObject({ slotsUsed: 0, waiting: 0, workerDeaths: 0, refusals: {} })
    expect(pool.report()).toMatchObject({ blocks: 20_000, signatures: 20_000 })
  })

  test('beyond a million checks, 128 MiB of blocks, or the bounds of a run is misuse', async () => {
    const { pool } = openPool()
    open.push(pool)
    const never = (): void => {}
    const [check] = cheapChecks(1)
    if (check === undefined) throw new Error('a check')
    const many = new Array<Check>(1_000_001).fill(check)
    expect(() => pool.verify(many, 'bulk', never)).toThrow('checks wait already')
    const { rules, records } = sampleRun(cheapSample, 1)
    const long = { rules, records: new Array<Uint8Array>(4_097).fill(new Uint8Array(0)) }
    expect(() => pool.validate(long, 'bulk', never)).toThrow('4097 records')
    const large = { rules, records: new Array<Uint8Array>(17).fill(new Uint8Array(1_048_576)) }
    expect(() => pool.validate(large, 'bulk', never)).toThrow('17825792 bytes')
    expect(() => pool.validate({ rules: new Uint8Array(9), records }, 'bulk', never)).toThrow(
      'rules that can be read',
    )
    const full = { rules, records: large.records.slice(0, 16) }
    for (let i = 0; i < 8; i += 1) pool.validate(full, 'bulk', never)
    expect(() => pool.validate({ rules, records }, 'bulk', never)).toThrow('bytes wait already')
    // What was refused is not counted.
    expect(pool.report().waiting).toBe(8 * 16)
  })

  test('fewer than no workers, or more than the memory is for, are misuse', () => {
    expect(() => new ValidationPool({ workers: workersMax + 1 })).toThrow('workers')
    expect(() => new ValidationPool({ workers: -1 })).toThrow('workers')
  })

  test('by default one core is left to the calling thread', () => {
    expect([1, 2, 3, 5, 64].map((cores) => defaultWorkers(cores))).toEqual([0, 1, 2, 4, 4])
  })
})

describe('beginning and end', () => {
  test('before a worker is ready the calling thread works, and then no more', async () => {
    const { pool, events, faults } = openPool({ workers: 2 })
    open.push(pool)
    holdStart(faults, true)
    const { rules, records } = sampleRun(cheapSample, 40)
    expect(faultsOf(await validate(pool, { rules, records }))).toEqual(
      new Array(40).fill(undefined),
    )
    expect(await verify(pool, cheapChecks(40, [3]))).toHaveLength(40)
    expect(events).toMatchObject([{ kind: 'validation-started', workersMax: 2 }])
    const { batchesAlone, batches } = pool.report()
    expect([batchesAlone > 0, batches]).toEqual([true, 0])
    holdStart(faults, false)
    await settle(() => pool.report().workersReady === 2)
    expect(events.map(({ kind }) => kind)).toEqual([
      'validation-started',
      'validation-worker-ready',
      'validation-worker-ready',
    ])
    await validate(pool, { rules, records })
    expect(pool.report()).toMatchObject({ batches: 1, batchesAlone })
  })

  test('workers start when there is enough for them to do, be it many blocks or large ones', async () => {
    const big = new Uint8Array(900_000)
    for (const [isEnough, size, run] of [
      [false, 100, sampleRun(cheapSample, 27)],
      [true, 100, sampleRun(cheapSample, 28)],
      [true, 0, sampleRun(cheapSample, 2, () => [{ kind: 'payload', bytes: big }])],
    ] as const) {
      const { pool, events } = openPool({ workers: 1, isEager: false })
      open.push(pool)
      await Promise.all([verify(pool, cheapChecks(size)), validate(pool, run)])
      if (isEnough) await settle(() => pool.report().workersReady === 1)
      else await validate(pool, run)
      expect(events.length).toBe(isEnough ? 2 : 1)
    }
  })

  test('without workers the calling thread does everything, in slices', async () => {
    const judge = cheapJudge()
    const slow: WorkerJudge = {
      ...judge,
      judge: (...run) => {
        // At least so long, on whatever machine.
        for (const end = performance.now() + 1; performance.now() < end; ) {}
        return judge.judge(...run)
      },
    }
    const { pool, events } = openPool({ workers: 0, judge: slow })
    open.push(pool)
    const { rules, records, parsed } = sampleRun(cheapSample, 400)
    const mixed = spoiled(records, drawsFrom(5))
    let isOver = false
    const answer = validate(pool, { rules, records: mixed })
    const end = answer.then(() => {
      isOver = true
    })
    let turns = 0
    while (!isOver) {
      await turn()
      turns += 1
    }
    await end
    expect(await answer).toEqual(judgeRun(parsed, mixed, cheapSample.verify))
    // 50 steps of 8 blocks, of which at most 4 begin within a slice of 4 ms.
    expect(turns).toBeGreaterThan(10)
    expect(events).toMatchObject([{ kind: 'validation-started', workersMax: 0 }])
    expect(pool.report()).toMatchObject({ workersWanted: 0, batches: 0, slotsUsed: 0 })
  })

  test('what is not answered when the pool closes never is, and its threads are gone', async () => {
    const { pool } = await readyPool({ workers: 2 })
    const { rules, records } = sampleRun(cheapSample, 64)
    let answers = 0
    for (let i = 0; i < 100; i += 1) {
      pool.validate({ rules, records }, 'bulk', () => {
        answers += 1
      })
      pool.verify(cheapChecks(1), 'urgent', () => {
        answers += 1
      })
    }
    await turn()
    const before = answers
    await pool.close()
    pool.verify(cheapChecks(9), 'urgent', () => {
      answers += 1
    })
    pool.validate({ rules, records }, 'urgent', () => {
      answers += 1
    })
    for (let i = 0; i < 20; i += 1) await turn()
    expect(answers).toBe(before)
    expect(pool.report().workersReady).toBe(0)
  })
})
