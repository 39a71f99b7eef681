/**
 * Whatever the peers do: imports are strictly by height and each height once (the model's chain asserts it), memory is
 * bounded and given back, nobody honest is blamed, and one honest peer is enough.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Behaviour, ModelPeer } from '../../bench/sync/model/behaviour.ts'
import { makeChain } from '../../bench/sync/model/chain.ts'
import { World, type WorldOptions } from '../../bench/sync/model/world.ts'
import { SimRandom } from '../../sim/random.ts'
import { adaptive, type DownloadOptions, fixed } from '../../src/actors/sync/download/options.ts'

const mebibyte = 1_048_576
const bodyBytesMax = 50_000
const hourMs = 3_600_000
const never = Number.POSITIVE_INFINITY

const honest: readonly Behaviour[] = ['serve']
const manners: readonly (readonly Behaviour[])[] = [
  ['serve'],
  ['stall'],
  ['freeze'],
  ['drip'],
  ['lie'],
  ['empty'],
  ['scrap'],
  ['unavailable'],
  ['busy'],
  // Now this, now that.
  ['serve', 'serve', 'serve', 'stall'],
  ['serve', 'serve', 'busy', 'unavailable'],
  ['serve', 'serve', 'serve', 'serve', 'serve', 'lie'],
]
/** Slow or unlucky, but no liar: blame for one of them would be false. */
const blameless = new Set<Behaviour>([
  'serve',
  'stall',
  'freeze',
  'drip',
  'scrap',
  'unavailable',
  'busy',
])

interface Draft {
  readonly manner: readonly Behaviour[]
  readonly rttMs: number
  readonly bytesPerSecond: number
  readonly fromMs: number
  readonly staysMs: number
  readonly netgroup: number
}

const draft: fc.Arbitrary<Draft> = fc.record({
  manner: fc.constantFrom(...manners),
  rttMs: fc.integer({ min: 1, max: 800 }),
  bytesPerSecond: fc.integer({ min: 20_000, max: 50_000_000 }),
  fromMs: fc.integer({ min: 0, max: 5_000 }),
  staysMs: fc.oneof(fc.constant(never), fc.integer({ min: 1, max: 20_000 })),
  netgroup: fc.integer({ min: 0, max: 3 }),
})

const download: fc.Arbitrary<DownloadOptions> = fc
  .record({
    base: fc.constantFrom(adaptive, fixed),
    choice: fc.constantFrom('thompson', 'greedy', 'random', 'first', 'least-loaded'),
    hasProbes: fc.boolean(),
    hasHeadHedge: fc.boolean(),
    hasWindowHedge: fc.boolean(),
    hasGlobalWindow: fc.boolean(),
    hasAdaptiveDeadline: fc.boolean(),
    memoryBytesMax: fc.integer({ min: 4 * mebibyte, max: 12 * mebibyte }),
    memoryBlocksMax: fc.integer({ min: 40, max: 2_000 }),
  })
  .map(({ base, ...switches }) => ({ ...base, ...switches }) as const)

const setting = fc.record({
  drafts: fc.array(draft, { maxLength: 9 }),
  download,
  blocks: fc.integer({ min: 1, max: 1_500 }),
  blockBytesMean: fc.integer({ min: 200, max: 11_000 }),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
})

function peerOf(
  { manner, rttMs, bytesPerSecond, fromMs, staysMs, netgroup }: Draft,
  at: number,
): ModelPeer {
  return {
    name: `peer ${at}`,
    netgroup: `group ${netgroup}`,
    rttMs,
    bytesPerSecond,
    behave: (_, random) => manner[random.below(manner.length)] ?? 'serve',
    isHonest: manner.every((behaviour) => blameless.has(behaviour)),
    fromMs,
    untilMs: fromMs + staysMs,
    availableFrom: 0,
  }
}

function lastingHonest(fromMs: number): ModelPeer {
  const draft = { manner: honest, rttMs: 100, bytesPerSecond: 1_000_000, fromMs, netgroup: 9 }
  return { ...peerOf({ ...draft, staysMs: never }, 999) }
}

interface Setting {
  readonly drafts: readonly Draft[]
  readonly download: DownloadOptions
  readonly blocks: number
  readonly blockBytesMean: number
  readonly seed: number
}

function worldOf(
  { download, blocks, blockBytesMean, seed }: Setting,
  peers: readonly ModelPeer[],
): World {
  const options: WorldOptions = {
    chain: makeChain(blocks, blockBytesMean, new SimRandom(`chain ${seed}`)),
    peers,
    downBytesPerSecond: 10_000_000,
    importCosts: { msPerBlock: 0.1, msPerBatch: 2 },
    download,
    seed,
  }
  return new World(options)
}

function expectBounded(world: World, { download }: Setting): void {
  const { peakReservedBytes, peakReservedBlocks } = world.counts
  expect(peakReservedBytes).toBeLessThanOrEqual(download.memoryBytesMax + bodyBytesMax)
  expect(peakReservedBlocks).toBeLessThanOrEqual(download.memoryBlocksMax)
}

function falselyBlamed(world: World, peers: readonly ModelPeer[]): readonly string[] {
  const honestNames = peers.filter(({ isHonest }) => isHonest).map(({ name }) => name)
  return [...world.counts.blamed.keys()].filter((name) => honestNames.includes(name))
}

describe('downloads', () => {
  test('one honest peer is enough, whatever the others do', () => {
    fc.assert(
      fc.property(setting, (drawn) => {
        const peers = [...drawn.drafts.map(peerOf), lastingHonest(0)]
        const world = worldOf(drawn, peers)
        expect(world.run(hourMs)).toBe(true)
        expectBounded(world, drawn)
        expect(falselyBlamed(world, peers)).toEqual([])
        // Second copies may be on their way still; whatever is durable holds nothing.
        const { reservedBlocks, isComplete } = world.download.facts(world.timeline.nowMs)
        expect({ reservedBlocks, isComplete }).toEqual({ reservedBlocks: 0, isComplete: true })
        expect(world.download.reserved.bytes).toBe(0)
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  test('nobody honest: it stops, says so, and goes on as soon as somebody comes', () => {
    // Small answers of a peer that freezes or drips are whole.
    const isOfUse = (behaviour: Behaviour): boolean =>
      ['serve', 'scrap', 'drip', 'freeze'].includes(behaviour)
    const useless = fc.constantFrom(...manners.filter((manner) => !manner.some(isOfUse)))
    const hopeless = fc.record({
      drafts: fc.array(fc.record({ draft, manner: useless }), { maxLength: 6 }),
      setting,
    })
    fc.assert(
      fc.property(hopeless, ({ drafts, setting: drawn }) => {
        const bad = drafts.map(({ draft: one, manner }, at) => peerOf({ ...one, manner }, at))
        const comesMs = 200_000
        const peers = [...bad, lastingHonest(comesMs)]
        const world = worldOf(drawn, peers)
        expect(world.run(comesMs - 1)).toBe(false)
        expect(world.download.facts(comesMs - 1).stuck?.reason).toMatch(/attempts|age|nobody/)
        expect(world.run(hourMs)).toBe(true)
        expect(falselyBlamed(world, peers)).toEqual([])
        expectBounded(world, drawn)
      }),
      { seed: 1, numRuns: 100 },
    )
  })

  test('the same seed gives the same commands, in whatever order the peers came', () => {
    fc.assert(
      fc.property(setting, (drawn) => {
        const peers = [...drawn.drafts.map(peerOf), lastingHonest(0)]
        const first = logOf(worldOf(drawn, peers))
        expect(logOf(worldOf(drawn, peers))).toEqual(first)
        const atOnce = peers.map((peer) => ({ ...peer, fromMs: 0 }))
        const turned = [...atOnce].reverse()
        expect(logOf(worldOf(drawn, turned))).toEqual(logOf(worldOf(drawn, atOnce)))
      }),
      { seed: 1, numRuns: 50 },
    )
  })
})

function logOf(world: World): readonly string[] {
  const log: string[] = []
  world.onCommand = (command) => {
    const about = 'peer' in command ? command.peer : ''
    const id = 'id' in command ? command.id : ''
    log.push(`${world.timeline.nowMs} ${command.kind} ${id} ${about}`)
  }
  world.run(hourMs)
  return log
}
