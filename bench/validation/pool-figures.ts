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
import { baselineName, blocksMin } from './block-figures.ts'
import {
  blocksUnit,
  type ChainFile,
  type ItemCount,
  itemCounts,
  measuredProgram,
  type Plan,
  type Section,
  workersHere,
} from './plan.ts'

/**
 * Of what two kernels gain that share nothing: 1.8 where the second core is worth as much as the first. Often two of them
 * are one core's two threads, and then nothing on earth makes two workers twice as fast.
 */
const partOfLimitMin = 0.9
/** The cores are idle, but for us, if others have no more of all of them. */
const othersPartMax = 0.05
/** Idle spells are short on a busy machine: more measurements find more of them. */
const measurementsTimes = 2

/** One worker, two, and as many as there are cores. */
const workerCounts = [...new Set([1, 2, workersHere()])]

/** Kernels with nothing between them: as many as are compared. */
const kernelCounts = [1, 2]

/** Blocks by the pool. */
export function poolSection(plan: Plan, fileOf: ChainFile): Section {
  const often = { ...plan, measurements: measurementsTimes * plan.measurements }
  const contender = (
    name: string,
    program: string,
    items: ItemCount,
    threads: number,
  ): Contender => {
    const file = fileOf(items, 'blake3')
    return { name, command: measuredProgram(often, program, file, plan.blocks[items], threads) }
  }
  return {
    rounds: plan.rounds.blocks,
    contenders: itemCounts.flatMap((items) => [
      ...workerCounts.map((count) => contender(poolName(items, count), 'pool.ts', items, count)),
      ...kernelCounts.map((count) =>
        contender(kernelsName(items, count), 'side-by-side.ts', items, count),
      ),
    ]),
    figures: (standings) =>
      itemCounts.flatMap((items) => [
        ...workerCounts.map((workers) => poolFigure(standings, items, workers)),
        ...speedUpFigures(standings, items),
      ]),
  }
}

/** Programs that come to the same verdicts over the same blocks. */
export function equalPoolPrograms(items: ItemCount): readonly string[] {
  return [
    ...workerCounts.map((workers) => poolName(items, workers)),
    ...kernelCounts.map((count) => kernelsName(items, count)),
  ]
}

function kernelsName(items: ItemCount, count: number): string {
  return `blocks of ${items}: ${count === 1 ? 'a kernel by itself' : `${count} kernels side by side`}`
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
    ...{ name: poolName(items, workers), value, unit: blocksUnit },
    floor: blocksMin(standings, items),
    ...{ baseline, ratio },
    boundBy: `the kernel, and the thread that asks; ${coresBusy(standing)} cores busy, ${wall} blocks / s`,
  }
}

/** How much sooner two are done than one: kernels that share nothing, and workers of the pool. */
function speedUpFigures(standings: Standings, items: ItemCount): readonly Figure[] {
  const kernels = gainOf(standings, (count) => kernelsName(items, count))
  const workers = gainOf(standings, (count) => poolName(items, count))
  const isJudged = kernels.isUndisturbed && workers.isUndisturbed
  return [
    {
      ...{ name: `blocks of ${items}: limit, two kernels for one`, unit: 'times' },
      ...{ value: kernels.times, boundBy: `the cores of this machine; ${kernels.idle}` },
    },
    {
      ...{ name: `blocks of ${items}: two workers for one, by the clock`, unit: 'times' },
      value: workers.times,
      ...(isJudged && { floor: partOfLimitMin * kernels.times }),
      boundBy: `the limit, and the thread that asks, for which there is no third core; ${workers.idle}`,
    },
  ]
}

interface Gain {
  readonly times: number
  /** Others left the cores alone, so it means something. */
  readonly isUndisturbed: boolean
  /** During how many measurements that was so. */
  readonly idle: string
}

function gainOf(standings: Standings, nameOf: (count: number) => string): Gain {
  const [one = [], two = []] = [1, 2].map((count) => standingOf(standings, nameOf(count)).samples)
  const [alone, together] = [one.filter(isUndisturbed), two.filter(isUndisturbed)]
  const idle = `idle cores in ${together.length} of ${two.length}`
  return alone.length > 0 && together.length > 0
    ? { times: speedUp(alone, together), isUndisturbed: true, idle }
    : { times: speedUp(one, two), isUndisturbed: false, idle }
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
