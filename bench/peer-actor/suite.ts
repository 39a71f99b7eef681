/** What the peer actor costs: an update of a peer's numbers, a look at all of them, and memory. */
import { contest, nodeProgram, perCpuSecond, type Standings, standingOf } from '../contest.ts'
import type { Figure } from '../report.ts'
import type { Suite, SuiteOptions } from '../suite.ts'
import { yardstick, yardstickFigure } from '../yardstick.ts'

interface Plan {
  readonly rounds: number
  readonly events: number
  readonly updates: number
  readonly sweeps: number
}

const fullPlan: Plan = { rounds: 3, events: 1_000_000, updates: 200_000, sweeps: 100 }
const quickPlan: Plan = { rounds: 1, events: 200_000, updates: 20_000, sweeps: 10 }

const peers = 1_000
const manyPeers = 10_000
const updateUsMax = 10
const sweepMsMax = 10
const memoryMbMax = 100

const updateName = 'one update of a score, of 1,000 peers'
const sweepName = 'one look at 1,000 peers'
const memoryNames = new Map([
  [peers, 'memory with 1,000 peers and a full book'],
  [manyPeers, 'memory with 10,000 peers and a full book'],
])

export const peerActorSuite: Suite = {
  name: 'peers',
  title: 'the peer actor: scores, health, memory',
  measure: (options) => measure(options.isQuick ? quickPlan : fullPlan, options),
}

function measure(plan: Plan, { onProgress }: SuiteOptions): readonly Figure[] {
  const { rounds, events, updates, sweeps } = plan
  const contenders = [
    yardstick(events),
    { name: updateName, command: nodeProgram('peer-actor/updates.ts', peers, updates) },
    { name: sweepName, command: nodeProgram('peer-actor/sweeps.ts', peers, sweeps) },
    ...[...memoryNames].map(([count, name]) => {
      return { name, command: nodeProgram('peer-actor/memory.ts', count) }
    }),
  ]
  const standings = contest(contenders, rounds, onProgress)
  return [
    yardstickFigure(standings, events),
    {
      name: updateName,
      value: 1e6 / perCpuSecond(standingOf(standings, updateName)),
      unit: 'µs of CPU',
      size: updates,
      floor: updateUsMax,
      isLessBetter: true,
      boundBy: 'finding the peer, and what is new about it as a new object',
    },
    {
      name: sweepName,
      value: 1e3 / perCpuSecond(standingOf(standings, sweepName)),
      unit: 'ms of CPU',
      size: sweeps,
      floor: sweepMsMax,
      isLessBetter: true,
      boundBy: 'what is done in each of the fifteen seconds of a sweep besides',
    },
    ...[...memoryNames.values()].map((name) => memoryFigure(standings, name)),
  ]
}

function memoryFigure(standings: Standings, name: string): Figure {
  const [sample] = standingOf(standings, name).samples
  const value = (sample?.amount ?? 0) / 1e6
  return {
    ...{ name, value, unit: 'MB', baseline: `budget of ${memoryMbMax} MB` },
    ratio: memoryMbMax / value,
    floor: memoryMbMax,
    isLessBetter: true,
    boundBy: 'addresses, and maps of them',
  }
}
