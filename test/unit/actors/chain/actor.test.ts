import { describe, expect, test } from 'vitest'
import { SimRandom } from '../../../../sim/random.ts'
import type { ChainMessage } from '../../../../src/actors/chain/messages.ts'
import { keys } from '../../../../src/actors/storage/keys.ts'
import type { StorageMessage } from '../../../../src/actors/storage/messages.ts'
import { failed } from '../../../../src/base/result.ts'
import type { Verdict } from '../../../../src/kernel/environment.ts'
import type { StoredBlock } from '../../../../src/protocol/block/block.ts'
import type { Contradiction } from '../../../../src/protocol/consensus/contradiction.ts'
import type { Certificate, SignedVote, Vote } from '../../../../src/protocol/consensus/vote.ts'
import type { Exchange } from '../../../../src/protocol/wire/exchange.ts'
import {
  blockOn,
  certify,
  federationOf,
  genesisSeat,
  grow,
  seatOf,
  voteOf,
} from '../../../support/actors/federation.ts'
import { Prover } from '../../../support/actors/prover.ts'
import {
  gossip,
  openScene,
  proposalOf,
  published,
  runToSlot,
  type Scene,
  statusOf,
} from './scene.ts'

const federation = federationOf(4)
const [first, second] = grow(federation, 2) as [
  ReturnType<typeof grow>[number],
  ReturnType<typeof grow>[number],
]
const nothing: Exchange = {
  committedSlot: 0,
  notarisedSlot: 0,
  nullifiedTo: 0,
  votes: [],
  certificates: [],
}

function tell(scene: Scene, said: { vote: SignedVote } | { certificate: Certificate }) {
  const verdicts: Verdict[] = []
  const verdict = (found: Verdict): void => {
    verdicts.push(found)
  }
  const message: ChainMessage =
    'vote' in said
      ? { kind: 'import-vote', vote: said.vote, verdict }
      : { kind: 'import-certificate', certificate: said.certificate, verdict }
  scene.stage.send(scene.chain, message)
  scene.stage.run(100)
  expect(verdicts).toHaveLength(1)
  return verdicts[0]
}

function exchange(scene: Scene, theirs: Exchange): Exchange | undefined {
  return scene.stage.ask<ChainMessage, Exchange | undefined>(scene.chain, (reply) => ({
    kind: 'exchange',
    theirs,
    from: 'a',
    reply,
  }))
}

function notarise(member: number, block = first): SignedVote {
  const { hash, header } = block.signed
  return voteOf(federation, member, { kind: 'notarise', slot: header.slot, block: hash })
}

describe('a chain on a new disk', () => {
  test('stands at genesis, has lost nothing, and tells so', () => {
    const scene = openScene(federation)
    const place = { height: 0, slot: 0, hash: federation.chain.genesis.hash }
    expect(scene.stage.reports('chain-started')).toMatchObject([
      { ...place, lostVotes: false, isGateOpen: false },
    ])
    expect(statusOf(scene)).toMatchObject({ committed: place, head: place, isVoting: false })
    expect(scene.network.of('set-status').at(-1)?.status.committed).toMatchObject(place)
    expect(scene.sync.of('chain-advanced')).not.toEqual([])
  })
})

describe('a chain whose vote record is lost', () => {
  test('says so, and does not vote in any slot that it may have voted in', () => {
    let scene = openScene(federation, { member: 2 })
    const writes = ([0, 1] as const).flatMap((place) =>
      ([0, 1] as const).map((copy) => ({ key: keys.voteRecord(place, copy), value: undefined })),
    )
    scene.stage.environment.store.commit({ writes, durable: true }, () => undefined)
    scene.stage.run(100)
    runToSlot(scene, 3)
    scene = openScene(federation, { member: 2, after: scene.stage })
    expect(scene.stage.reports('chain-started').at(-1)?.lostVotes).toBe(true)
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    // Slot 3 goes on, and 4 may have begun on a fast clock.
    runToSlot(scene, 4, 1_900)
    expect(scene.stage.reports('vote-sent')).toEqual([])
    runToSlot(scene, 6, 1_900)
    expect(scene.stage.reports('vote-sent')[0]?.vote.vote).toEqual({
      kind: 'nullify',
      from: 5,
      to: 5,
    })
  })
})

describe('a chain that is still reading its disk', () => {
  /** A disk that never answers. */
  const storage = (stage: Scene['stage']) => stage.probe<StorageMessage>('storage').address

  test('ignores gossip and knows nothing', () => {
    const scene = openScene(federation, { storage })
    expect(gossip(scene, proposalOf(first))).toBe('ignore')
    expect(tell(scene, { vote: notarise(1) })).toBe('ignore')
    expect(tell(scene, { certificate: certify(federation, 'notarise', first) })).toBe('ignore')
    expect(statusOf(scene)).toBeUndefined()
    expect(exchange(scene, nothing)).toBeUndefined()
    for (const kind of ['tick', 'begin-voting'] as const) scene.stage.send(scene.chain, { kind })
    scene.stage.send(scene.chain, { kind: 'peer-ready', peer: 'a' })
    expect(scene.stage.failures).toEqual([])
  })

  test('takes no run, and has no block', () => {
    const scene = openScene(federation, { storage })
    const prover = new Prover(federation, [first])
    const run = prover.run(prover.segment(0, 1), 1, 1)
    const outcome = scene.stage.ask<ChainMessage, unknown>(scene.chain, (reply) => ({
      ...{ kind: 'import-run', run, reply },
    }))
    expect(outcome).toMatchObject({ ok: false, fault: { code: 'starting' } })
    const block = scene.stage.ask<ChainMessage, unknown>(scene.chain, (reply) => ({
      ...{ kind: 'get-block', by: { height: 0 }, reply },
    }))
    expect(block).toBeUndefined()
  })

  test('fails if it cannot be read, for a supervisor to decide', () => {
    const scene = openScene(federation, {
      storage: (stage) => {
        const probe = stage.probe<StorageMessage>('storage')
        probe.react((message) => {
          if (message.kind !== 'load') return
          message.reply(failed({ code: 'other-chain', detail: 'genesis is not ours' }))
        })
        return probe.address
      },
    })
    expect(scene.stage.failures).toHaveLength(1)
    expect(scene.stage.failures[0]).toContain('other-chain')
  })
})

describe('a vote', () => {
  test('that is right travels on, once', () => {
    const scene = openScene(federation)
    runToSlot(scene, 1)
    expect(tell(scene, { vote: notarise(1) })).toBe('accept')
    expect(tell(scene, { vote: notarise(2) })).toBe('accept')
  })

  test.each<[string, SignedVote]>([
    ['with a forged signature', { ...notarise(1), signature: new Uint8Array(96) }],
    ['signed by another', { ...notarise(1), signer: 2 }],
    ['for another slot', { ...notarise(1), vote: { ...notarise(1).vote, slot: 2 } as Vote }],
  ])('%s is rejected', (_what, vote) => {
    const scene = openScene(federation)
    runToSlot(scene, 2)
    expect(tell(scene, { vote })).toBe('reject')
  })

  test('of another epoch is ignored', () => {
    const scene = openScene(federation)
    expect(tell(scene, { vote: { ...notarise(1), epoch: 1 } })).toBe('ignore')
  })

  test('that is forged does not count', () => {
    const scene = openScene(federation)
    runToSlot(scene, 1)
    tell(scene, { vote: notarise(0) })
    tell(scene, { vote: notarise(1) })
    tell(scene, { vote: { ...notarise(2), signature: notarise(1).signature } })
    expect(published(scene, 'certificate')).toEqual([])
  })

  test('of a quorum makes a certificate, which is relayed', () => {
    const scene = openScene(federation)
    runToSlot(scene, 1)
    gossip(scene, proposalOf(first))
    for (const member of [0, 1, 3]) tell(scene, { vote: notarise(member) })
    expect(published(scene, 'certificate')).toEqual([
      { kind: 'certificate', certificate: certify(federation, 'notarise', first, [0, 1, 3]) },
    ])
    expect(scene.stage.reports('head-changed')).toMatchObject([{ hash: first.signed.hash }])
    // What is decided needs no more votes.
    expect(tell(scene, { vote: notarise(2) })).toBe('ignore')
  })
})

describe('a certificate', () => {
  test('that is right travels on; known, it does not', () => {
    const scene = openScene(federation)
    const certificate = certify(federation, 'notarise', first)
    runToSlot(scene, 1)
    expect(tell(scene, { certificate })).toBe('accept')
    expect(tell(scene, { certificate })).toBe('ignore')
  })

  test.each<[string, Certificate]>([
    ['by too few', certify(federation, 'notarise', first, [0, 1])],
    ['of another epoch', { ...certify(federation, 'notarise', first), epoch: 3 }],
    [
      'that is forged',
      { ...certify(federation, 'notarise', first), signature: new Uint8Array(96) },
    ],
    ['of another kind', { ...certify(federation, 'notarise', first), kind: 'finalise' }],
  ])('%s is rejected', (_what, certificate) => {
    const scene = openScene(federation)
    runToSlot(scene, 1)
    expect(tell(scene, { certificate })).toBe('reject')
  })

  test('commits its block and all below, once they are there', () => {
    const scene = openScene(federation)
    runToSlot(scene, 3)
    tell(scene, { certificate: certify(federation, 'finalise', second) })
    gossip(scene, proposalOf(second))
    expect(scene.stage.reports('block-committed')).toEqual([])
    gossip(scene, proposalOf(first))
    expect(scene.stage.reports('block-committed')).toMatchObject([
      { hash: first.signed.hash, height: 1, source: 'votes', finalisation: undefined },
      { hash: second.signed.hash, height: 2, source: 'votes' },
    ])
    const hashes = [first, second].map(({ signed }) => signed.hash)
    const status = { committed: { height: 2, hash: second.signed.hash } }
    expect(scene.checkpoints.of('blocks-committed')).toMatchObject([
      { fromHeight: 1, hashes, status },
    ])
  })

  test('of a block that is not there has it fetched, again and again', () => {
    const scene = openScene(federation)
    runToSlot(scene, 1)
    let asked = 0
    scene.network.react((message) => {
      if (message.kind !== 'fetch-block') return
      asked += 1
      message.reply(asked < 3 ? undefined : { block: first, from: 'b' })
    })
    tell(scene, { certificate: certify(federation, 'finalise', first) })
    scene.stage.run(5_000)
    expect(asked).toBe(3)
    expect(scene.stage.reports('block-checked')).toMatchObject([{ source: 'fetched' }])
    expect(scene.stage.reports('block-committed')).toHaveLength(1)
  })

  test('has a fetched block with a forged signature refused, and its server reported', () => {
    const scene = openScene(federation)
    runToSlot(scene, 1)
    const forged = { ...first, signed: { ...first.signed, signature: new Uint8Array(64) } }
    let asked = 0
    scene.network.react((message) => {
      if (message.kind !== 'fetch-block') return
      asked += 1
      message.reply(asked === 1 ? { block: forged, from: 'b' } : { block: first, from: 'c' })
    })
    tell(scene, { certificate: certify(federation, 'finalise', first) })
    scene.stage.run(3_000)
    expect(scene.peers.of('report-peer')).toEqual([
      { kind: 'report-peer', peer: 'b', offence: 'forged' },
    ])
    expect(scene.stage.reports('block-committed')).toHaveLength(1)
  })

  test('that contradicts another halts the chain', () => {
    const other = { ...first, signed: { ...first.signed, hash: 'ee'.repeat(32) } }
    const scene = openScene(federation)
    runToSlot(scene, 1)
    tell(scene, { certificate: certify(federation, 'notarise', first) })
    tell(scene, { certificate: certify(federation, 'notarise', other) })
    const { hash } = federation.chain.genesis
    const certificate = certify(federation, 'notarise', other)
    const contradiction = { ours: { height: 0, hash }, certificate, signed: undefined }
    expect(scene.stage.reports('chain-halted')).toMatchObject([{ contradiction }])
    const later = openScene(federation, { after: scene.stage })
    expect(later.stage.reports('chain-halted')).toHaveLength(2)
    const decided = openScene(federation, { after: later.stage, trustedHeight: 1 })
    expect(decided.stage.reports('chain-halted')).toHaveLength(2)
  })
})

describe('a certificate beside what is committed here', () => {
  const [one, two] = grow(federation, 2) as [StoredBlock, StoredBlock]
  const rival = blockOn(federation, genesisSeat(federation), 2)
  const contradiction: Contradiction = {
    ours: { height: 1, hash: one.signed.hash },
    signed: rival.signed,
    certificate: certify(federation, 'finalise', rival),
  }

  /** A member that has committed two blocks and votes. */
  function open(): Scene {
    const scene = openScene(federation, { member: 3 })
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 3)
    gossip(scene, proposalOf(one))
    gossip(scene, proposalOf(two))
    tell(scene, { certificate: certify(federation, 'finalise', two) })
    scene.stage.run(100)
    expect(statusOf(scene)).toMatchObject({ committed: { height: 2 } })
    return scene
  }

  function show(scene: Scene): void {
    scene.stage.send(scene.chain, { kind: 'contradiction', contradiction })
    scene.stage.run(100)
  }

  /** What this node does in the slots that follow, with a block to vote for and to commit. */
  function goOn(scene: Scene): readonly string[] {
    const before = scene.stage.events.length
    const next = blockOn(federation, seatOf(federation, two), 4)
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 4)
    gossip(scene, proposalOf(next))
    tell(scene, { certificate: certify(federation, 'finalise', next) })
    scene.stage.run(10_000)
    const told = scene.stage.events.slice(before).map(({ kind }) => kind)
    return told.filter((kind) => kind === 'vote-sent' || kind === 'block-committed')
  }

  test('stops a node that without it would have gone on', () => {
    expect(goOn(open())).toContain('block-committed')
    const scene = open()
    show(scene)
    expect(scene.stage.reports('chain-halted')).toMatchObject([{ contradiction }])
    expect(goOn(scene)).toEqual([])
    expect(statusOf(scene)?.halted?.detail).toContain(rival.signed.hash)
    expect(statusOf(scene)?.halted?.remedy).toContain(
      'trusted_checkpoint of it at height 1 or above',
    )
    expect(scene.sync.of('chain-conflict')).toHaveLength(1)
    // What it has it still serves.
    expect(scene.stage.failures).toEqual([])
  })

  test('is told once, however often it is shown', () => {
    const scene = open()
    for (let i = 0; i < 3; i += 1) show(scene)
    expect(scene.stage.reports('chain-halted')).toHaveLength(1)
  })

  test('is remembered over a restart, and lets no run in', () => {
    const before = open()
    show(before)
    const scene = openScene(federation, { member: 3, after: before.stage, engineHeight: 2 })
    expect(scene.stage.reports('chain-halted')).toHaveLength(2)
    expect(goOn(scene)).toEqual([])
    const prover = new Prover(federation, grow(federation, 5))
    const run = prover.run(prover.segment(0, 5), 1, 5)
    const outcome = scene.stage.ask<ChainMessage, unknown>(scene.chain, (reply) => ({
      ...{ kind: 'import-run', run, reply },
    }))
    expect(outcome).toMatchObject({ ok: false, fault: { code: 'halted' } })
  })

  test('is remembered from either copy', () => {
    const before = open()
    show(before)
    before.stage.host.disk.damage(keys.contradiction(0), new SimRandom('damage'))
    const scene = openScene(federation, { member: 3, after: before.stage, engineHeight: 2 })
    expect(scene.stage.reports('chain-halted')).toHaveLength(2)
  })

  test('is settled by a block that people trust, at its height or above', () => {
    const before = open()
    show(before)
    const about = { member: 3, after: before.stage, engineHeight: 2 }
    const scene = openScene(federation, { ...about, trustedHeight: 1 })
    expect(scene.stage.reports('chain-halted')).toHaveLength(1)
    expect(goOn(scene)).toContain('block-committed')
  })
})

describe('two votes that contradict each other', () => {
  test('are kept as evidence', () => {
    const scene = openScene(federation)
    runToSlot(scene, 1)
    const other = voteOf(federation, 1, { kind: 'notarise', slot: 1, block: 'ee'.repeat(32) })
    tell(scene, { vote: notarise(1) })
    tell(scene, { vote: other })
    expect(scene.stage.reports('evidence-found')).toMatchObject([
      { evidence: { kind: 'double-vote', first: notarise(1), second: other } },
    ])
  })
})

describe('an exchange', () => {
  test('is answered by what the other may lack', () => {
    const scene = openScene(federation)
    runToSlot(scene, 2)
    gossip(scene, proposalOf(first))
    const certificate = certify(federation, 'notarise', first)
    tell(scene, { certificate })
    const vote = notarise(3, second)
    tell(scene, { vote })
    expect(exchange(scene, nothing)).toEqual({
      ...nothing,
      notarisedSlot: 1,
      votes: [vote],
      certificates: [certificate],
    })
  })

  test('teaches what the other knows', () => {
    const scene = openScene(federation)
    runToSlot(scene, 2)
    gossip(scene, proposalOf(first))
    const certificates = [certify(federation, 'finalise', first)]
    exchange(scene, { ...nothing, certificates })
    scene.stage.run(100)
    expect(scene.stage.reports('block-committed')).toHaveLength(1)
    expect(scene.peers.of('report-peer')).toEqual([])
  })

  test.each<[string, Partial<Exchange>]>([
    ['a forged vote', { votes: [{ ...notarise(1), signature: new Uint8Array(96) }] }],
    ['a certificate by too few', { certificates: [certify(federation, 'notarise', first, [0])] }],
  ])('with %s is reported', (_what, change) => {
    const scene = openScene(federation)
    runToSlot(scene, 1)
    exchange(scene, { ...nothing, ...change })
    scene.stage.run(100)
    expect(scene.peers.of('report-peer')).toEqual([
      { kind: 'report-peer', peer: 'a', offence: 'forged' },
    ])
  })

  test('is sent to a peer that has come', () => {
    const scene = openScene(federation)
    scene.stage.send(scene.chain, { kind: 'peer-ready', peer: 'b' })
    expect(scene.network.of('exchange-with').at(-1)?.peers).toEqual(['b'])
  })
})

describe('the gate', () => {
  test('opens voting a second after the neighbours were asked', () => {
    const scene = openScene(federation, { member: 2 })
    runToSlot(scene, 1)
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    expect(scene.network.of('exchange-with').at(-1)?.peers).toBe('all')
    gossip(scene, proposalOf(first))
    scene.stage.run(800)
    expect(published(scene, 'vote')).toEqual([])
    scene.stage.run(200)
    expect(published(scene, 'vote').map(({ vote }) => vote)).toEqual([notarise(2)])
  })

  test('that is shut ends voting', () => {
    const scene = openScene(federation, { member: 2 })
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    scene.stage.run(1_100)
    expect(statusOf(scene)).toMatchObject({ isVoting: true, isGateOpen: true })
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: false })
    expect(statusOf(scene)).toMatchObject({ isVoting: false, isGateOpen: false })
    runToSlot(scene, 1)
    gossip(scene, proposalOf(first))
    runToSlot(scene, 3)
    expect(published(scene, 'vote')).toEqual([])
    expect(scene.stage.reports('gate-changed').map(({ isOpen }) => isOpen)).toEqual([true, false])
  })

  test('that was shut while neighbours were asked stays shut', () => {
    const scene = openScene(federation, { member: 2 })
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    scene.stage.run(500)
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: false })
    scene.stage.run(2_000)
    expect(statusOf(scene)?.isVoting).toBe(false)
  })

  test('does not make a follower vote', () => {
    const scene = openScene(federation)
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 1)
    gossip(scene, proposalOf(first))
    runToSlot(scene, 3)
    expect(published(scene, 'vote')).toEqual([])
    expect(statusOf(scene)?.isVoting).toBe(false)
  })
})
