import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type {
  ChainMessage,
  ChainStatus,
  ImportFault,
} from '../../../../src/actors/chain/messages.ts'
import type { EngineMessage } from '../../../../src/actors/engine/messages.ts'
import { ok, type Result } from '../../../../src/base/result.ts'
import type { ValidatedRun } from '../../../../src/proof/validated-run.ts'
import { certify, federationOf, grow } from '../../../support/actors/federation.ts'
import { Prover } from '../../../support/actors/prover.ts'
import { gossip, openScene, proposalOf, runToSlot, type Scene, statusOf } from './scene.ts'

type Outcome = Result<ChainStatus, ImportFault>

const federation = federationOf(4)
const prover = new Prover(federation, grow(federation, 40))
const segment = prover.segment(0, 16)
const second = prover.segment(16, 32)

let scene: Scene

beforeEach(() => {
  scene = openScene(federation)
  runToSlot(scene, 45)
})

/** Hands a run over; what comes of it is in the list, when it comes. */
function give(run: ValidatedRun): readonly Outcome[] {
  const outcomes: Outcome[] = []
  const reply = (outcome: Outcome): void => {
    outcomes.push(outcome)
  }
  scene.stage.send(scene.chain, { kind: 'import-run', run, reply })
  return outcomes
}

/** Hands runs over one behind the other, and lets time pass. */
function giveAll(...runs: readonly ValidatedRun[]): readonly (Outcome | undefined)[] {
  const given = runs.map(give)
  scene.stage.run(1_000)
  return given.map(([outcome]) => outcome)
}

function codesOf(outcomes: readonly (Outcome | undefined)[]): readonly string[] {
  return outcomes.map((outcome) => {
    if (outcome === undefined) return 'none'
    return outcome.ok ? 'ok' : outcome.fault.code
  })
}

function committedHeights(): readonly number[] {
  return scene.stage.reports('block-committed').map(({ height }) => height)
}

function executedHeights(): readonly number[] {
  return scene.engine
    .of('execute-many')
    .flatMap(({ payloads }) => payloads.map(({ payload }) => payload.number))
}

function upTo(height: number): readonly number[] {
  return Array.from({ length: height }, (_, i) => i + 1)
}

function storedHeights(): readonly number[] {
  return upTo(40).filter((height) => {
    const answer = scene.stage.ask<ChainMessage, unknown>(scene.chain, (reply) => ({
      ...{ kind: 'get-block', by: { height }, reply },
    }))
    return answer !== undefined
  })
}

/** Commits a block by gossip and certificate, as votes do. */
function commitByVotes(height: number): void {
  gossip(scene, proposalOf(prover.blockAt(height)), 50)
  const certificate = certify(federation, 'finalise', prover.blockAt(height))
  const verdict = (): void => undefined
  scene.stage.send(scene.chain, { kind: 'import-certificate', certificate, verdict })
  scene.stage.run(50)
}

/** An engine that answers calls to execute when it is told to. */
function holdEngine(): { release: (valid?: number) => void } {
  const held: Extract<EngineMessage, { kind: 'execute-many' }>[] = []
  scene.engine.react((message) => {
    if (message.kind === 'execute') message.reply({ kind: 'valid' })
    if (message.kind === 'prepare') message.reply(undefined)
    if (message.kind === 'execute-many') held.push(message)
    if (message.kind === 'get-engine-status') {
      message.reply({ finalizedNumber: 99, headNumber: 99, pooled: 0 })
    }
  })
  return {
    release: (valid) => {
      const call = held.shift()
      const length = call?.payloads.length ?? 0
      const last = valid === undefined ? 'valid' : 'syncing'
      call?.reply({ valid: valid ?? length, last: { kind: last } })
      scene.stage.run(50)
    },
  }
}

describe('runs', () => {
  test('that find no room are refused, and taken when there is some; one has room whatever its size', () => {
    scene = openScene(federation, { importBytesMax: 1 })
    runToSlot(scene, 45)
    const [first, behind] = [prover.run(segment, 1, 5), prover.run(segment, 6, 16)]
    expect(codesOf(giveAll(first, behind))).toEqual(['ok', 'busy'])
    expect(codesOf(giveAll(behind))).toEqual(['ok'])
    expect(committedHeights()).toEqual(upTo(16))
  })

  test('that are right are executed in order, and committed at the end of their segment', () => {
    const outcomes = giveAll(
      prover.run(segment, 1, 5),
      prover.run(segment, 6, 16),
      prover.run(second, 17, 32),
    )
    expect(codesOf(outcomes)).toEqual(['ok', 'ok', 'ok'])
    expect(outcomes[2]).toMatchObject(ok({ committed: { height: 32 } }))
    expect(executedHeights()).toEqual(upTo(32))
    expect(committedHeights()).toEqual(upTo(32))
    const certified = scene.stage
      .reports('block-committed')
      .filter(({ finalisation }) => finalisation !== undefined)
    expect(certified.map(({ height }) => height)).toContain(32)
    const last = scene.engine.of('execute-many').at(-1)?.payloads.at(-1)?.payload.blockHash
    expect(scene.engine.of('set-head').at(-1)).toMatchObject({ head: last, finalized: last })
    expect(scene.stage.failures).toEqual([])
  })

  test('that end within a segment are kept on the disk, and commit nothing yet', () => {
    const [outcome] = giveAll(prover.run(segment, 1, 9))
    expect(outcome).toMatchObject(ok({ committed: { height: 0 } }))
    expect(storedHeights()).toEqual(upTo(9))
    expect(committedHeights()).toEqual([])
    expect(codesOf(giveAll(prover.run(segment, 10, 16)))).toEqual(['ok'])
    expect(committedHeights()).toEqual(upTo(16))
    expect(executedHeights()).toEqual(upTo(16))
  })

  test('are answered when they are on the disk: then the power may fail', () => {
    giveAll(prover.run(segment, 1, 16), prover.run(second, 17, 20))
    scene = openScene(federation, { after: scene.stage, engineHeight: 20 })
    // What lies behind the last certified end is imported again.
    expect(statusOf(scene)?.committed).toMatchObject(prover.placeAt(16))
    scene.stage.run(60_000)
    expect(codesOf(giveAll(prover.run(second, 17, 32)))).toEqual(['ok'])
    expect(statusOf(scene)?.committed.height).toBe(32)
    const heights = committedHeights()
    expect(heights.toSorted((a, b) => a - b)).toEqual(upTo(32))
  })

  test('that share blocks with those before bring only what is new', () => {
    const outcomes = giveAll(
      prover.run(segment, 1, 8),
      prover.run(segment, 3, 6),
      prover.run(segment, 5, 16),
      prover.run(segment, 1, 16),
    )
    expect(codesOf(outcomes)).toEqual(['ok', 'ok', 'ok', 'ok'])
    expect(executedHeights()).toEqual(upTo(16))
    expect(committedHeights()).toEqual(upTo(16))
  })

  test('of overlapping segments are one chain', () => {
    const other = prover.segment(5, 20)
    const outcomes = giveAll(prover.run(segment, 1, 9), prover.run(other, 10, 20))
    expect(codesOf(outcomes)).toEqual(['ok', 'ok'])
    expect(committedHeights()).toEqual(upTo(20))
  })

  test('of nothing new are answered at once, and change nothing', () => {
    giveAll(prover.run(segment, 1, 16))
    expect(giveAll(prover.run(segment, 2, 7))).toMatchObject([ok({ committed: { height: 16 } })])
    expect(executedHeights()).toEqual(upTo(16))
  })

  test('are final for the engine though what is certified is far ahead and not here', () => {
    const certificate = certify(federation, 'finalise', prover.blockAt(32))
    const verdict = (): void => undefined
    scene.stage.send(scene.chain, { kind: 'import-certificate', certificate, verdict })
    scene.stage.run(50)
    giveAll(prover.run(segment, 1, 9), prover.run(segment, 10, 16))
    const last = scene.engine.of('execute-many').at(-1)?.payloads.at(-1)?.payload.blockHash
    expect(scene.engine.of('set-head').at(-1)).toMatchObject({ head: last, finalized: last })
  })

  test('above a gap are refused', () => {
    expect(codesOf(giveAll(prover.run(segment, 2, 5)))).toEqual(['gap'])
    const outcomes = giveAll(prover.run(segment, 1, 5), prover.run(segment, 7, 16))
    expect(codesOf(outcomes)).toEqual(['ok', 'gap'])
  })

  test('beside what is committed are refused', () => {
    giveAll(prover.run(segment, 1, 16))
    const liars = new Prover(federation, grow(federation, 20, 2))
    const fork = liars.segment(0, 20)
    expect(codesOf(giveAll(liars.run(fork, 17, 20)))).toEqual(['another-chain'])
    expect(committedHeights()).toEqual(upTo(16))
  })

  test('beyond what may wait are told so', () => {
    holdEngine()
    const outcomes = Array.from({ length: 17 }, (_, i) =>
      give(prover.run(segment, 1, Math.min(i + 1, 16))),
    )
    scene.stage.run(10)
    expect(
      codesOf(outcomes.map(([outcome]) => outcome)).filter((code) => code === 'busy'),
    ).toHaveLength(1)
  })
})

describe('votes that overtake runs', () => {
  test('commit first, and the run is answered as imported', () => {
    const engine = holdEngine()
    const outcomes = give(prover.run(segment, 1, 3))
    scene.stage.run(50)
    for (const height of [1, 2, 3]) commitByVotes(height)
    expect(committedHeights()).toEqual([1, 2, 3])
    engine.release()
    expect(codesOf(outcomes)).toEqual(['ok'])
    expect(committedHeights()).toEqual([1, 2, 3])
    expect(scene.stage.failures).toEqual([])
  })

  test('in the middle of a segment leave the rest to it', () => {
    const engine = holdEngine()
    const first = give(prover.run(segment, 1, 8))
    scene.stage.run(50)
    for (const height of [1, 2]) commitByVotes(height)
    engine.release()
    const rest = give(prover.run(segment, 9, 16))
    scene.stage.run(50)
    engine.release()
    scene.stage.run(200)
    expect(codesOf([first[0], rest[0]])).toEqual(['ok', 'ok'])
    expect(committedHeights()).toEqual(upTo(16))
    expect(scene.stage.failures).toEqual([])
  })
})

describe('below a trusted block', () => {
  test('votes commit nothing; runs do, and votes go on from there', () => {
    scene = openScene(federation, { trustedHeight: 16 })
    runToSlot(scene, 45)
    for (const height of [1, 2, 3]) commitByVotes(height)
    expect(committedHeights()).toEqual([])
    expect(codesOf(giveAll(prover.run(segment, 1, 16)))).toEqual(['ok'])
    expect(committedHeights()).toEqual(upTo(16))
    commitByVotes(17)
    expect(committedHeights()).toEqual(upTo(17))
    expect(scene.stage.failures).toEqual([])
  })
})

describe('a block that the engine does not take', () => {
  test('is tried once more when the engine was fed, and goes on', () => {
    const engine = holdEngine()
    const outcomes = give(prover.run(segment, 1, 16))
    scene.stage.run(50)
    engine.release(6)
    // What stood before it is on the disk by now, and the engine has been asked how far it is.
    expect(storedHeights()).toEqual(upTo(6))
    expect(scene.engine.of('get-engine-status').length).toBeGreaterThan(1)
    engine.release()
    scene.stage.run(100)
    expect(codesOf(outcomes)).toEqual(['ok'])
    expect(committedHeights()).toEqual(upTo(16))
    expect(executedHeights()).toEqual([...upTo(16), ...upTo(16).slice(6)])
  })

  test.each(['invalid', 'syncing', 'unavailable'] as const)(
    'twice ("%s") is nobody else\'s fault, and what stood before it is kept',
    (kind) => {
      scene.engine.react((message) => {
        if (message.kind === 'get-engine-status') {
          message.reply({ finalizedNumber: 99, headNumber: 99, pooled: 0 })
        }
        if (message.kind !== 'execute-many') return
        const valid = message.payloads.findIndex(({ payload }) => payload.number === 7)
        const last = { kind, detail: 'because' }
        message.reply(
          valid < 0 ? { valid: message.payloads.length, last: { kind: 'valid' } } : { valid, last },
        )
      })
      const outcomes = giveAll(
        prover.run(segment, 1, 4),
        prover.run(segment, 5, 10),
        prover.run(segment, 11, 16),
      )
      expect(codesOf(outcomes)).toEqual(['ok', `execution-${kind}`, 'stopped'])
      expect(outcomes[1]).toMatchObject({ ok: false, fault: { height: 7 } })
      expect(storedHeights()).toEqual(upTo(6))
      expect(scene.stage.reports('import-stopped')).toMatchObject([{ height: 7 }])
      expect(scene.peers.of('report-peer')).toEqual([])
      // An engine that was repaired goes on right there.
      scene.engine.react((message) => {
        if (message.kind !== 'execute-many') return
        message.reply({ valid: message.payloads.length, last: { kind: 'valid' } })
      })
      expect(codesOf(giveAll(prover.run(segment, 7, 16)))).toEqual(['ok'])
      expect(committedHeights()).toEqual(upTo(16))
    },
  )
})

describe('a disk that refuses', () => {
  test('fails the runs that wait, blames nobody, and takes the same runs later', () => {
    const { disk } = scene.stage.host
    const sound = disk.faults
    giveAll(prover.run(segment, 1, 4))
    disk.faults = { ...sound, ioErrorPerMillion: 1_000_000 }
    const outcomes = giveAll(prover.run(segment, 5, 9), prover.run(segment, 10, 16))
    expect(codesOf(outcomes)).toEqual(['store-io', 'store-io'])
    expect(scene.stage.failures).toEqual([])
    expect(scene.peers.of('report-peer')).toEqual([])
    // Without the run in between, there is a gap.
    expect(codesOf(giveAll(prover.run(segment, 10, 16)))).toEqual(['gap'])
    disk.faults = sound
    expect(codesOf(giveAll(prover.run(segment, 5, 9), prover.run(segment, 10, 16)))).toEqual([
      'ok',
      'ok',
    ])
    expect(committedHeights()).toEqual(upTo(16))
  })

  test('because it is full says so', () => {
    const { disk } = scene.stage.host
    disk.faults = { ...disk.faults, bytesMax: 1 }
    expect(codesOf(giveAll(prover.run(segment, 1, 4)))).toEqual(['store-full'])
  })
})

test('runs of any cuts leave what blocks one by one leave', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 32 }), { maxLength: 8 })
  fc.assert(
    fc.property(cuts, fc.boolean(), (chosen, isSlow) => {
      scene = openScene(federation)
      runToSlot(scene, 45)
      const ends = [...new Set([...chosen, 16, 32])].toSorted((a, b) => a - b)
      const outcomes: (readonly Outcome[])[] = []
      let from = 1
      for (const end of ends) {
        outcomes.push(give(prover.run(end <= 16 ? segment : second, from, end)))
        if (isSlow) scene.stage.run(20)
        from = end + 1
      }
      scene.stage.run(1_000)
      expect(codesOf(outcomes.map(([outcome]) => outcome))).toEqual(ends.map(() => 'ok'))
      expect(executedHeights()).toEqual(upTo(32))
      expect(committedHeights()).toEqual(upTo(32))
      expect(storedHeights()).toEqual(upTo(32))
      expect(statusOf(scene)?.committed).toMatchObject(prover.placeAt(32))
    }),
    { numRuns: 30 },
  )
})
