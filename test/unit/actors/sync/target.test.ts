import { beforeEach, describe, expect, test } from 'vitest'
import { Target } from '../../../../src/actors/sync/target.ts'
import type { Check } from '../../../../src/kernel/environment.ts'
import type { CertifiedHeader } from '../../../../src/protocol/wire/certified-header.ts'
import { certify, federationOf, grow } from '../../../support/actors/federation.ts'

const federation = federationOf(4)
const { chain } = federation
const blocks = grow(federation, 12)

/** The checks that were asked for and not yet answered. */
let asked: { checks: readonly Check[]; answer: (isGenuine: boolean) => void }[]
let raised: number[]
let blamed: string[]
let settled: number
let target: Target

beforeEach(() => {
  asked = []
  raised = []
  blamed = []
  settled = 0
  target = new Target({
    chain,
    verifier: {
      verify: (checks, _priority, done) => {
        asked.push({ checks, answer: (isGenuine) => done([isGenuine]) })
      },
    },
    context: { bind: (run) => run, emit: ({ kind }) => expect(kind).toBe('target-raised') },
    raised: ({ signed }) => raised.push(signed.header.height),
    settled: () => {
      settled += 1
    },
    blame: (peer) => blamed.push(peer),
  })
})

function certified(height: number, signers?: readonly number[]): CertifiedHeader {
  const block = blocks[height - 1] ?? expect.unreachable()
  return { signed: block.signed, certificate: certify(federation, 'finalise', block, signers) }
}

function answer(isGenuine: boolean): void {
  const next = asked.shift() ?? expect.unreachable()
  next.answer(isGenuine)
}

describe('the target', () => {
  test('is nothing at first', () => {
    expect([target.height, target.proven, target.isPending]).toEqual([0, undefined, false])
  })

  test('rises when a certificate turns out to be genuine, not before', () => {
    target.claim('a', certified(7), 0)
    expect([target.height, target.isPending, settled]).toEqual([0, true, 0])
    answer(true)
    expect([target.height, target.isPending, settled]).toEqual([7, false, 1])
    expect(raised).toEqual([7])
    expect(target.proven).toEqual(certified(7))
    expect(blamed).toEqual([])
  })

  test('does not rise by a forged one, whose sender is blamed', () => {
    target.claim('liar', certified(7), 0)
    answer(false)
    expect([target.height, blamed, settled]).toEqual([0, ['liar'], 1])
  })

  test('is not worth a check to those who have signed too little, or claim nothing new', () => {
    target.claim('liar', certified(7, [0, 1]), 0)
    expect(blamed).toEqual(['liar'])
    target.claim('a', undefined, 0)
    target.claim('a', certified(5), 5)
    expect(asked).toEqual([])
  })

  test('never falls', () => {
    target.claim('a', certified(9), 0)
    answer(true)
    target.claim('b', certified(8), 0)
    expect(asked).toEqual([])
    expect(target.height).toBe(9)
  })
})

test('a target that was the end of another history is forgotten, with every claim', () => {
  target.claim('a', certified(9), 0)
  answer(true)
  target.claim('b', certified(10), 0)
  target.claim('c', certified(11), 0)
  target.reset()
  expect([target.height, target.proven]).toEqual([0, undefined])
  // The one that was being checked may still raise it: it is somebody else's.
  answer(true)
  expect([target.height, asked.length]).toEqual([10, 0])
})

describe('claims', () => {
  test('are checked one at a time, in the order in which they came', () => {
    target.claim('a', certified(3), 0)
    target.claim('b', certified(9), 0)
    target.claim('c', certified(6), 0)
    expect(asked).toHaveLength(1)
    answer(false)
    expect(asked).toHaveLength(1)
    answer(true)
    // The third one was overtaken.
    expect([asked.length, target.height, settled]).toEqual([0, 9, 1])
    expect(blamed).toEqual(['a'])
  })

  test('of one peer replace each other', () => {
    target.claim('a', certified(2), 0)
    for (const height of [3, 4, 5]) target.claim('b', certified(height), 0)
    answer(true)
    answer(true)
    expect(raised).toEqual([2, 5])
  })

  test('of a peer that left are forgotten', () => {
    target.claim('a', certified(2), 0)
    target.claim('b', certified(5), 0)
    target.forget('b')
    answer(true)
    expect([asked.length, target.height]).toEqual([0, 2])
  })

  test('of a thousand liars hold up an honest one no longer than their checks take', () => {
    for (let i = 0; i < 1_000; i += 1) target.claim(`liar${i}`, certified(12), 0)
    target.claim('honest', certified(11), 0)
    for (let i = 0; i < 1_000; i += 1) answer(false)
    answer(true)
    expect(target.height).toBe(11)
    expect(blamed).toHaveLength(1_000)
  })
})
