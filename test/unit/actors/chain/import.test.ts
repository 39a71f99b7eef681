import { beforeEach, describe, expect, test } from 'vitest'
import type { FetchedBlock } from '../../../../src/actors/network/messages.ts'
import type { Reply } from '../../../../src/kernel/actor.ts'
import type { Verdict } from '../../../../src/kernel/environment.ts'
import type { StoredBlock } from '../../../../src/protocol/block/block.ts'
import { type Body, bodyRoot } from '../../../../src/protocol/block/body.ts'
import { type Header, headerHash } from '../../../../src/protocol/block/header.ts'
import { headerSigningBytes } from '../../../../src/protocol/consensus/signing.ts'
import type { Justification } from '../../../../src/protocol/consensus/vote.ts'
import { zeroHash } from '../../../../src/protocol/hash.ts'
import {
  blockOn,
  certify,
  federationOf,
  genesisSeat,
  seatOf,
  voteOf,
} from '../../../support/actors/federation.ts'
import { gossip, openScene, proposalOf, refusals, runToSlot, type Scene } from './scene.ts'

const federation = federationOf(4)
const { chain, signers } = federation
const block = blockOn(federation, genesisSeat(federation), 1)
const child = blockOn(federation, seatOf(federation, block), 2)
const nothing: Justification = { notarisation: undefined, nullifies: [] }

let scene: Scene

beforeEach(() => {
  scene = openScene(federation)
  runToSlot(scene, 2)
})

/** The block with another header, or another body under a header that states it; signed again. */
function changed(change: Partial<Header>, body: Body = child.body): StoredBlock {
  const header: Header = {
    ...child.signed.header,
    itemCount: body.length,
    bodyRoot: bodyRoot(body),
    ...change,
  }
  const hash = headerHash(header)
  const message = headerSigningBytes(chain.tag, 0, hash)
  const signature = signers[header.author % 4]?.signAuthor(message) ?? expect.unreachable()
  return { ...child, signed: { header, hash, signature }, body }
}

const [payload] = child.body as [Body[number]]
const transaction = { kind: 'transaction', bytes: Uint8Array.of(1) } as const

describe('a gossiped block', () => {
  test('that is right is held, sent on, and executed once its parent is', () => {
    expect(gossip(scene, proposalOf(child))).toBe('accept')
    expect(scene.engine.of('execute')).toEqual([])
    expect(gossip(scene, proposalOf(block))).toBe('accept')
    expect(scene.stage.reports('block-executed').map(({ hash }) => hash)).toEqual([
      block.signed.hash,
      child.signed.hash,
    ])
    expect(refusals(scene)).toEqual([])
  })

  test('that came before is ignored', () => {
    gossip(scene, proposalOf(block))
    expect(gossip(scene, proposalOf(block))).toBe('ignore')
    expect(scene.stage.reports('block-checked')).toHaveLength(1)
  })

  test.each<[string, StoredBlock, string]>([
    ['of another chain', changed({ chainTag: new Uint8Array(8) }), 'other-chain'],
    ['of height 0', changed({ height: 0 }), 'slot-zero'],
    ['by another author', changed({ author: 1 }), 'author-wrong'],
    ['with an item more than stated', changed({ itemCount: 2 }), 'item-count-wrong'],
    ['with another body', changed({ bodyRoot: zeroHash }), 'body-root-wrong'],
    ['without a body', changed({}, []), 'payload-missing'],
    ['without a payload at its head', changed({}, [transaction, payload]), 'payload-missing'],
    ['with two payloads', changed({}, [payload, payload]), 'payload-missing'],
    [
      'with a payload that cannot be read',
      changed({}, [{ kind: 'payload', bytes: Uint8Array.of(9) }]),
      'payload-unreadable',
    ],
    ['whose payload is of another height', changed({ height: 3 }), 'payload-number-wrong'],
    ['whose payload has another state', changed({ stateRoot: zeroHash }), 'state-root-wrong'],
    ['with a forged signature', forged(), 'signature-wrong'],
  ])('%s is rejected', (_what, bad, code) => {
    gossip(scene, proposalOf(block))
    expect(gossip(scene, proposalOf(bad))).toBe('reject')
    expect(refusals(scene)).toEqual([code])
    expect(scene.stage.failures).toEqual([])
  })

  function forged(): StoredBlock {
    const { signed } = child
    return { ...child, signed: { ...signed, signature: block.signed.signature } }
  }
})

describe('a justification', () => {
  const late = blockOn(federation, seatOf(federation, block), 4)
  const gap = { kind: 'nullify', from: 2, to: 3 } as const
  const votes = (...members: readonly number[]) =>
    members.map((member) => voteOf(federation, member, gap))
  const notarisation = certify(federation, 'notarise', block)

  beforeEach(() => {
    runToSlot(scene, 4)
    gossip(scene, proposalOf(block))
  })

  test('by a quorum that gave up each slot between is taken', () => {
    const justification = { notarisation, nullifies: votes(0, 1, 3) }
    expect(gossip(scene, { ...proposalOf(late), justification })).toBe('accept')
  })

  test.each<[string, Justification, string]>([
    ['that says nothing', nothing, 'parent-not-notarised'],
    [
      'by a notarisation of another block',
      { notarisation: certify(federation, 'notarise', child), nullifies: votes(0, 1, 2) },
      'parent-not-notarised',
    ],
    [
      'by too few who approved the parent',
      { notarisation: certify(federation, 'notarise', block, [0, 1]), nullifies: votes(0, 1, 2) },
      'no-quorum',
    ],
    ['by too few who gave up', { notarisation, nullifies: votes(0, 1) }, 'gap-not-nullified'],
    ['by one who gave up twice', { notarisation, nullifies: votes(0, 1, 1) }, 'gap-not-nullified'],
    [
      'by one who gave up less',
      {
        notarisation,
        nullifies: [...votes(0, 1), voteOf(federation, 2, { kind: 'nullify', from: 2, to: 2 })],
      },
      'gap-not-nullified',
    ],
    [
      'by a forged notarisation',
      {
        notarisation: { ...notarisation, signature: new Uint8Array(96) },
        nullifies: votes(0, 1, 2),
      },
      'signature-wrong',
    ],
    [
      'by a forged vote',
      {
        notarisation,
        nullifies: votes(0, 1, 2).map((vote) => ({ ...vote, signature: new Uint8Array(64) })),
      },
      'signature-wrong',
    ],
  ])('%s is rejected', (_what, justification, code) => {
    expect(gossip(scene, { ...proposalOf(late), justification })).toBe('reject')
    expect(refusals(scene)).toEqual([code])
    // The block itself may be right: it is taken when it comes with a better reason.
    expect(gossip(scene, proposalOf(late))).toBe('accept')
  })
})

test('a form of a block with a worthless signature does not stand in its way, though the same peer brings both at once', () => {
  const signed = { ...block.signed, signature: new Uint8Array(64) }
  const verdicts: Verdict[] = []
  for (const proposal of [{ ...proposalOf(block), signed }, proposalOf(block)]) {
    const verdict = (said: Verdict): void => void verdicts.push(said)
    scene.stage.send(scene.chain, { kind: 'import-proposal', proposal, from: 'a', verdict })
  }
  scene.stage.run(100)
  expect(verdicts.toSorted()).toEqual(['accept', 'reject'])
  expect(scene.stage.reports('block-executed')).toHaveLength(1)
})

test('a certificate that says what a genuine one says, and is none, is not taken for that one', () => {
  gossip(scene, proposalOf(block))
  const certificate = certify(federation, 'notarise', block)
  scene.stage.send(scene.chain, { kind: 'import-certificate', certificate, verdict: () => {} })
  scene.stage.run(100)
  const notarisation = { ...certificate, signature: new Uint8Array(96).fill(1) }
  const spoiled = { ...proposalOf(child), justification: { notarisation, nullifies: [] } }
  expect(gossip(scene, spoiled)).toBe('reject')
  expect(gossip(scene, proposalOf(child))).toBe('accept')
})

describe('the link to the parent', () => {
  test.each<[string, StoredBlock, string]>([
    ['of another height', blockOn(federation, higher(), 2), 'height-wrong'],
    [
      'whose payload has another parent',
      blockOn(federation, elsewhere(), 2),
      'payload-parent-wrong',
    ],
  ])('%s makes a block invalid, and it is not executed', (_what, bad, code) => {
    gossip(scene, proposalOf(block))
    gossip(scene, proposalOf(bad))
    expect(refusals(scene)).toEqual([code])
    expect(scene.engine.of('execute')).toHaveLength(1)
  })

  function higher() {
    const seat = seatOf(federation, block)
    return { ...seat, ref: { ...seat.ref, height: 7 } }
  }

  function elsewhere() {
    return { ...seatOf(federation, block), payloadHash: zeroHash }
  }
})

describe('a body that was not announced', () => {
  /** How the network answers when it is asked for the block. */
  function finding(answer: (reply: Reply<FetchedBlock | undefined>) => void): void {
    scene.network.react((message) => {
      if (message.kind === 'fetch-block') answer(message.reply)
    })
  }

  test('is fetched from who announced the block', () => {
    finding((reply) => reply({ block, from: 'a' }))
    expect(gossip(scene, proposalOf(block, false))).toBe('accept')
    expect(scene.network.of('fetch-block')).toMatchObject([{ hash: block.signed.hash, from: 'a' }])
    expect(scene.stage.reports('block-executed')).toHaveLength(1)
  })

  test('that nobody has leaves the announcement where it is; it may come again', () => {
    finding((reply) => reply(undefined))
    expect(gossip(scene, proposalOf(block, false))).toBe('ignore')
    expect(gossip(scene, proposalOf(block))).toBe('accept')
  })

  test('that never comes does not hold the block up for ever', () => {
    finding(() => undefined)
    expect(gossip(scene, proposalOf(block, false))).toBeUndefined()
    scene.stage.run(5_000)
    expect(gossip(scene, proposalOf(block))).toBe('accept')
  })

  test('is not waited for if somebody else brings it meanwhile, however many say that they have it', () => {
    finding(() => undefined)
    const from = (peer: string, hasBody: boolean): Verdict | undefined =>
      gossip(scene, proposalOf(block, hasBody), 5, peer)
    expect(from('a', false)).toBeUndefined()
    expect(from('a', false)).toBe('ignore')
    expect(from('b', false)).toBeUndefined()
    expect(from('c', true)).toBe('accept')
    expect(scene.stage.reports('block-executed')).toHaveLength(1)
  })

  test('of more than 64 blocks at once is not waited for', () => {
    finding(() => undefined)
    const announce = (index: number): Verdict | undefined => {
      const base = { ...child.signed.header, bodyRoot: index.toString(16).padStart(64, '0') }
      const hash = headerHash(base)
      const signature = signers[2]?.signAuthor(headerSigningBytes(chain.tag, 0, hash))
      const signed = { header: base, hash, signature: signature ?? expect.unreachable() }
      return gossip(scene, { ...proposalOf(child, false), signed }, 5)
    }
    for (let index = 0; index < 64; index += 1) expect(announce(index)).not.toBe('ignore')
    expect(announce(64)).toBe('ignore')
  })
})

describe('the engine', () => {
  test('that finds a block invalid ends its way', () => {
    scene.execution.outcome = { kind: 'invalid', detail: 'state' }
    gossip(scene, proposalOf(block))
    expect(refusals(scene)).toEqual(['execution-invalid'])
    gossip(scene, proposalOf(child))
    expect(scene.engine.of('execute')).toHaveLength(1)
  })

  test('that is unavailable is asked again at the next tick', () => {
    scene.execution.outcome = { kind: 'unavailable', detail: 'timeout' }
    gossip(scene, proposalOf(block))
    scene.execution.outcome = { kind: 'valid' }
    scene.stage.run(1_100)
    expect(scene.stage.reports('block-executed')).toHaveLength(1)
  })

  test('that goes on to lack blocks, for it is ahead beside this one, is asked at each tick only', () => {
    scene.execution.outcome = { kind: 'syncing' }
    gossip(scene, proposalOf(block))
    expect(scene.engine.of('execute')).toHaveLength(2)
    scene.stage.run(5_000)
    expect(scene.engine.of('execute').length).toBeLessThan(20)
    scene.execution.outcome = { kind: 'valid' }
    scene.stage.run(2_000)
    expect(scene.stage.reports('block-executed')).toHaveLength(1)
  })

  test('that lacks blocks is fed, and asked again', () => {
    scene.execution.outcome = { kind: 'syncing' }
    scene.engine.react((message) => {
      if (message.kind === 'execute') message.reply(scene.execution.outcome)
      if (message.kind !== 'get-engine-status') return
      scene.execution.outcome = { kind: 'valid' }
      message.reply({ finalizedNumber: 0, headNumber: 0, pooled: 0 })
    })
    gossip(scene, proposalOf(block))
    expect(scene.engine.of('execute')).toHaveLength(2)
    expect(scene.stage.reports('block-executed')).toHaveLength(1)
  })
})
