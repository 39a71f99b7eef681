import { beforeEach, describe, expect, test } from 'vitest'
import type {
  ChainMessage,
  ChainStatus,
  ImportFault,
} from '../../../../src/actors/chain/messages.ts'
import type { NetworkMessage } from '../../../../src/actors/network/messages.ts'
import type { PeerMessage } from '../../../../src/actors/peer/messages.ts'
import { SyncActor } from '../../../../src/actors/sync/actor.ts'
import type { SyncMessage, SyncStatus } from '../../../../src/actors/sync/messages.ts'
import { failed, ok } from '../../../../src/base/result.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import type { StoredBlock } from '../../../../src/protocol/block/block.ts'
import type { Status } from '../../../../src/protocol/wire/status.ts'
import { certify, federationOf, grow } from '../../../support/actors/federation.ts'
import { type Probe, Stage } from '../../../support/actors/stage.ts'

const federation = federationOf(4)
const { chain, scheme } = federation
const blocks = grow(federation, 40)
const batchSize = 8
const requestDeadlineMs = 5_000

let stage: Stage
let chainActor: Probe<ChainMessage>
let network: Probe<NetworkMessage>
let peers: Probe<PeerMessage>
let sync: Address<SyncMessage>
/** Height that the pretended chain has committed. */
let height: number

function blockAt(at: number): StoredBlock {
  return blocks[at - 1] ?? expect.unreachable()
}

function chainStatus(isGateOpen = false): ChainStatus {
  const place =
    height === 0
      ? { height: 0, slot: 0, hash: chain.genesis.hash }
      : { height, slot: height, hash: blockAt(height).signed.hash }
  return { committed: place, head: place, finalisation: undefined, isVoting: false, isGateOpen }
}

/** What an honest peer at this height says of itself. */
function statusAt(at: number): Status {
  const hash = at === 0 ? chain.genesis.hash : blockAt(at).signed.hash
  const place = { height: at, slot: at, hash }
  return {
    chainTag: chain.tag,
    genesis: chain.genesis.hash,
    committed: place,
    head: place,
    availableFrom: 0,
    finalisation: at === 0 ? undefined : certify(federation, 'finalise', blockAt(at)),
    statement: undefined,
  }
}

function spawn(isAlone = false): void {
  sync = stage.spawn<SyncMessage>('sync', (context) => {
    const { verifier } = stage.environment
    const addresses = {
      chainActor: chainActor.address,
      network: network.address,
      peers: peers.address,
    }
    const options = { batchSize, requestDeadlineMs, lookMs: 2_000, isAlone }
    return new SyncActor({ context, chain, verifier, ...addresses }, options)
  })
  stage.run(1)
}

function ready(peer: string, status: Status): void {
  stage.send(sync, { kind: 'sync-peer-ready', peer, status })
  stage.run(10)
}

function advance(to: number): void {
  height = to
  stage.send(sync, { kind: 'chain-advanced', status: chainStatus() })
  stage.run(1)
}

function syncStatus(): SyncStatus {
  return stage.ask<SyncMessage, SyncStatus>(sync, (reply) => ({ kind: 'get-sync-status', reply }))
}

/** The last word on the gate that the chain was given. */
function isGateOpen(): boolean | undefined {
  return chainActor.of('set-gate').at(-1)?.isOpen
}

/** Peers that serve what is asked of them, and a chain that takes it. */
function serveRanges(
  reply: (peer: string, from: number) => 'right' | 'empty' | 'unreachable',
): void {
  network.react((message) => {
    if (message.kind !== 'fetch-range') return
    const { fromHeight, countMax } = message.range
    const kind = reply(message.peer, fromHeight)
    if (kind === 'unreachable') return message.reply(failed({ code: 'unreachable', detail: '' }))
    if (kind === 'empty') return message.reply(ok({ blocks: [], finalisation: undefined }))
    const served = blocks.slice(fromHeight - 1, fromHeight - 1 + countMax)
    const last = served.at(-1)
    const finalisation = last && certify(federation, 'finalise', last)
    message.reply(ok({ blocks: served, finalisation }))
  })
}

/** A chain that takes every range, unless `fault` says otherwise. */
function importRanges(fault: () => ImportFault | undefined = () => undefined): void {
  chainActor.react((message) => {
    if (message.kind === 'get-chain-status') message.reply(chainStatus())
    if (message.kind !== 'import-range') return
    const found = fault()
    if (found !== undefined) return message.reply(failed(found))
    height = message.blocks.at(-1)?.signed.header.height ?? height
    message.reply(ok(chainStatus()))
  })
}

beforeEach(() => {
  stage = new Stage({ scheme })
  height = 0
  chainActor = stage.probe<ChainMessage>('chain')
  network = stage.probe<NetworkMessage>('network')
  peers = stage.probe<PeerMessage>('peer')
  importRanges()
})

describe('at the start', () => {
  test('closes the gate, and asks who is there and where the chain stands', () => {
    spawn()
    expect(isGateOpen()).toBe(false)
    expect(network.of('announce-peers')).toHaveLength(1)
    expect(chainActor.of('get-chain-status')).toHaveLength(1)
    expect(syncStatus()).toMatchObject({ state: 'discovering', canProduceBlocks: false, peers: 0 })
  })

  test('opens the gate with three peers that are no further', () => {
    spawn()
    for (const peer of ['a', 'b', 'c']) ready(peer, statusAt(0))
    expect(syncStatus().state).toBe('synced')
    expect(isGateOpen()).toBe(true)
  })

  test('opens the gate after three seconds with one peer', () => {
    spawn()
    ready('a', statusAt(0))
    expect(isGateOpen()).toBe(false)
    stage.run(4_100)
    expect(isGateOpen()).toBe(true)
  })

  test('does not wait for anybody as a committee of one', () => {
    spawn(true)
    expect(isGateOpen()).toBe(true)
  })

  test('fails after half a minute without anybody, and recovers', () => {
    spawn()
    stage.run(32_000)
    expect(syncStatus().state).toBe('failed')
    ready('a', statusAt(0))
    expect(syncStatus().state).toBe('synced')
  })

  test('waits for a chain that is still starting', () => {
    chainActor.react((message) => {
      if (message.kind === 'get-chain-status') message.reply(undefined)
    })
    spawn()
    for (const peer of ['a', 'b', 'c']) ready(peer, statusAt(0))
    expect(syncStatus().state).toBe('idle')
    advance(0)
    expect(syncStatus().state).toBe('synced')
  })

  test('tells a chain that was restarted how the gate stands', () => {
    spawn()
    for (const peer of ['a', 'b', 'c']) ready(peer, statusAt(0))
    chainActor.clear()
    advance(1)
    expect(chainActor.of('set-gate')).toEqual([{ kind: 'set-gate', isOpen: true }])
  })
})

describe('the target', () => {
  beforeEach(() => {
    spawn()
    for (const peer of ['a', 'b', 'c']) ready(peer, statusAt(0))
    network.clear()
  })

  test('is raised by a certificate, which closes the gate', () => {
    ready('d', statusAt(30))
    expect(syncStatus()).toMatchObject({ state: 'downloading-blocks', targetSlot: 30 })
    expect(isGateOpen()).toBe(false)
  })

  test('is never lowered', () => {
    ready('d', statusAt(30))
    ready('e', statusAt(5))
    expect(syncStatus().targetSlot).toBe(30)
  })

  test.each<[string, (honest: Status) => Status]>([
    [
      'a certificate of another block',
      (status) => ({
        ...status,
        finalisation: certify(federation, 'finalise', blockAt(29)),
      }),
    ],
    [
      'a notarisation in its place',
      (status) => ({
        ...status,
        finalisation: certify(federation, 'notarise', blockAt(30)),
      }),
    ],
    [
      'too few signers',
      (status) => ({
        ...status,
        finalisation: certify(federation, 'finalise', blockAt(30), [0, 1]),
      }),
    ],
    [
      'another block than its certificate',
      (status) => ({
        ...status,
        committed: { ...status.committed, hash: blockAt(29).signed.hash },
      }),
    ],
    [
      'a forged signature',
      (status) => ({
        ...status,
        finalisation: {
          ...certify(federation, 'finalise', blockAt(30)),
          signature: new Uint8Array(96),
        },
      }),
    ],
    [
      'a slot that its certificate does not prove',
      (status) => ({
        ...status,
        committed: { ...status.committed, slot: 1_000_000 },
      }),
    ],
  ])('is not raised by a status with %s; its sender is reported', (_lie, change) => {
    ready('liar', change(statusAt(30)))
    expect(syncStatus()).toMatchObject({ state: 'synced', targetSlot: 0, peers: 3 })
    expect(isGateOpen()).toBe(true)
    expect(peers.of('report-peer')).toEqual([
      { kind: 'report-peer', peer: 'liar', offence: 'forged' },
    ])
  })

  test('is not raised by a claim without a certificate, which nobody is reported for', () => {
    const claim = { ...statusAt(30), finalisation: undefined }
    ready('d', { ...claim, committed: { ...claim.committed, slot: 9_999, height: 9_999 } })
    expect(syncStatus()).toMatchObject({ state: 'synced', targetSlot: 0 })
    expect(isGateOpen()).toBe(true)
    expect(peers.of('report-peer')).toEqual([])
    expect(network.of('fetch-range')).toEqual([])
  })

  test('is raised by a status asked for again, if the chain stands still', () => {
    network.react((message) => {
      if (message.kind === 'fetch-status') message.reply(ok(statusAt(20)))
    })
    stage.run(7_000)
    expect(syncStatus().targetSlot).toBe(20)
  })

  test('is not looked for while the chain goes on', () => {
    for (let at = 1; at < 10; at += 1) {
      advance(at)
      stage.run(2_000)
    }
    expect(network.of('fetch-status')).toEqual([])
  })
})

describe('ranges', () => {
  test('are fetched one after another until the head is reached; then the gate opens', () => {
    serveRanges(() => 'right')
    spawn()
    for (const peer of ['a', 'b', 'c']) ready(peer, statusAt(40))
    stage.run(100)
    expect(network.of('fetch-range').map(({ range }) => range.fromHeight)).toEqual([
      1, 9, 17, 25, 33,
    ])
    expect(syncStatus()).toMatchObject({ state: 'synced', currentHeight: 40, progress: 1 })
    expect(isGateOpen()).toBe(true)
    expect(stage.reports('range-imported')).toHaveLength(5)
  })

  test('are asked for one at a time', () => {
    spawn()
    for (const peer of ['a', 'b', 'c']) ready(peer, statusAt(40))
    stage.run(4_000)
    expect(network.of('fetch-range')).toHaveLength(1)
  })

  test('are not asked for what is just ahead: votes bring that', () => {
    spawn()
    for (const peer of ['a', 'b', 'c']) ready(peer, statusAt(2))
    expect(network.of('fetch-range')).toEqual([])
    ready('d', statusAt(3))
    expect(network.of('fetch-range')).toHaveLength(1)
  })

  test.each(['unreachable', 'empty'] as const)(
    'that a peer does not deliver (%s) are asked of another',
    (how) => {
      const asked: string[] = []
      serveRanges((peer) => {
        asked.push(peer)
        return asked[0] === peer ? how : 'right'
      })
      spawn()
      for (const peer of ['a', 'b', 'c']) ready(peer, statusAt(40))
      stage.run(500)
      expect(syncStatus().currentHeight).toBe(40)
      expect(new Set(asked).size).toBeGreaterThan(1)
      expect(stage.reports('range-failed')[0]).toMatchObject({ fromHeight: 1 })
      expect(peers.of('report-peer')).toEqual([])
    },
  )

  test('are asked again of the only peer there is, after a pause', () => {
    let asked = 0
    serveRanges(() => {
      asked += 1
      return asked < 3 ? 'unreachable' : 'right'
    })
    spawn()
    ready('a', statusAt(8))
    stage.run(20_000)
    expect(syncStatus()).toMatchObject({ state: 'synced', currentHeight: 8 })
  })

  test('of a peer that never answers are given up for another', () => {
    const asked: string[] = []
    network.react((message) => {
      if (message.kind !== 'fetch-range') return
      asked.push(message.peer)
      if (asked.length > 1)
        message.reply(
          ok({
            blocks: blocks.slice(0, 8),
            finalisation: certify(federation, 'finalise', blockAt(8)),
          }),
        )
    })
    spawn()
    ready('a', statusAt(8))
    ready('b', statusAt(8))
    stage.run(7_000)
    expect(asked).toHaveLength(2)
    expect(asked[0]).not.toBe(asked[1])
    expect(syncStatus().currentHeight).toBe(8)
  })

  test('that are false cost their sender its place, and another is asked', () => {
    serveRanges(() => 'right')
    let imports = 0
    importRanges(() => {
      imports += 1
      const fault = { code: 'signature-wrong', detail: '', isPeersFault: true }
      return imports === 1 ? fault : undefined
    })
    spawn()
    for (const peer of ['a', 'b', 'c']) ready(peer, statusAt(40))
    stage.run(500)
    const first = network.of('fetch-range')[0]?.peer ?? expect.unreachable()
    expect(peers.of('report-peer')).toEqual([
      { kind: 'report-peer', peer: first, offence: 'forged' },
    ])
    expect(
      network
        .of('fetch-range')
        .slice(1)
        .map(({ peer }) => peer),
    ).not.toContain(first)
    expect(syncStatus()).toMatchObject({ currentHeight: 40, peers: 2 })
  })

  test('that the chain never answers for are given up after half a minute', () => {
    serveRanges(() => 'right')
    chainActor.react((message) => {
      if (message.kind === 'get-chain-status') message.reply(chainStatus())
    })
    spawn()
    for (const peer of ['a', 'b', 'c']) ready(peer, statusAt(40))
    stage.run(29_000)
    expect(network.of('fetch-range')).toHaveLength(1)
    importRanges()
    stage.run(2_000)
    expect(syncStatus().currentHeight).toBe(40)
  })

  test('that bring nothing new are asked of another', () => {
    const asked: string[] = []
    network.react((message) => {
      if (message.kind !== 'fetch-range') return
      asked.push(message.peer)
      const first = asked[0] === message.peer ? 1 : message.range.fromHeight
      const served = blocks.slice(first - 1, first + 7)
      const last = served.at(-1) ?? expect.unreachable()
      message.reply(ok({ blocks: served, finalisation: certify(federation, 'finalise', last) }))
    })
    chainActor.react((message) => {
      if (message.kind === 'get-chain-status') message.reply(chainStatus())
      if (message.kind !== 'import-range') return
      height = Math.max(height, message.blocks.at(-1)?.signed.header.height ?? 0)
      message.reply(ok(chainStatus()))
    })
    spawn()
    advance(8)
    for (const peer of ['a', 'b', 'c']) ready(peer, statusAt(40))
    stage.run(500)
    expect(syncStatus().currentHeight).toBe(40)
    expect(asked.filter((peer) => peer === asked[0])).toHaveLength(1)
    expect(stage.reports('range-failed')).toMatchObject([{ peer: asked[0], code: 'nothing' }])
  })

  test("that fail here are nobody else's fault", () => {
    serveRanges(() => 'right')
    let imports = 0
    importRanges(() => {
      imports += 1
      const fault = { code: 'engine-was-behind', detail: '', isPeersFault: false }
      return imports === 1 ? fault : undefined
    })
    spawn()
    ready('a', statusAt(8))
    ready('b', statusAt(8))
    stage.run(500)
    expect(peers.of('report-peer')).toEqual([])
    expect(syncStatus()).toMatchObject({ currentHeight: 8, peers: 2 })
  })

  test('are not asked of peers that are no further themselves', () => {
    serveRanges(() => 'right')
    spawn()
    ready('behind', statusAt(0))
    ready('ahead', statusAt(40))
    stage.run(4_000)
    expect(new Set(network.of('fetch-range').map(({ peer }) => peer))).toEqual(new Set(['ahead']))
  })

  test('are not asked of a peer that was lost', () => {
    spawn()
    ready('a', statusAt(0))
    ready('b', statusAt(0))
    stage.send(sync, { kind: 'sync-peer-lost', peer: 'b' })
    expect(syncStatus().peers).toBe(1)
  })

  test('may be overtaken by votes: the next begins above what they committed', () => {
    let deliver: () => void = () => undefined
    network.react((message) => {
      if (message.kind !== 'fetch-range') return
      const { fromHeight } = message.range
      const served = blocks.slice(fromHeight - 1, fromHeight + 7)
      const last = served.at(-1) ?? expect.unreachable()
      const finalisation = certify(federation, 'finalise', last)
      deliver = () => message.reply(ok({ blocks: served, finalisation }))
    })
    // Of what it has already, a chain says where it stands, and takes nothing.
    chainActor.react((message) => {
      if (message.kind === 'get-chain-status') message.reply(chainStatus())
      if (message.kind === 'import-range') message.reply(ok(chainStatus()))
    })
    spawn()
    for (const peer of ['a', 'b', 'c']) ready(peer, statusAt(30))
    advance(12)
    deliver()
    stage.run(100)
    expect(network.of('fetch-range').map(({ range }) => range.fromHeight)).toEqual([1, 13])
    expect(stage.failures).toEqual([])
  })
})
