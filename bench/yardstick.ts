/** What every suite measures beside its own: how fast this machine is at the moment. See `kernel/hold/heap.ts`. */
import { type Contender, nodeProgram, perCpuSecond, type Standings, standingOf } from './contest.ts'
import type { Figure } from './report.ts'

export const yardstickName = 'yardstick: binary heap, bare loop'

/** As many as the hold model has elsewhere. */
export const entities = 1_000
const iterations = 3

interface Against {
  readonly baseline: string
  readonly ratio: number
}

export const perMillion = 1_000_000

export function yardstick(events: number): Contender {
  const command = nodeProgram('kernel/hold/main.ts', 'heap', entities, events, iterations)
  return { name: yardstickName, command }
}

/** Events of the yardstick for each second on the processor. */
function yardstickSpeed(standings: Standings): number {
  return perCpuSecond(standingOf(standings, yardstickName))
}

export function yardstickFigure(standings: Standings, events: number): Figure {
  return {
    name: yardstickName,
    value: yardstickSpeed(standings) / perMillion,
    unit: 'M events / CPU-s',
    size: events,
    boundBy: 'the machine: comparisons and one object an event',
  }
}

/** As many times as many events. */
export function againstYardstick(standings: Standings, eventsPerSecond: number): Against {
  return { baseline: yardstickName, ratio: eventsPerSecond / yardstickSpeed(standings) }
}

/** So much of something in the time of a million events. */
export function perMillionEvents(standings: Standings, perSecond: number): Against {
  const ratio = (perMillion * perSecond) / yardstickSpeed(standings)
  return { baseline: `a million events of the ${yardstickName}`, ratio }
}
