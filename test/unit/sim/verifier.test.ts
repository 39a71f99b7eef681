import { describe, expect, test } from 'vitest'
import { Life } from '../../../sim/life.ts'
import { Timeline } from '../../../sim/timeline.ts'
import { SimVerifier, soundVerifier, type VerifierCosts } from '../../../sim/verifier.ts'
import type { Check, RecordRun, RecordVerdict } from '../../../src/kernel/environment.ts'

const costs: VerifierCosts = {
  ...{ batchUs: 10, ed25519Us: 100, blsUs: 1_000, blsKeyUs: 5 },
  ...{ recordUs: 20, recordByteNs: 300, workers: 1 },
}
const none = new Uint8Array(0)

/** A signature is valid if its first byte is 1. */
function ed25519(valid: boolean): Check {
  const signature = Uint8Array.of(valid ? 1 : 0)
  return { kind: 'ed25519', publicKey: none, message: none, signature }
}

function open(workers = 1) {
  const timeline = new Timeline()
  const life = new Life(timeline, 1)
  const model = {
    check: (check: Check) => check.signature[0] === 1,
    // A record is refused by the rules that do not name its first byte.
    validate: ({ rules, records }: RecordRun) =>
      records.map((hash) => ({ fault: rules.includes(hash[0] ?? 0) ? undefined : 'odd', hash })),
    aggregate: (signatures: readonly Uint8Array[]) => signatures[0],
    costs: { ...costs, workers },
  }
  const state = { faults: soundVerifier }
  const verifier = new SimVerifier(model, { timeline, life, faults: () => state.faults })
  const log: string[] = []
  const verify = (name: string, checks: readonly Check[], priority: 'urgent' | 'bulk'): void => {
    verifier.verify(checks, priority, (verdicts) => {
      log.push(`${name} ${verdicts.join()}@${timeline.nowUs}`)
    })
  }
  const validate = (name: string, run: RecordRun, priority: 'urgent' | 'bulk'): void => {
    verifier.validate(run, priority, (verdicts) => {
      log.push(`${name} ${verdicts.map(({ fault }) => fault ?? 'right').join()}@${timeline.nowUs}`)
    })
  }
  return { timeline, life, verifier, verify, validate, log, state }
}

describe('a simulated verifier', () => {
  test('answers each check in order, after the time that they cost', () => {
    const { timeline, verify, log } = open()
    verify('a', [ed25519(true), ed25519(false), ed25519(true)], 'bulk')
    expect(log).toEqual([])
    timeline.runUntil(10_000)
    expect(log).toEqual(['a true,false,true@310'])
  })

  test('an aggregate costs by its keys', () => {
    const { timeline, verify, log } = open()
    const publicKeys = [none, none, none]
    verify('a', [{ kind: 'bls', publicKeys, message: none, signature: Uint8Array.of(1) }], 'bulk')
    timeline.runUntil(10_000)
    expect(log).toEqual(['a true@1025'])
  })

  test('a run costs by its records and by their bytes, and is judged as a whole', () => {
    const { timeline, validate, log } = open()
    const records = [Uint8Array.of(7, 0, 0), Uint8Array.of(8), Uint8Array.of(9, 0, 0, 0)]
    validate('a', { rules: Uint8Array.of(7, 9), records }, 'bulk')
    expect(log).toEqual([])
    timeline.runUntil(10_000)
    // 10 + 3 × 20, and 8 bytes of 0.3 µs: 2.4, which is 3 whole ones.
    expect(log).toEqual(['a right,odd,right@73'])
  })

  test('runs and checks wait in one line', () => {
    const { timeline, verify, validate, log } = open()
    const run = { rules: none, records: [] }
    validate('bulk run', run, 'bulk')
    verify('bulk check', [], 'bulk')
    validate('urgent run', run, 'urgent')
    timeline.runUntil(10_000)
    expect(log).toEqual(['bulk run @10', 'urgent run @20', 'bulk check @30'])
  })

  test('a run beyond the bounds of the seam is misuse', () => {
    const { verifier } = open()
    const many = new Array<Uint8Array>(4_097).fill(none)
    const large = new Array<Uint8Array>(17).fill(new Uint8Array(1_048_576))
    for (const records of [many, large]) {
      expect(() => verifier.validate({ rules: none, records }, 'bulk', () => {})).toThrow('bounds')
    }
  })

  test('urgent batches go before those that wait, but interrupt none', () => {
    const { timeline, verify, log } = open()
    for (const name of ['bulk 1', 'bulk 2']) verify(name, [ed25519(true)], 'bulk')
    for (const name of ['urgent 1', 'urgent 2']) verify(name, [ed25519(true)], 'urgent')
    timeline.runUntil(10_000)
    expect(log.map((line) => line.split(' true')[0])).toEqual([
      'bulk 1',
      'urgent 1',
      'urgent 2',
      'bulk 2',
    ])
  })

  test('two workers do two batches at a time', () => {
    const { timeline, verify, log } = open(2)
    for (const name of ['a', 'b', 'c']) verify(name, [ed25519(true)], 'bulk')
    timeline.runUntil(10_000)
    expect(log).toEqual(['a true@110', 'b true@110', 'c true@220'])
  })

  test('answers leave in the order of the questions, whichever worker was faster', () => {
    const { timeline, verify, log } = open(2)
    const long = new Array<Check>(9).fill(ed25519(true))
    verify('long', long, 'bulk')
    for (const name of ['a', 'b']) verify(name, [], 'bulk')
    verify('urgent', [], 'urgent')
    timeline.runUntil(10_000)
    const told = log.map((line) => line.replace(/ .*@/, '@'))
    expect(told).toEqual(['urgent@20', 'long@910', 'a@910', 'b@910'])
  })

  test('is slow, or stuck in part or as a whole, and goes on when it is well', () => {
    const { timeline, verify, verifier, log, state } = open(2)
    state.faults = { slownessPercent: 500, workersStuck: 1 }
    for (const name of ['a', 'b']) verify(name, [], 'bulk')
    timeline.runUntil(1_000)
    expect(log).toEqual(['a @50', 'b @100'])
    state.faults = { slownessPercent: 100, workersStuck: 2 }
    for (const name of ['c', 'd']) verify(name, [], 'bulk')
    timeline.runUntil(9_000)
    expect(log).toHaveLength(2)
    state.faults = soundVerifier
    verifier.look()
    timeline.runUntil(10_000)
    expect(log.slice(2)).toEqual(['c @9010', 'd @9010'])
  })

  test('may be wrong about records while it is broken, and is so about what was begun then', () => {
    const { timeline, validate, log, state } = open()
    const run = { rules: Uint8Array.of(7), records: [Uint8Array.of(7), Uint8Array.of(7)] }
    let seen = 0
    const misjudge = (verdict: RecordVerdict): RecordVerdict => {
      seen += 1
      return seen === 2 ? { ...verdict, fault: 'mistaken' } : verdict
    }
    state.faults = { ...soundVerifier, misjudge }
    validate('a', run, 'bulk')
    validate('b', run, 'bulk')
    state.faults = soundVerifier
    timeline.runUntil(10_000)
    const told = log.map((line) => line.split('@')[0])
    expect(told).toEqual(['a right,mistaken', 'b right,right'])
  })

  test('an empty batch is answered, later', () => {
    const { timeline, verify, log } = open()
    verify('a', [], 'urgent')
    expect(log).toEqual([])
    timeline.runUntil(100)
    expect(log).toEqual(['a @10'])
  })

  test('the dead get no answer, the paused get it afterwards', () => {
    for (const isDead of [true, false]) {
      const { timeline, life, verify, log } = open()
      verify('a', [ed25519(true)], 'bulk')
      life.pause()
      timeline.runUntil(5_000)
      expect(log).toEqual([])
      if (isDead) life.end()
      else life.resume()
      timeline.runUntil(6_000)
      expect(log).toEqual(isDead ? [] : ['a true@5000'])
    }
  })

  test('aggregation is the caller’s', () => {
    expect(open().verifier.aggregate([Uint8Array.of(7)])).toEqual(Uint8Array.of(7))
  })
})
