/** The cases in which latency is measured, with the figures of the model that the rules were chosen by. */
import { silentMax } from '../../../src/protocol/committee.ts'
import { slots } from './network.ts'
import { runTimed, type TimedOptions } from './timed-network.ts'

export interface LatencyCase {
  readonly name: string
  readonly options: (slotsCount: number) => Omit<TimedOptions, 'seed' | 'slots'>
  /** Undefined: the caller's. An outage of half an hour needs its own. */
  readonly slots?: number
  readonly model: {
    readonly share?: number
    readonly p50Ms?: number
    readonly p99Ms?: number
    readonly resumedMs?: number
  }
}

export interface LatencyFigures {
  /** Mean over the seeds. */
  readonly share: number
  readonly p50Ms: number
  /** The worst seed's. */
  readonly p99Ms: number
  readonly resumedMs: number | undefined
  readonly messagesPerSlot: number
  readonly faults: number
}

const halfHourMs = 1_800_000
const outageFromMs = 40_700

/** A quorum is missing for half an hour, and is back at some point of a slot. */
function outage(members: number, offsetMs: number): LatencyCase {
  const places = Array.from({ length: silentMax(members) + 1 }, (_, place) => place)
  const toMs = outageFromMs - (outageFromMs % slots.slotMs) + halfHourMs + offsetMs
  return {
    name: `${members} members, ${places.length} down for 30 min, back at +${offsetMs} ms`,
    options: () => ({ members, outage: { places, fromMs: outageFromMs, toMs } }),
    slots: 960,
    model: { resumedMs: 1_800 },
  }
}

function steady(members: number, p50Ms: number, p99Ms: number): LatencyCase {
  const model = { share: 1, p50Ms, p99Ms }
  return { name: `${members} members`, options: () => ({ members }), model }
}

function oneDown(members: number, p50Ms: number, p99Ms: number): LatencyCase {
  const model = { share: 1 - 1 / members, p50Ms, p99Ms }
  return { name: `${members} members, 1 down`, options: () => ({ members, down: [1] }), model }
}

export const latencyCases: readonly LatencyCase[] = [
  steady(3, 344, 535),
  steady(4, 470, 647),
  steady(7, 520, 652),
  oneDown(3, 442, 734),
  oneDown(4, 580, 808),
  oneDown(7, 577, 720),
  {
    name: '4 members, clocks off by up to 500 ms',
    options: () => ({ members: 4, skewMsMax: 500 }),
    model: { share: 1, p50Ms: 512, p99Ms: 831 },
  },
  {
    name: '4 members, 10 % loss',
    options: () => ({ members: 4, lossPerMille: 100 }),
    model: { share: 0.999, p50Ms: 508, p99Ms: 771 },
  },
  ...[100, 700, 1_300, 1_700].flatMap((offsetMs) => [3, 4, 7].map((n) => outage(n, offsetMs))),
  {
    name: '4 members, cut 2|2 for 10 min',
    options: () => ({ members: 4, partition: { size: 2, fromMs: outageFromMs, toMs: 640_700 } }),
    slots: 340,
    model: { resumedMs: 1_900 },
  },
]

/** Runs a case with seeds 1, 2, … */
export function measureCase(each: LatencyCase, seeds: number, slotsCount: number): LatencyFigures {
  const runs = Array.from({ length: seeds }, (_, i) => {
    const options = each.options(slotsCount)
    return runTimed({ ...options, slots: each.slots ?? slotsCount, seed: i + 1 })
  })
  const mean = (values: readonly number[]): number =>
    Math.round((1_000 * values.reduce((sum, value) => sum + value, 0)) / values.length) / 1_000
  const resumed = runs.flatMap(({ resumedMs }) => (resumedMs === undefined ? [] : [resumedMs]))
  return {
    share: mean(runs.map(({ share }) => share)),
    p50Ms: mean(runs.map(({ p50Ms }) => p50Ms)),
    p99Ms: Math.max(...runs.map(({ p99Ms }) => p99Ms)),
    resumedMs: resumed.length < runs.length ? undefined : Math.max(...resumed),
    messagesPerSlot: Math.round(mean(runs.map(({ messagesPerSlot }) => messagesPerSlot))),
    faults: runs.reduce((sum, { faults }) => sum + faults.length, 0),
  }
}
