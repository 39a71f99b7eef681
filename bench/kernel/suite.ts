/**
 * What the actor runtime costs on simulated time: the hold model against other ways to do the same work, and a
 * network of gossiping nodes. Programs that take longer for each event the more of them wait do fewer events.
 */
import { assert } from '../../src/base/assert.ts'
import {
  type Contender,
  contest,
  nodeProgram,
  perCpuSecond,
  type Standings,
  standingOf,
} from '../contest.ts'
import type { Figure } from '../report.ts'
import type { Suite, SuiteOptions } from '../suite.ts'
import {
  againstYardstick,
  entities,
  perMillion,
  yardstick,
  yardstickFigure,
  yardstickName,
} from '../yardstick.ts'
import { findPeers } from './peers.ts'

const unit = 'M events / CPU-s'
/**
 * Floors, as parts of a yardstick: an absolute one would judge the machine. The hold model lives in the cache, and is
 * held to 6 M events where the yardstick makes 10 M. Gossip does not: its 3,000 actors and what is under way between them
 * take 8 MB, and what those cost differs by a factor of three from one machine to the next, and on a shared one from one
 * minute to the next. So it is held to a heap of about that size, to 2.5 M events where that makes 5 M.
 */
const holdFloorRatio = 0.6
const gossipFloorRatio = 0.5
/** Entities of the large heap. */
const manyEntities = 100_000
const iterations = 3
const gossipNodes = 1_000

/** Sizes and repetitions. */
interface Plan {
  readonly rounds: number
  readonly events: number
  /** For programs whose work grows faster than the number of events. */
  readonly fewEvents: number
  readonly gossipSeconds: number
}

const fullPlan: Plan = { rounds: 5, events: 1_000_000, fewEvents: 30_000, gossipSeconds: 60 }
const quickPlan: Plan = { rounds: 1, events: 200_000, fewEvents: 5_000, gossipSeconds: 10 }

/** One program of the hold model. */
interface HoldContender extends Contender {
  readonly events: number
  readonly boundBy: string
}

const actorsName = 'hold: actors'
const timelineName = 'hold: timeline, bare loop'
const gossipName = 'gossip: 1,000 nodes of 3 actors'
const largeHeapName = 'yardstick of memory: binary heap of 100,000'
/** The yardstick again, for what few events must come to. */
const witnessName = 'few events'

export const kernelSuite: Suite = {
  name: 'kernel',
  title: 'events of simulated actors: timers and mailboxes alone, and a gossiping network',
  measure: (options) => measure(options.isQuick ? quickPlan : fullPlan, options),
}

function measure(plan: Plan, { onProgress }: SuiteOptions): readonly Figure[] {
  const rivals = rivalsOf(plan)
  const { events, fewEvents, gossipSeconds, rounds } = plan
  const ours = [
    holdProgram(timelineName, 'timeline', events),
    holdProgram(actorsName, 'actors', events),
  ]
  const gossip = nodeProgram('kernel/gossip/main.ts', gossipNodes, gossipSeconds, iterations)
  const contenders = [
    yardstick(events),
    largeHeap(events),
    ...ours,
    ...rivals,
    holdProgram(witnessName, 'heap', fewEvents),
    { name: gossipName, command: gossip },
  ]
  const standings = contest(contenders, rounds, onProgress)
  requireEqualWork(standings, [actorsName, timelineName], yardstickName)
  for (const rival of rivals) {
    const witness = rival.events === events ? yardstickName : witnessName
    requireEqualWork(standings, [rival.name], witness)
  }
  return [
    yardstickFigure(standings, events),
    ...ourFigures(standings, plan),
    ...rivals.map((rival) => rivalFigure(standings, rival)),
  ]
}

function holdProgram(name: string, program: string, events: number): Contender {
  const command = nodeProgram('kernel/hold/main.ts', program, entities, events, iterations)
  return { name, command }
}

function largeHeap(events: number): Contender {
  const command = nodeProgram('kernel/hold/main.ts', 'heap', manyEntities, events, iterations)
  return { name: largeHeapName, command }
}

function rivalsOf({ events, fewEvents }: Plan): readonly HoldContender[] {
  const rival = (name: string, program: string, count: number, boundBy: string): HoldContender => ({
    ...holdProgram(`hold: ${name}`, program, count),
    events: count,
    boundBy,
  })
  const peers = findPeers().map(({ name, command, boundBy }) => ({
    name: `hold: ${name}`,
    command: [...command, entities, events, iterations].map(String),
    events,
    boundBy,
  }))
  return [
    rival('@sinonjs/fake-timers', 'sinon', events, 'a record and several look-ups a timer'),
    rival('RxJS VirtualTimeScheduler', 'rxjs', fewEvents, 'sorting all that wait, at each event'),
    rival('Effect TestClock', 'effect', fewEvents, 'fibers, and a sorted array of all that wait'),
    ...peers,
  ]
}

/** Programs whose sums differ have not done the same work, and are not to be compared. */
function requireEqualWork(standings: Standings, names: readonly string[], witness: string): void {
  const expected = standingOf(standings, witness).check
  for (const name of names) {
    const { check } = standingOf(standings, name)
    assert(check === expected, `${name} does the work of the ${witness}: ${check}, not ${expected}`)
  }
}

function ourFigures(standings: Standings, { events }: Plan): readonly Figure[] {
  const speedOf = (name: string): number => perCpuSecond(standingOf(standings, name))
  const held = (name: string, baseline: string, floorRatio: number): Omit<Figure, 'boundBy'> => {
    const floor = (floorRatio * speedOf(baseline)) / perMillion
    const ratio = speedOf(name) / speedOf(baseline)
    return { name, value: speedOf(name) / perMillion, unit, baseline, ratio, floor }
  }
  return [
    {
      ...{ name: largeHeapName, value: speedOf(largeHeapName) / perMillion, unit, size: events },
      ...againstYardstick(standings, speedOf(largeHeapName)),
      boundBy: 'the memory of the machine: a few cache misses an event',
    },
    {
      ...{ name: timelineName, value: speedOf(timelineName) / perMillion, unit, size: events },
      ...againstYardstick(standings, speedOf(timelineName)),
      boundBy: 'how deep into the wheel an event sinks',
    },
    {
      ...held(actorsName, yardstickName, holdFloorRatio),
      size: events,
      boundBy: 'the wheel by a half; the rest is the way from timer to actor and back, and memory',
    },
    {
      ...held(gossipName, largeHeapName, gossipFloorRatio),
      size: standingOf(standings, gossipName).samples[0]?.amount ?? 0,
      boundBy: 'cache misses: with 10 nodes the same work is three times as fast',
    },
  ]
}

function rivalFigure(standings: Standings, { name, events, boundBy }: HoldContender): Figure {
  const perSecond = perCpuSecond(standingOf(standings, name))
  const times = perCpuSecond(standingOf(standings, actorsName)) / perSecond
  return {
    name,
    value: perSecond / perMillion,
    unit,
    size: events,
    boundBy: `${boundBy}; our actors: ${times.toPrecision(2)} times as fast`,
  }
}
