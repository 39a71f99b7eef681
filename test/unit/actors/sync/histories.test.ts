/** What peers show to be committed at or below our own last block, and when it is looked into. */
import { beforeEach, describe, expect, test } from 'vitest'
import {
  glanceAt,
  Histories,
  type HistoriesParts,
  type OwnHistory,
} from '../../../../src/actors/sync/histories.ts'
import type { Verifier } from '../../../../src/kernel/environment.ts'
import type { Hash } from '../../../../src/protocol/hash.ts'
import type { CertifiedHeader } from '../../../../src/protocol/wire/certified-header.ts'
import { certify, federationOf, grow } from '../../../support/actors/federation.ts'

const federation = federationOf(4)
const ours = grow(federation, 12)
/** The same committee, another past. */
const theirs = grow(federation, 12, 2)

function pairAt(height: number, of = ours, signers?: readonly number[]): CertifiedHeader {
  const block = of[height - 1] ?? expect.unreachable()
  return { signed: block.signed, certificate: certify(federation, 'finalise', block, signers) }
}

function hashAt(height: number): Hash {
  return ours[height - 1]?.signed.hash ?? expect.unreachable()
}

describe('at a glance', () => {
  const own: OwnHistory = {
    ...{ height: 9, trustedHeight: 3 },
    hashAt: (height) => (height === 7 ? undefined : hashAt(height)),
  }

  test.each([
    ['what is above our last block cannot be compared', pairAt(10), 'ahead'],
    ['what is our own is settled', pairAt(9), 'settled'],
    ['what people have decided is settled, whatever it is', pairAt(3, theirs), 'settled'],
    ['our own block may have to be read', pairAt(7, theirs), 'unread'],
    ['another block has to be verified', pairAt(4, theirs), 'other'],
  ] as const)('%s', (_title, claim, glance) => {
    expect(glanceAt(claim, own)).toBe(glance)
  })
})

let nowMs: number
/** Heights at which our own block was read, and answers to come. */
let read: number[]
let answers: ((hash: Hash | undefined) => void)[]
let verified: { readonly count: number; answer: (isGenuine: boolean) => void }[]
let contradicted: [number, Hash][]
let blamed: string[]
let histories: Histories

beforeEach(() => {
  nowMs = 100_000
  read = []
  answers = []
  verified = []
  contradicted = []
  blamed = []
  histories = new Histories(parts(0))
  histories.advance({ height: 10, hash: hashAt(10) })
})

function parts(trustedHeight: number): HistoriesParts {
  const verify: Verifier['verify'] = (checks, _priority, done) => {
    verified.push({
      count: checks.length,
      answer: (isGenuine) => done(checks.map(() => isGenuine)),
    })
  }
  return {
    chain: federation.chain,
    verifier: { verify, validate: () => undefined, aggregate: () => undefined },
    context: { bind: (run) => run, now: () => nowMs },
    trustedHeight,
    ownHashAt: (height, done) => {
      read.push(height)
      answers.push(done)
    },
    contradicted: (claim, hash) => contradicted.push([claim.signed.header.height, hash]),
    blame: (peer) => blamed.push(peer),
  }
}

function answerRead(hash: Hash | undefined): void {
  const answer = answers.shift() ?? expect.unreachable()
  answer(hash)
}

function answerVerified(isGenuine: boolean): void {
  const { answer } = verified.shift() ?? expect.unreachable()
  answer(isGenuine)
}

describe('a claim', () => {
  test('of our own last block costs nothing', () => {
    for (let i = 0; i < 100; i += 1) histories.claim(`p${i}`, pairAt(10))
    expect([read, verified]).toEqual([[], []])
  })

  test('of another block beside our last one is proof if its certificate is genuine', () => {
    histories.claim('witness', pairAt(10, theirs))
    expect(contradicted).toEqual([])
    answerVerified(true)
    expect(contradicted).toEqual([[10, hashAt(10)]])
    expect([read, blamed]).toEqual([[], []])
  })

  test('of another block far below is compared with what is read', () => {
    histories.claim('witness', pairAt(4, theirs))
    expect(read).toEqual([4])
    answerRead(hashAt(4))
    answerVerified(true)
    expect(contradicted).toEqual([[4, hashAt(4)]])
  })

  test('with a forged certificate is the fault of whoever made it', () => {
    histories.claim('liar', pairAt(10, theirs))
    answerVerified(false)
    expect([contradicted, blamed]).toEqual([[], ['liar']])
  })

  test('of too few signers is not worth a check', () => {
    histories.claim('liar', pairAt(10, theirs, [0, 1]))
    expect(verified.map(({ count }) => count)).toEqual([0])
    answerVerified(false)
    expect([contradicted, blamed]).toEqual([[], ['liar']])
  })

  test('says nothing where our own block cannot be read', () => {
    histories.claim('witness', pairAt(4, theirs))
    answerRead(undefined)
    expect([contradicted, verified, blamed]).toEqual([[], [], []])
  })

  test('of what we have not committed yet waits until we have', () => {
    histories.claim('witness', pairAt(12, theirs))
    expect(verified).toEqual([])
    histories.advance({ height: 11, hash: hashAt(11) })
    expect(verified).toEqual([])
    histories.advance({ height: 12, hash: hashAt(12) })
    answerVerified(true)
    expect(contradicted).toEqual([[12, hashAt(12)]])
  })

  test('of one that left is forgotten', () => {
    histories.claim('witness', pairAt(12, theirs))
    histories.forget('witness')
    histories.advance({ height: 12, hash: hashAt(12) })
    expect(verified).toEqual([])
  })

  test('up to a block that people have decided on is nothing new', () => {
    histories = new Histories(parts(8))
    histories.advance({ height: 10, hash: hashAt(10) })
    histories.claim('witness', pairAt(8, theirs))
    expect([read, verified]).toEqual([[], []])
    histories.claim('witness', pairAt(9, theirs))
    expect(read).toEqual([9])
  })
})

describe('what it costs', () => {
  test('is one look at a time, whoever claims', () => {
    for (let i = 0; i < 50; i += 1) histories.claim(`p${i}`, pairAt(4))
    expect(read).toEqual([4])
    answerRead(hashAt(4))
    // What was read is known from then on.
    expect(read).toEqual([4])
    expect(verified).toEqual([])
  })

  test('is one look in ten seconds for each peer, though it leaves and comes again', () => {
    for (let height = 1; height <= 9; height += 1) {
      histories.claim('p', pairAt(height))
      if (answers.length > 0) answerRead(hashAt(height))
      histories.forget('p')
    }
    expect(read).toEqual([1])
    nowMs += 9_999
    histories.claim('p', pairAt(5))
    expect(read).toEqual([1])
    nowMs += 1
    histories.claim('p', pairAt(6))
    expect(read).toEqual([1, 6])
  })

  test('is no other peer’s: a witness among liars is heard', () => {
    for (let i = 0; i < 20; i += 1) histories.claim(`liar${i}`, pairAt(10, theirs))
    histories.claim('witness', pairAt(10, theirs))
    for (let i = 0; i < 20; i += 1) answerVerified(false)
    answerVerified(true)
    expect(blamed).toHaveLength(20)
    expect(contradicted).toEqual([[10, hashAt(10)]])
  })
})
