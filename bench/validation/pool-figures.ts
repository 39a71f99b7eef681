/**
 * What the pool of worker threads makes of the kernel: blocks for each second on the processors, and how much sooner two
 * workers are done than one. The latter can be seen only while nobody else wants the cores.
 */
import { cpus } from 'node:os'
import {
  type Contender,
  median,
  perCpuSecond,
  type Standing,
  type Standings,
  standingOf,
} from '../contest.ts'
import type { Sample } from '../program.ts'
import type { Figure } from '../report.ts'
import { baselineName } from './block-figures.ts'
import {
  blocksMin,
  blocksUnit,
  type ChainFile,
  type ItemCount,
  itemCounts,
  measuredProgram,
  type Plan,
  type Section,
  workersHere,
} from './plan.ts'

const timesTwoMin = 1.8
/** The cores are idle, but for us, if others have no more of all of them. */
const othersPartMax = 0.05
/** Idle spells are short on a busy machine: more measurements find more of them. */
const measurementsTimes = 2

/** One worker, two, and as many as there are cores. */
const workerCounts = [...new Set([1, 2, workersHere()])]

/** Blocks by the pool. */
export function poolSection(plan: Plan, fileOf: ChainFile): Section {
  return {
    rounds: plan.rounds.blocks,
    contenders: itemCounts.flatMap((items) =>
      workerCounts.map((workers): Contender => {
        const file = fileOf(items, 'blake3')
        const often = { ...plan, measurements: measurementsTimes * plan.measurements }
        const command = measuredProgram(often, 'pool.ts', file, plan.blocks[items], workers)
        return { name: poolName(items, workers), command }
      }),
    ),
    figures: (standings) =>
      itemCounts.flatMap((items) => [
        ...workerCounts.map((workers) => poolFigure(standings, items, workers)),
        speedUpFigure(standings, items),
      ]),
  }
}

/** Programs that come to the same verdicts over the same blocks. */
export function equalPoolPrograms(items: ItemCount): readonly string[] {
  return workerCounts.map((workers) => poolName(items, workers))
}

function poolName(items: ItemCount, workers: number): string {
  return `blocks of ${items}: pool of ${workers}`
}

function poolFigure(standings: Standings, items: ItemCount, workers: number): Figure {
  const standing = standingOf(standings, poolName(items, workers))
  const value = perCpuSecond(standing)
  const baseline = baselineName(items)
  const ratio = value / perCpuSecond(standingOf(standings, baseline))
  const wall = Math.round(median(standing.samples.map(perWallSecondOf)))
  return {
    ...{ name: poolName(items, workers), value, unit: blocksUnit, floor: blocksMin[items] },
    ...{ baseline, ratio },
    boundBy: `the kernel, and the thread that asks; ${coresBusy(standing)} cores busy, ${wall} blocks / s`,
  }
}

function speedUpFigure(standings: Standings, items: ItemCount): Figure {
  const [one = [], two = []] = [1, 2].map(
    (workers) => standingOf(standings, poolName(items, workers)).samples,
  )
  const [alone, together] = [one.filter(isUndisturbed), two.filter(isUndisturbed)]
  const figure = { name: `blocks of ${items}: two workers for one, by the clock`, unit: 'times' }
  if (alone.length > 0 && together.length > 0) {
    const boundBy = `the thread that asks; idle cores in ${together.length} of ${two.length}`
    return { ...figure, value: speedUp(alone, together), floor: timesTwoMin, boundBy }
  }
  const boundBy = 'others on the machine: the cores were never idle, so there is no floor'
  return { ...figure, value: speedUp(one, two), boundBy }
}

function speedUp(one: readonly Sample[], two: readonly Sample[]): number {
  return median(two.map(perWallSecondOf)) / median(one.map(perWallSecondOf))
}

/** Whether all cores were there for us. */
function isUndisturbed({ wallMs = 0, othersMs = Number.POSITIVE_INFINITY }: Sample): boolean {
  return othersMs <= othersPartMax * cpus().length * wallMs
}

/** Cores that were busy with it, on average. */
function coresOf({ cpuMs, wallMs = Number.POSITIVE_INFINITY }: Sample): number {
  return cpuMs / wallMs
}

function coresBusy({ samples }: Standing): string {
  return median(samples.map(coresOf)).toFixed(2)
}

function perWallSecondOf({ amount, wallMs = Number.POSITIVE_INFINITY }: Sample): number {
  return (1_000 * amount) / wallMs
}
