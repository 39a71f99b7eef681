/**
 * The mixes of peers that ways of scheduling are compared on. "Mixed" peers have round trips of 20 to 300 ms and rates
 * of 2 to 200 Mbit/s, both log-uniform. They were fixed before anything was tuned.
 */
import type { Draws } from '../../../sim/random.ts'
import { type Behaviour, type ModelPeer, soundPeer } from './behaviour.ts'
import type { ImportCosts } from './importer.ts'

export interface Mix {
  readonly title: string
  readonly blocks: number
  readonly blockBytesMean: number
  readonly downBytesPerSecond: number
  readonly importCosts: ImportCosts
  readonly peers: (random: Draws) => readonly ModelPeer[]
}

/** Bytes in a second. */
const megabit = 125_000
const gigabit = 1_000 * megabit
const words = 4_294_967_296

const common = {
  blocks: 60_000,
  blockBytesMean: 12_000,
  downBytesPerSecond: gigabit,
  importCosts: { msPerBlock: 0.125, msPerBatch: 2 },
}

function logUniform(random: Draws, min: number, max: number): number {
  return min * Math.exp(Math.log(max / min) * (random.u32() / words))
}

function mixedPeer(random: Draws, at: number): ModelPeer {
  const rttMs = logUniform(random, 20, 300)
  return soundPeer(nameOf(at), rttMs, logUniform(random, 2, 200) * megabit)
}

function nameOf(at: number): string {
  return `peer ${String(at).padStart(5, '0')}`
}

function many(count: number, make: (at: number) => ModelPeer): readonly ModelPeer[] {
  return Array.from({ length: count }, (_, at) => make(at))
}

/** The same peer with other manners. */
function always(peer: ModelPeer, behaviour: Behaviour): ModelPeer {
  return { ...peer, isHonest: false, behave: () => behaviour }
}

function mixedSome(count: number, isOdd: (at: number) => boolean, behaviour: Behaviour) {
  return (random: Draws): readonly ModelPeer[] =>
    many(count, (at) => {
      const peer = mixedPeer(random, at)
      return isOdd(at) ? always(peer, behaviour) : peer
    })
}

export const mixes = {
  lan: {
    ...common,
    title: '1 peer, 1 ms, 1 Gbit/s',
    peers: () => [soundPeer('peer', 1, gigabit)],
  },
  one: {
    ...common,
    title: '1 peer, 80 ms, 50 Mbit/s',
    peers: () => [soundPeer('peer', 80, 50 * megabit)],
  },
  equal: {
    ...common,
    title: '8 equal peers, 80 ms, 50 Mbit/s',
    peers: () => many(8, (at) => soundPeer(nameOf(at), 80, 50 * megabit)),
  },
  mixed: {
    ...common,
    title: '25 mixed peers',
    peers: (random) => many(25, (at) => mixedPeer(random, at)),
  },
  home: {
    ...common,
    title: '25 mixed, our link 50 Mbit/s',
    downBytesPerSecond: 50 * megabit,
    peers: (random) => many(25, (at) => mixedPeer(random, at)),
  },
  satellite: {
    ...common,
    title: '25 mixed and 600 ms, our link 100 Mbit/s',
    downBytesPerSecond: 100 * megabit,
    peers: (random) =>
      many(25, (at) => {
        const peer = mixedPeer(random, at)
        return { ...peer, rttMs: peer.rttMs + 600 }
      }),
  },
  stall: {
    ...common,
    title: '25 mixed, 40 % never answer',
    peers: mixedSome(25, (at) => at % 5 < 2, 'stall'),
  },
  drip: {
    ...common,
    title: '25 mixed, 40 % drip 6 kB/s',
    peers: mixedSome(25, (at) => at % 5 < 2, 'drip'),
  },
  flaky: {
    ...common,
    title: '25 mixed, one request in ten is never answered',
    peers: (random) =>
      many(25, (at) => ({
        ...mixedPeer(random, at),
        behave: (_, draws) => (draws.below(10) === 0 ? 'stall' : 'serve'),
      })),
  },
  sleeper: {
    ...common,
    title: '25 mixed, the 5 fastest stop after 5 s',
    peers: (random) => {
      const peers = many(25, (at) => mixedPeer(random, at))
      const fastest = peers.toSorted((a, b) => b.bytesPerSecond - a.bytesPerSecond).slice(0, 5)
      return peers.map((peer) =>
        fastest.includes(peer)
          ? { ...peer, isHonest: false, behave: (nowMs) => (nowMs > 5_000 ? 'stall' : 'serve') }
          : peer,
      )
    },
  },
  liars: {
    ...common,
    title: '25 mixed, 60 % lie',
    peers: mixedSome(25, (at) => at % 5 < 3, 'lie'),
  },
  crowd: {
    ...common,
    title: '200 mixed, half never answer',
    peers: mixedSome(200, (at) => at % 2 === 1, 'stall'),
  },
  'large blocks': {
    ...common,
    title: '25 mixed, blocks of 40 KB',
    blocks: 18_000,
    blockBytesMean: 40_000,
    peers: (random) => many(25, (at) => mixedPeer(random, at)),
  },
  'large blocks, stall': {
    ...common,
    title: '25 mixed, 40 % never answer, blocks of 40 KB',
    blocks: 18_000,
    blockBytesMean: 40_000,
    peers: mixedSome(25, (at) => at % 5 < 2, 'stall'),
  },
  'small blocks': {
    ...common,
    title: '25 mixed, blocks of 2 KB',
    blocks: 360_000,
    blockBytesMean: 2_000,
    peers: (random) => many(25, (at) => mixedPeer(random, at)),
  },
} as const satisfies Record<string, Mix>

export type MixName = keyof typeof mixes
