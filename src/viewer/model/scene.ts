/** All that is derived from a run once, and all that is derived anew when something is hidden. */
import type { Span } from '../time/window.ts'
import { type ChainHistory, historyOf } from './chain.ts'
import { type FaultSpan, faultsOf } from './faults.ts'
import { type Filter, groupCountsOf, type NameCount, namesOf, shownOf } from './filter.ts'
import { type FlightIndex, type Flights, indexFlights } from './flights.ts'
import { indexLanes, type LaneIndex } from './lanes.ts'
import { arrivalsOf, lossesOf } from './messages.ts'
import { kindOf, type Run } from './run.ts'

export interface Scene {
  readonly run: Run
  /** From the beginning of the run to its end. */
  readonly limits: Span
  /** What can be brought into view: a little more than that, so that no end lies on an edge. */
  readonly bounds: Span
  readonly history: ChainHistory
  readonly faults: readonly FaultSpan[]
  readonly arrivals: Flights
  readonly losses: Flights
  /** How many records there are in each group. */
  readonly groupCounts: Uint32Array
  readonly names: readonly NameCount[]
  readonly violations: readonly number[]
  /** What was known before the violation where it happened, or did not come there: records. */
  readonly known: readonly number[]
}

/** What there is to draw under a filter. */
export interface Shown {
  readonly filter: Filter
  /** 1 for each record that is shown. */
  readonly mask: Uint8Array
  /** How many records are shown. */
  readonly count: number
  readonly lanes: LaneIndex
  readonly arrivals: FlightIndex
  readonly losses: FlightIndex
}

export function sceneOf(run: Run, known: readonly number[] = []): Scene {
  const violations: number[] = []
  for (let i = 0; i < run.count; i += 1) {
    if (kindOf(run, i) === 'violation') violations.push(i)
  }
  // A part of a run begins where it begins.
  const fromUs = run.firstId === 0 ? 0 : (run.atUs[0] ?? 0)
  const toUs = Math.max(run.endUs, fromUs + 1_000)
  const marginUs = (toUs - fromUs) / 60
  return {
    run,
    limits: { fromUs, toUs },
    bounds: { fromUs: fromUs - marginUs, toUs: toUs + marginUs },
    history: historyOf(run),
    faults: faultsOf(run),
    arrivals: arrivalsOf(run),
    losses: lossesOf(run),
    groupCounts: groupCountsOf(run),
    names: namesOf(run),
    violations,
    known,
  }
}

export function shownIn({ run, arrivals, losses }: Scene, filter: Filter): Shown {
  const mask = shownOf(run, filter)
  return {
    filter,
    mask,
    count: mask.reduce((sum, each) => sum + each, 0),
    lanes: indexLanes(run, mask),
    arrivals: indexFlights(arrivals, mask),
    losses: indexFlights(losses, mask),
  }
}
