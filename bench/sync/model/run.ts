/**
 * One run of the model: what a way of scheduling makes of a mix of peers. Time is virtual, so a run is the same on
 * every machine; it is no measurement of the node.
 */
import { SimRandom } from '../../../sim/random.ts'
import { makeChain } from './chain.ts'
import { type Contestant, contestants } from './contestants.ts'
import { type Mix, type MixName, mixes } from './mixes.ts'
import { World } from './world.ts'

export interface Outcome {
  /** Until everything was imported; infinity if that took more than a day. */
  readonly seconds: number
  /**
   * No way of scheduling can be faster: our link, all honest peers together, or the import. Peers that serve at first and
   * stop later are left out, so with them it can be beaten. Headers are not counted, which are 1.6 % of the bytes.
   */
  readonly boundSeconds: number
  readonly firstImportSeconds: number
  readonly blocksPerSecond: number
  /** Bytes that came for nothing, of all that were needed. */
  readonly wastedShare: number
  readonly peakReservedBytes: number
  readonly peakReservedBlocks: number
  /** Honest peers that were blamed. */
  readonly falselyBlamed: number
  /** Dishonest ones that were. */
  readonly blamed: number
  readonly requests: number
  readonly failures: number
  readonly hedges: number
}

const untilMs = 86_400_000

/** Peers and blocks depend on the mix and the seed alone, so contestants can be compared seed by seed. */
export function runModel(mixName: MixName, contestant: Contestant, seed: number): Outcome {
  const mix: Mix = mixes[mixName]
  const random = new SimRandom(`mix ${mixName} ${seed}`)
  const chain = makeChain(mix.blocks, mix.blockBytesMean, random.fork('chain'))
  const peers = mix.peers(random.fork('peers'))
  const { downBytesPerSecond, importCosts } = mix
  const download = contestants[contestant]
  const world = new World({ chain, peers, downBytesPerSecond, importCosts, download, seed })
  const isDone = world.run(untilMs)
  const { counts, timeline, network } = world
  const { requests, failures, hedges } = world.download.facts(timeline.nowMs).counts
  const names = [...counts.blamed.keys()]
  const isHonest = (name: string): boolean =>
    peers.some((peer) => peer.name === name && peer.isHonest)
  const seconds = isDone ? timeline.nowMs / 1_000 : Number.POSITIVE_INFINITY
  return {
    seconds,
    boundSeconds: boundOf(mix, chain.bytes, honestRate(peers)),
    firstImportSeconds: (counts.firstImportMs ?? Number.POSITIVE_INFINITY) / 1_000,
    blocksPerSecond: mix.blocks / seconds,
    wastedShare: network.wasted / chain.bytes,
    peakReservedBytes: counts.peakReservedBytes,
    peakReservedBlocks: counts.peakReservedBlocks,
    falselyBlamed: names.filter(isHonest).length,
    blamed: names.filter((name) => !isHonest(name)).length,
    requests,
    failures,
    hedges,
  }
}

function honestRate(
  peers: readonly { readonly isHonest: boolean; readonly bytesPerSecond: number }[],
) {
  return peers
    .filter(({ isHonest }) => isHonest)
    .reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0)
}

function boundOf({ blocks, downBytesPerSecond, importCosts }: Mix, bytes: number, rate: number) {
  const { msPerBlock, msPerBatch } = importCosts
  const importMs = blocks * msPerBlock + Math.ceil(blocks / 64) * msPerBatch
  return Math.max(bytes / downBytesPerSecond, bytes / rate, importMs / 1_000)
}
