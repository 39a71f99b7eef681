/**
 * What the pool of worker threads makes of the kernel: blocks for each second on the processors, and how much sooner two
 * workers are done than one. The latter can be seen only while nobody else wants the cores.
 */
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
/** A worker that has a core to itself is on it for nearly all of the time. */
const busyMin = 0.95

/** One worker, two, and as many as there are cores. */
const workerCounts = [...new Set([1, 2, workersHere()])]

/** Blocks by the pool. */
export function poolSection(plan: Plan, fileOf: ChainFile): Section {
  return {
    contenders: itemCounts.flatMap((items) =>
      workerCounts.map((workers): Contender => {
        const file = fileOf(items, 'blake3')
        const command = measuredProgram(plan, 'pool.ts', file, plan.blocks[items], workers)
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
    boundBy: `the kernel, of which ${coresBusy(standing)} cores were busy: ${wall} blocks / s`,
  }
}

function speedUpFigure(standings: Standings, items: ItemCount): Figure {
  const [one, two] = [1, 2].map((workers) => standingOf(standings, poolName(items, workers)))
  const [alone, together] = [undisturbed(one, 1), undisturbed(two, 2)]
  const figure = { name: `blocks of ${items}: two workers for one, by the clock`, unit: 'times' }
  if (alone.length === 0 || together.length === 0) {
    const all = [one, two].map((standing) => standing?.samples ?? [])
    return {
      ...figure,
      value: speedUp(all[0] ?? [], all[1] ?? []),
      boundBy: 'others on the machine: the cores were never idle, so there is no floor',
    }
  }
  return {
    ...figure,
    value: speedUp(alone, together),
    floor: timesTwoMin,
    boundBy: `what cores share; ${together.length} measurements with idle cores`,
  }
}

function speedUp(one: readonly Sample[], two: readonly Sample[]): number {
  return median(two.map(perWallSecondOf)) / median(one.map(perWallSecondOf))
}

/** Measurements during which every worker had a core to itself. */
function undisturbed(standing: Standing | undefined, workers: number): readonly Sample[] {
  const samples = standing?.samples ?? []
  return samples.filter((sample) => coresOf(sample) >= busyMin * workers)
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
