import { beforeEach, describe, expect, test } from 'vitest'
import type {
  ChainMessage,
  ChainStatus,
  ImportFault,
} from '../../../../src/actors/chain/messages.ts'
import { ok, type Result } from '../../../../src/base/result.ts'
import type { Block, StoredBlock } from '../../../../src/protocol/block/block.ts'
import type { Certificate } from '../../../../src/protocol/consensus/vote.ts'
import { certify, federationOf, grow } from '../../../support/actors/federation.ts'
import { gossip, openScene, proposalOf, runToSlot, type Scene, statusOf } from './scene.ts'

type Outcome = Result<ChainStatus, ImportFault>

const federation = federationOf(4)
const blocks = grow(federation, 12)

let scene: Scene

function blockAt(height: number): StoredBlock {
  return blocks[height - 1] ?? expect.unreachable()
}

function range(from: number, to: number): readonly StoredBlock[] {
  return blocks.slice(from - 1, to)
}

function finalisation(height: number): Certificate {
  return certify(federation, 'finalise', blockAt(height))
}

function importRange(given: readonly Block[], certificate: Certificate): Outcome {
  return scene.stage.ask<ChainMessage, Outcome>(scene.chain, (reply) => ({
    kind: 'import-range',
    blocks: given,
    finalisation: certificate,
    reply,
  }))
}

function committedHeights(): readonly number[] {
  return scene.stage.reports('block-committed').map(({ height }) => height)
}

beforeEach(() => {
  scene = openScene(federation)
  runToSlot(scene, 20)
})

describe('a range', () => {
  test('that is right is executed in order, and committed as one', () => {
    const outcome = importRange(range(1, 8), finalisation(8))
    expect(outcome).toMatchObject(ok({ committed: { height: 8 } }))
    expect(scene.engine.of('execute').map(({ payload }) => payload.number)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ])
    expect(committedHeights()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    const certified = scene.stage.reports('block-committed').map((event) => event.finalisation)
    expect(certified.map((each) => each?.slot)).toEqual([...Array(7).fill(undefined), 8])
    expect(scene.engine.of('set-head').at(-1)?.finalized).toBe(
      scene.engine.of('execute').at(-1)?.payload.blockHash,
    )
  })

  test('is answered when it is on the disk, with where the chain stands then', () => {
    importRange(range(1, 4), finalisation(4))
    // The answer was the last thing that happened: the power may fail now.
    scene = openScene(federation, { after: scene.stage, engineHeight: 4 })
    expect(statusOf(scene)?.committed).toMatchObject({ height: 4, hash: blockAt(4).signed.hash })
  })

  test('goes on where the one before ended', () => {
    importRange(range(1, 4), finalisation(4))
    expect(importRange(range(5, 12), finalisation(12))).toMatchObject(
      ok({ committed: { height: 12 } }),
    )
    expect(committedHeights()).toHaveLength(12)
  })

  test('is final for the engine though what is certified is far ahead and not here', () => {
    const verdict = (): void => undefined
    const certificate = finalisation(12)
    scene.stage.send(scene.chain, { kind: 'import-certificate', certificate, verdict })
    scene.stage.run(50)
    importRange(range(1, 4), finalisation(4))
    importRange(range(5, 8), finalisation(8))
    const { blockHash } = scene.engine.of('execute').at(-1)?.payload ?? expect.unreachable()
    const place = { head: blockHash, finalized: blockHash }
    expect(scene.engine.of('set-head').at(-1)).toMatchObject(place)
  })

  test('may begin with what is committed already', () => {
    importRange(range(1, 6), finalisation(6))
    expect(importRange(range(4, 9), finalisation(9)).ok).toBe(true)
    expect(committedHeights()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('of nothing new is taken, and changes nothing', () => {
    importRange(range(1, 6), finalisation(6))
    expect(importRange(range(2, 4), finalisation(4))).toMatchObject(
      ok({ committed: { height: 6 } }),
    )
    expect(committedHeights()).toHaveLength(6)
  })

  test('may overlap what votes commit while it is executed', () => {
    // The engine answers when it is told to.
    const waiting: (() => void)[] = []
    scene.engine.react((message) => {
      if (message.kind === 'execute') waiting.push(() => message.reply({ kind: 'valid' }))
    })
    let outcome: Outcome | undefined
    scene.stage.send(scene.chain, {
      kind: 'import-range',
      blocks: range(1, 2),
      finalisation: finalisation(2),
      reply: (found) => {
        outcome = found
      },
    })
    scene.stage.run(50)
    gossip(scene, proposalOf(blockAt(1)))
    const verdict = (): void => undefined
    const certificate = finalisation(1)
    scene.stage.send(scene.chain, { kind: 'import-certificate', certificate, verdict })
    scene.stage.run(50)
    // First the gossiped block, so that it is committed by its certificate; then the range.
    waiting.reverse()
    while (waiting.length > 0) {
      waiting.shift()?.()
      scene.stage.run(50)
    }
    expect(outcome).toMatchObject(ok({ committed: { height: 1 } }))
    expect(committedHeights()).toEqual([1])
    expect(importRange(range(1, 2), finalisation(2))).toBeDefined()
    expect(scene.stage.failures).toEqual([])
  })
})

describe('a range that a peer made up', () => {
  const [first, second, third] = range(1, 3) as [StoredBlock, StoredBlock, StoredBlock]
  const end = finalisation(3)

  test.each<[string, readonly Block[], Certificate, string]>([
    ['without its first block', [second, third], end, 'link'],
    ['with a block left out', [first, third], end, 'link'],
    ['with a block twice', [first, second, second, third], end, 'link'],
    ['in the wrong order', [second, first, third], end, 'link'],
    ['cut short', [first, second], end, 'not-finalised'],
    ['under a certificate of another block', range(1, 3), finalisation(2), 'not-finalised'],
    ['under a notarisation', range(1, 3), certify(federation, 'notarise', third), 'not-finalised'],
    [
      'under too few signatures',
      range(1, 3),
      certify(federation, 'finalise', third, [0, 1]),
      'not-finalised',
    ],
    ['under another slot', range(1, 3), { ...end, slot: 4 }, 'not-finalised'],
    [
      'under a forged certificate',
      range(1, 3),
      { ...end, signature: new Uint8Array(96) },
      'signature-wrong',
    ],
    [
      'with a forged author',
      [first, { ...second, signed: { ...second.signed, signature: new Uint8Array(64) } }, third],
      end,
      'signature',
    ],
    ['with another body', [first, { ...second, body: third.body }, third], end, 'root'],
    ['with a body emptied', [first, { ...second, body: [] }, third], end, 'length'],
  ])('%s is refused, and nothing of it is kept', (_what, given, certificate, code) => {
    const outcome = importRange(given, certificate)
    expect(outcome).toMatchObject({ ok: false, fault: { code, isPeersFault: true } })
    expect(scene.engine.of('execute')).toEqual([])
    expect(committedHeights()).toEqual([])
    // The right one is taken afterwards.
    expect(importRange(range(1, 3), end).ok).toBe(true)
  })
})

describe('a range that fails here', () => {
  test.each(['invalid', 'unavailable'] as const)(
    'because the engine says "%s" is nobody else\'s fault',
    (kind) => {
      scene.execution.outcome = { kind, detail: '' }
      expect(importRange(range(1, 3), finalisation(3))).toMatchObject({
        ok: false,
        fault: { code: `execution-${kind}`, isPeersFault: false },
      })
      expect(committedHeights()).toEqual([])
    },
  )

  test('because the engine is behind has the engine fed', () => {
    scene.execution.outcome = { kind: 'syncing' }
    expect(importRange(range(1, 3), finalisation(3))).toMatchObject({
      ok: false,
      fault: { code: 'engine-was-behind', isPeersFault: false },
    })
    expect(scene.engine.of('get-engine-status').length).toBeGreaterThan(1)
  })

  test('because another is being imported can be tried again', () => {
    scene.engine.react(() => undefined)
    const outcomes: Outcome[] = []
    for (let i = 0; i < 2; i += 1) {
      scene.stage.send(scene.chain, {
        kind: 'import-range',
        blocks: range(1, 3),
        finalisation: finalisation(3),
        reply: (outcome) => {
          outcomes.push(outcome)
        },
      })
    }
    expect(outcomes).toMatchObject([{ ok: false, fault: { code: 'busy', isPeersFault: false } }])
  })
})
