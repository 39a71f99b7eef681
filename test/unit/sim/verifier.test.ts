import { describe, expect, test } from 'vitest'
import { Life } from '../../../sim/life.ts'
import { Timeline } from '../../../sim/timeline.ts'
import { simVerifier, type VerifierCosts } from '../../../sim/verifier.ts'
import type { Check } from '../../../src/kernel/environment.ts'

const costs: VerifierCosts = { batchUs: 10, ed25519Us: 100, blsUs: 1_000, blsKeyUs: 5, workers: 1 }
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
    aggregate: (signatures: readonly Uint8Array[]) => signatures[0],
    costs: { ...costs, workers },
  }
  const verifier = simVerifier(model, { timeline, life })
  const log: string[] = []
  const verify = (name: string, checks: readonly Check[], priority: 'urgent' | 'bulk'): void => {
    verifier.verify(checks, priority, (verdicts) => {
      log.push(`${name} ${verdicts.join()}@${timeline.nowUs}`)
    })
  }
  return { timeline, life, verifier, verify, log }
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
