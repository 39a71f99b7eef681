import { describe, expect, test } from 'vitest'
import {
  type Behaviour,
  type ModelPeer,
  soundPeer,
} from '../../../../../bench/sync/model/behaviour.ts'
import { headerAt, makeChain, placeAt } from '../../../../../bench/sync/model/chain.ts'
import { World, type WorldOptions } from '../../../../../bench/sync/model/world.ts'
import { SimRandom } from '../../../../../sim/random.ts'
import type { Command, PeerFacts } from '../../../../../src/actors/sync/download/command.ts'
import { Download } from '../../../../../src/actors/sync/download/download.ts'
import { adaptive } from '../../../../../src/actors/sync/download/options.ts'
import { failed, ok } from '../../../../../src/base/result.ts'

const rate = 2_000_000
const hourMs = 3_600_000

function sound(count: number): readonly ModelPeer[] {
  return Array.from({ length: count }, (_, i) => soundPeer(`sound ${i}`, 40, rate))
}

function bad(name: string, behave: ModelPeer['behave']): ModelPeer {
  return { ...soundPeer(name, 20, 4 * rate), isHonest: false, behave }
}

function worldOf(peers: readonly ModelPeer[], more: Partial<WorldOptions> = {}): World {
  return new World({
    chain: makeChain(5_000, 4_000, new SimRandom('chain')),
    peers,
    downBytesPerSecond: 20_000_000,
    importCosts: { msPerBlock: 0.1, msPerBatch: 1 },
    download: adaptive,
    seed: 1,
    ...more,
  })
}

function blamed(world: World): readonly string[] {
  return [...world.counts.blamed.keys()].toSorted((a, b) => (a < b ? -1 : 1))
}

describe('who is blamed', () => {
  test.each<Behaviour>(['lie', 'unsigned', 'empty'])(
    'a peer whose answers are "%s", once, and nobody else',
    (behaviour) => {
      const world = worldOf([...sound(3), bad('liar', () => behaviour)])
      expect(world.run(hourMs)).toBe(true)
      expect(blamed(world)).toEqual(['liar'])
    },
  )

  test('a peer that lies once in a while, at its first lie', () => {
    const world = worldOf([
      ...sound(3),
      bad('liar', (_, random) => (random.below(10) === 0 ? 'lie' : 'serve')),
    ])
    expect(world.run(hourMs)).toBe(true)
    expect(blamed(world)).toEqual(['liar'])
  })

  test.each<Behaviour>(['stall', 'freeze', 'drip', 'busy', 'unavailable', 'scrap'])(
    'nobody for being of no use: "%s"',
    (behaviour) => {
      const world = worldOf([...sound(2), bad('useless', () => behaviour)])
      expect(world.run(hourMs)).toBe(true)
      expect(blamed(world)).toEqual([])
      // And it is not asked again and again.
      expect(world.download.facts(world.timeline.nowMs).counts.requests).toBeLessThan(600)
    },
  )

  test('nobody, while our own check refuses what everybody gives; then it goes on', () => {
    const isBroken = (what: string, nowMs: number): boolean =>
      what === 'validate' && nowMs < 150_000
    const world = worldOf(sound(4), { isBroken })
    expect(world.run(149_000)).toBe(false)
    const { stuck } = world.download.facts(149_000)
    // So many "lies" about one block: it is rather us.
    expect(stuck?.lies).toBeGreaterThanOrEqual(3)
    expect(world.run(hourMs)).toBe(true)
    expect(blamed(world)).toEqual([])
  })

  test('nobody, while our own chain refuses what is certified; downloads stop at their bound, and go on', () => {
    const isBroken = (what: string, nowMs: number): boolean => what === 'import' && nowMs < 60_000
    const download = { ...adaptive, memoryBlocksMax: 1_000 }
    const world = worldOf(sound(4), { isBroken, download })
    expect(world.run(59_000)).toBe(false)
    const { localTrouble, stuck, reservedBlocks } = world.download.facts(59_000)
    expect(localTrouble).toMatchObject({ height: 1, code: 'state-root' })
    expect(localTrouble?.attempts).toBeGreaterThan(3)
    expect(stuck).toBeUndefined()
    expect(reservedBlocks).toBeLessThanOrEqual(1_000)
    expect(world.run(hourMs)).toBe(true)
    expect(blamed(world)).toEqual([])
  })
})

describe('getting on', () => {
  test('a single peer that stands still for five seconds is asked again', () => {
    const peer = soundPeer('only', 40, rate)
    const behave = (nowMs: number) => (nowMs > 2_000 && nowMs < 7_000 ? 'stall' : 'serve')
    const world = worldOf([{ ...peer, behave }])
    expect(world.run(60_000)).toBe(true)
  })

  test('our own link fails for some seconds: no peer is marked for it', () => {
    const behave = (nowMs: number) => (nowMs > 2_000 && nowMs < 12_000 ? 'stall' : 'serve')
    const world = worldOf(sound(8).map((peer) => ({ ...peer, bytesPerSecond: rate / 4, behave })))
    world.run(12_000)
    expect(world.download.facts(12_000)).toMatchObject({ isDamped: true, provenPeers: 8 })
    expect(world.run(60_000)).toBe(true)
  })

  test('nobody is there: that is said, until somebody comes', () => {
    const late = { ...soundPeer('late', 40, rate), fromMs: 5_000 }
    const world = worldOf([late])
    world.run(4_000)
    expect(world.download.facts(4_000).stuck).toMatchObject({ height: 1, reason: 'nobody' })
    expect(world.run(60_000)).toBe(true)
    expect(world.download.facts(world.timeline.nowMs).stuck).toBeUndefined()
  })

  test('peers that have only a part each serve the whole together', () => {
    const [low, high] = sound(2)
    if (low === undefined || high === undefined) return expect.unreachable()
    const world = worldOf([low, { ...high, availableFrom: 2_500 }])
    expect(world.run(60_000)).toBe(true)
  })

  test('a certified target with a height that was made up does not keep us from being complete', () => {
    const world = worldOf(sound(3))
    world.download.raiseTarget({ ...placeAt(5_000), height: 9_000_000, slot: 5_000 })
    expect(world.run(60_000)).toBe(true)
    expect(world.download.facts(world.timeline.nowMs).isComplete).toBe(true)
  })

  test('ten thousand peers, a third of which never answer, cost no more than those in use', () => {
    const peers = Array.from({ length: 10_000 }, (_, i) => {
      const peer = soundPeer(`peer ${i}`, 40, rate)
      return i % 3 === 0 ? bad(`bad ${i}`, () => 'stall') : peer
    })
    const world = worldOf(peers)
    expect(world.run(60_000)).toBe(true)
    const { provenPeers, counts } = world.download.facts(world.timeline.nowMs)
    expect(provenPeers).toBeLessThan(200)
    expect(counts.requests).toBeLessThan(1_000)
  })

  test('no peer holds more than a quarter of the window, when four and more are proven', () => {
    const peers = [soundPeer('fast', 5, 20 * rate), ...sound(5)]
    const chain = makeChain(5_000, 12_000, new SimRandom('chain'))
    const world = worldOf(peers, { chain })
    const open = new Map<number, { readonly peer: string; readonly bytes: number }>()
    let most = 0
    world.onCommand = (command) => {
      if (command.kind === 'cancel' || command.kind === 'validate') open.delete(command.id)
      if (command.kind !== 'fetch-bodies') return
      open.set(command.id, { peer: command.peer, bytes: command.request.countMax * 12_000 })
      if (command.peer !== 'fast') return
      const { provenPeers, windowBytes } = world.download.facts(world.timeline.nowMs)
      const held = [...open.values()].filter(({ peer }) => peer === 'fast')
      const bytes = held.reduce((sum, one) => sum + one.bytes, 0)
      if (provenPeers >= 4 && held.length > 1) most = Math.max(most, bytes / windowBytes)
    }
    expect(world.run(60_000)).toBe(true)
    expect(most).toBeGreaterThan(0.1)
    expect(most).toBeLessThan(0.3)
  })
})

interface ModelRun {
  readonly records: { readonly length: number }
  readonly bytes: number
}

/** A download with one peer whose answers are given by hand, up to its first request. */
function byHand(): {
  readonly download: Download<string, ModelRun>
  readonly first: Command<string, ModelRun>
} {
  const download = new Download<string, ModelRun>(adaptive, new SimRandom('hand'), placeAt(0))
  const facts: PeerFacts = {
    class: 'regular',
    netgroup: 'n',
    committedHeight: 100,
    availableFrom: 0,
  }
  download.peerReady('peer', facts)
  download.raiseTarget(placeAt(100))
  const [first] = download.step(0)
  if (first === undefined) return expect.unreachable()
  return { download, first }
}

describe('one answer at a time', () => {
  test('first the certified headers, at strides that end at the target', () => {
    const { first } = byHand()
    expect(first).toMatchObject({
      kind: 'fetch-certified',
      peer: 'peer',
      request: { fromHeight: 4, strideHeights: 32, countMax: 4 },
    })
  })

  test('nothing is asked for without a target', () => {
    const download = new Download<string, ModelRun>(adaptive, new SimRandom('idle'), placeAt(7))
    expect(download.step(0)).toEqual([])
    expect(download.facts(0)).toMatchObject({ isComplete: true, stuck: undefined })
  })

  test('a peer that goes takes its requests along: what they held is free at once', () => {
    const { download } = byHand()
    download.peerGone('peer', 10)
    expect(download.facts(10)).toMatchObject({ activeRequests: 0, bytesInFlight: 0, peers: 0 })
    expect(download.step(10).map(({ kind }) => kind)).toEqual(['cancel'])
  })

  test('answers that nobody waits for say nothing of anybody', () => {
    const { download, first } = byHand()
    if (!('id' in first)) return expect.unreachable()
    download.peerGone('peer', 10)
    download.step(10)
    const served = { kind: 'found', value: [] } as const
    download.certified(first.id, ok({ served, bytes: 9, firstByteMs: 1, elapsedMs: 2 }), 20)
    download.headers(99, failed({ code: 'timeout' }), 20)
    const found = { kind: 'found', value: [headerAt(1)] } as const
    download.headers(first.id, ok({ served: found, bytes: 9, firstByteMs: 1, elapsedMs: 2 }), 20)
    download.verified(77, { forgedAt: 0 }, 20)
    download.validated(78, { run: undefined, fault: undefined }, 20)
    download.imported(79, failed({ code: 'busy' }), 20)
    expect(download.step(20)).toEqual([])
  })
})
