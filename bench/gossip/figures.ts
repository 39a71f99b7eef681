/** Figures of real processes: blocks, connections, crowds, answers. */
import { type Contender, median, nodeProgram, type Standings, standingOf } from '../contest.ts'
import type { Figure } from '../report.ts'
import { quantile } from '../sync/statistics.ts'
import type { GossipPlan } from './plan.ts'

/** Programs that are measured together, and what they come to. */
export interface Section {
  readonly rounds: number
  readonly contenders: readonly Contender[]
  readonly figures: (standings: Standings) => readonly Figure[]
}

/** The amounts of a part, of all rounds. */
function amountsOf(standings: Standings, name: string, part: string): readonly number[] {
  return standingOf(standings, name).samples.flatMap((sample) => {
    return sample.part === part ? [sample.amount] : []
  })
}

/** Half of the times, and nearly all of them. `p99Max` is the bound of the latter, if there is one. */
function timesOf(
  standings: Standings,
  {
    contender,
    part,
    name,
  }: { readonly contender: string; readonly part: string; readonly name: string },
  about: { readonly boundBy: string; readonly p99Max?: number },
): readonly Figure[] {
  const millis = amountsOf(standings, contender, part)
  const { boundBy, p99Max } = about
  const figure = { unit: 'ms', size: millis.length, isLessBetter: true, boundBy }
  return [
    { ...figure, name: `${name}: half of them`, value: quantile(millis, 0.5) },
    {
      ...{ ...figure, name: `${name}: 99 of 100`, value: quantile(millis, 0.99) },
      ...(p99Max !== undefined && { floor: p99Max }),
    },
  ]
}

// ----- blocks -----

const blockMsMax = 100

export function blockSection({ members, blocks, transfers }: GossipPlan): Section {
  const contender = `${members} members`
  const name = (what: string): string => `${contender}, blocks of 10 kB: ${what}`
  const command = nodeProgram('gossip/propagation.ts', members, blocks, transfers)
  return {
    rounds: 1,
    contenders: [{ name: contender, command }],
    figures: (standings) => {
      const times = (part: string, boundBy: string, p99Max?: number): readonly Figure[] => {
        const about = p99Max === undefined ? { boundBy } : { boundBy, p99Max }
        return timesOf(standings, { contender, part, name: name(part) }, about)
      }
      const middle = (part: string): number => median(amountsOf(standings, contender, part))
      return [
        ...times('announcement at all', 'two hops of gossip, and the author’s signature'),
        ...times('block at one', 'the announcement, a request, and executing the block'),
        ...times(
          'block at all',
          'the last of so many processes on few cores, each of which checks all signatures',
          blockMsMax,
        ),
        ...times('notarised at all', 'the block at a quorum, a vote on the disk, gossip, BLS'),
        ...times('committed at all', 'the same once more'),
        {
          ...{ name: name('processor of a member'), value: middle('cpu of a member, %') },
          ...{ unit: '% of a core', isLessBetter: true },
          boundBy: 'signatures of transfers and votes, and each transfer in a message of its own',
        },
        {
          ...{ name: name('a member sends'), value: middle('bytes sent a block') / 1e3 },
          ...{ unit: 'kB a block', isLessBetter: true },
          boundBy: 'transfers in the mesh, some four copies of each; the body goes once to each',
        },
      ]
    },
  }
}

// ----- connections -----

const connectMsMax = 100

export function connectSection({ rounds, connections }: GossipPlan): Section {
  const contender = 'connection'
  return {
    rounds,
    contenders: [{ name: contender, command: nodeProgram('gossip/connect.ts', connections) }],
    figures: (standings) =>
      timesOf(
        standings,
        { contender, part: 'both up', name: 'from a dial until both are up, TCP and Noise' },
        {
          boundBy:
            'negotiations in turns: Noise, Yamux, identify both ways; keys on two processors',
          p99Max: connectMsMax,
        },
      ),
  }
}

// ----- crowds -----

const residentMbMax = 400
const restPercentMax = 2

export function crowdSection({ crowd, restSeconds }: GossipPlan): Section {
  const contender = 'crowd'
  const count = crowd.toLocaleString('en')
  const about = { size: crowd, isLessBetter: true }
  return {
    rounds: 1,
    contenders: [{ name: contender, command: nodeProgram('gossip/crowd.ts', crowd, restSeconds) }],
    figures: (standings) => {
      const amount = (part: string): number => median(amountsOf(standings, contender, part))
      const resident = amount('resident bytes')
      return [
        {
          ...{ ...about, name: `a node with ${count} peers: memory`, value: resident / 1e6 },
          ...{ unit: 'MB', floor: residentMbMax },
          boundBy: 'the node itself; then connections, streams and buffers of libp2p',
        },
        {
          ...{ ...about, name: `a node with ${count} peers: memory for each` },
          ...{ value: (resident - amount('resident bytes alone')) / (1e3 * crowd), unit: 'kB' },
          boundBy: 'three streams of gossip and identify, their buffers, what is known of a peer',
        },
        {
          ...{ ...about, name: `a node with ${count} peers: processor at rest` },
          ...{ value: amount('CPU at rest, %'), unit: '% of a core', floor: restPercentMax },
          boundBy: 'heartbeats of gossip, health checks, pings where nothing else is heard',
        },
        {
          ...{ ...about, name: `a node with ${count} peers: processor for each that came` },
          ...{ value: amount('CPU ms for each that came'), unit: 'CPU ms' },
          boundBy: 'Noise, identify, the status; and whom the node asks anew meanwhile',
        },
      ]
    },
  }
}

// ----- answers -----

const mebibyte = 1_048_576
const megabytesPerSecondMin = 150
const overheadPercentMax = 5
const iterations = 5
const sizes = [1, 2]
const lanes = [1, 4]

export function transferSection({ rounds, answers }: GossipPlan): Section {
  const variants = sizes.flatMap((size) => lanes.map((count) => ({ size, count })))
  const nameOf = ({ size, count }: { readonly size: number; readonly count: number }): string =>
    `answers of ${size} MiB over Noise, ${count} at once`
  return {
    rounds,
    contenders: variants.map((variant) => {
      const { size, count } = variant
      const args = [size * mebibyte, Math.ceil(answers / size), count, iterations]
      return { name: nameOf(variant), command: nodeProgram('gossip/transfer.ts', ...args) }
    }),
    figures: (standings) =>
      variants.flatMap((variant) => {
        const name = nameOf(variant)
        const onWire = median(amountsOf(standings, name, 'wire for each byte'))
        return [
          {
            ...{ name, value: bytesPerSecond(standings, name) / 1e6, unit: 'MB / s' },
            size: variant.size * mebibyte,
            floor: megabytesPerSecondMin,
            boundBy: 'ChaCha20-Poly1305 on either side; copies between frames',
          },
          {
            ...{ name: `${name}: bytes beside those of answers`, value: 100 * (onWire - 1) },
            ...{ unit: '%', floor: overheadPercentMax, isLessBetter: true },
            boundBy: 'a tag for each 64 kB of Noise, a head for each frame of Yamux',
          },
        ]
      }),
  }
}

function bytesPerSecond(standings: Standings, name: string): number {
  const { samples } = standingOf(standings, name)
  return median(
    samples.flatMap(({ part, amount, wallMs }) => {
      return part === 'payload' && wallMs !== undefined ? [(1_000 * amount) / wallMs] : []
    }),
  )
}
