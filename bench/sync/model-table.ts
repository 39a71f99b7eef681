/**
 * The model of downloads as figures: each way of scheduling on each mix of peers, against the fair importer that works in
 * batches, and what is true of all mixes together. It prints what it finds, where another way is better, too.
 *
 * The model is in virtual time, so its figures are the same on every machine; they are about scheduling alone.
 */
import { assert, present } from '../../src/base/assert.ts'
import { median } from '../contest.ts'
import type { Sample } from '../program.ts'
import type { Figure } from '../report.ts'
import { pairedRatio, quantile, type RatioEstimate } from './statistics.ts'

/** What of a run of the model is shown. */
export interface ModelRun {
  /** Until everything was imported; infinity if it never was. */
  readonly seconds: number
  /** No way of scheduling can be faster. */
  readonly boundSeconds: number
  readonly wastedShare: number
  /** Honest peers that were blamed. */
  readonly falselyBlamed: number
}

/** The runs of one way on one mix, by seed. */
export interface Cell {
  readonly mix: string
  readonly contestant: string
  readonly runs: readonly ModelRun[]
}

/** The fair importer that works in batches, the node's way, and chance in the place of its choice of peers. */
const baselineWay = 'batched sequential'
const ownWay = 'adaptive'
const randomWay = 'random choice'

/** At least so many times as fast as the baseline on mixes where a choice can be made, and as the best on all. */
const baselineTimesMin = 2
const bestTimesMin = 0.95
const wastedPercentMax = 3
/** With fewer runs than this an interval is not one. */
const runsMin = 5
/** A run that never ends counts as this. JSON knows no infinity. */
const secondsMax = 86_400

// ----- as samples, from the programs that run it -----

/** Runs as samples, for {@link cellsOf}. */
export function samplesOfCell({ mix, contestant, runs }: Cell): readonly Sample[] {
  return runs.flatMap(({ seconds, boundSeconds, wastedShare, falselyBlamed }) => {
    const sample = (what: string, value: number): Sample => {
      // In the place of a time: an amount cannot be nothing, as these may.
      return { part: [mix, contestant, what].join(' | '), amount: 1, cpuMs: value }
    }
    return [
      sample('seconds', Math.min(secondsMax, seconds)),
      sample('bound', boundSeconds),
      sample('wasted', wastedShare),
      sample('blamed', falselyBlamed),
    ]
  })
}

/** The cells that samples are of, in their order. */
export function cellsOf(samples: readonly Sample[]): readonly Cell[] {
  const values = new Map<string, Map<string, number[]>>()
  for (const { part = '', cpuMs: value } of samples) {
    const [mix = '', contestant = '', what = ''] = part.split(' | ')
    const cell = values.get(`${mix} | ${contestant}`) ?? new Map<string, number[]>()
    values.set(`${mix} | ${contestant}`, cell)
    cell.set(what, [...(cell.get(what) ?? []), value])
  }
  return [...values].map(([name, cell]) => {
    const [mix = '', contestant = ''] = name.split(' | ')
    const valueOfRun = (what: string, run: number): number => {
      return present(cell.get(what)?.[run], `${what} of run ${run} of ${name}`)
    }
    const runs = (cell.get('seconds') ?? []).map((seconds, run) => ({
      seconds,
      boundSeconds: valueOfRun('bound', run),
      wastedShare: valueOfRun('wasted', run),
      falselyBlamed: valueOfRun('blamed', run),
    }))
    return { mix, contestant, runs }
  })
}

// ----- as figures -----

/** A row for each cell, then what holds for all mixes. `areChoices` are mixes with several peers that are far away. */
export function modelFigures(
  cells: readonly Cell[],
  areChoices: readonly string[],
): readonly Figure[] {
  return [...cells.map((cell) => cellFigure(cells, cell)), ...summary(cells, areChoices)]
}

function cellFigure(cells: readonly Cell[], cell: Cell): Figure {
  const { mix, contestant, runs } = cell
  const seconds = secondsOf(cell)
  const ratio = speedOf(cell, requireCell(cells, mix, baselineWay)).ratio
  const blamed = runs.reduce((sum, { falselyBlamed }) => sum + falselyBlamed, 0)
  const bound = median(runs.map((run) => run.boundSeconds / run.seconds))
  const [low, high] = [quantile(seconds, 0.05), quantile(seconds, 0.95)].map(threeDigits)
  const wasted = median(runs.map(({ wastedShare }) => wastedShare))
  return {
    name: `model, ${mix}: ${contestant}`,
    ...{ value: median(seconds), unit: 'virtual s', size: runs.length, isLessBetter: true },
    ...{ baseline: `model, ${mix}: ${baselineWay}`, ratio },
    boundBy:
      (median(seconds) < secondsMax ? '' : 'not done in a day, so ratios are bounds; ') +
      `${percent(bound)} of what is possible; 5 to 95 of 100: ${low} to ${high} s; ` +
      `${percent(wasted)} fetched in vain${blamed === 0 ? '' : `; ${blamed} honest peers blamed`}`,
  }
}

function summary(cells: readonly Cell[], areChoices: readonly string[]): readonly Figure[] {
  const mixes = [...new Set(cells.map(({ mix }) => mix))]
  const own = mixes.map((mix) => requireCell(cells, mix, ownWay))
  const runs = own.flatMap((cell) => cell.runs)
  const far = own.filter(({ mix }) => areChoices.includes(mix))
  assert(far.length > 0, 'mixes in which there is a choice')
  return [
    worstFigure({
      name: `model: ${ownWay}, for one of ${baselineWay}, where it gains least`,
      floor: baselineTimesMin,
      cells: far,
      rival: ({ mix }) => requireCell(cells, mix, baselineWay),
    }),
    worstFigure({
      name: `model: ${ownWay}, for one of the best other, where it loses most`,
      floor: bestTimesMin,
      cells: own,
      rival: ({ mix }) => bestOther(cells, mix),
    }),
    {
      name: `model: ${ownWay}, fetched in vain at most`,
      value: 100 * Math.max(...own.map((cell) => median(cell.runs.map((run) => run.wastedShare)))),
      ...{ unit: '%', floor: wastedPercentMax, isLessBetter: true },
      boundBy: 'requests that are asked of a second peer, and answers of those who lie',
    },
    {
      name: `model: ${ownWay}, honest peers blamed`,
      value: runs.reduce((sum, { falselyBlamed }) => sum + falselyBlamed, 0),
      ...{ unit: 'peers', size: runs.length, floor: 0, isLessBetter: true },
      boundBy: 'nothing may',
    },
    ...own.flatMap((cell) => choiceFigure(cells, cell)),
  ]
}

interface Comparison {
  readonly name: string
  readonly floor: number
  readonly cells: readonly Cell[]
  readonly rival: (cell: Cell) => Cell
}

function worstFigure({ name, floor, cells, rival }: Comparison): Figure {
  const speeds = cells.map((cell) => ({ cell, rival: rival(cell), ...speedOf(cell, rival(cell)) }))
  const worst = speeds.reduce((least, each) => (each.ratio < least.ratio ? each : least))
  return {
    ...{ name, floor, value: worst.ratio, unit: 'times' },
    boundBy: `the mix ${worst.cell.mix}, against ${worst.rival.contestant}; ${interval(worst)}`,
  }
}

/** What the choice of peers is worth on a mix: as good as chance, or better, or worse. */
function choiceFigure(cells: readonly Cell[], cell: Cell): readonly Figure[] {
  const chance = findCell(cells, cell.mix, randomWay)
  if (chance === undefined) return []
  const speed = speedOf(cell, chance)
  return [
    {
      name: `model, ${cell.mix}: ${ownWay}, for one of ${randomWay}`,
      ...{ value: speed.ratio, unit: 'times', size: cell.runs.length },
      boundBy: `${differenceOf(speed, cell.runs.length)}; ${interval(speed)}`,
    },
  ]
}

function differenceOf({ low, high }: RatioEstimate, runs: number): string {
  if (runs < runsMin) return 'too few seeds to tell'
  if (low > 1) return 'better than chance'
  return high < 1 ? 'worse than chance' : 'no significant difference from chance'
}

/** The other way that is fastest on a mix, the node's own without one of its parts among them. */
function bestOther(cells: readonly Cell[], mix: string): Cell {
  const others = cells.filter((cell) => cell.mix === mix && cell.contestant !== ownWay)
  assert(others.length > 0, `other ways on the mix ${mix}`)
  return others.reduce((best, cell) => {
    return median(secondsOf(cell)) < median(secondsOf(best)) ? cell : best
  })
}

/** How many times as fast one is as the other. */
function speedOf(cell: Cell, other: Cell): RatioEstimate {
  return pairedRatio(secondsOf(other), secondsOf(cell))
}

function secondsOf({ runs }: Cell): readonly number[] {
  return runs.map(({ seconds }) => Math.min(secondsMax, seconds))
}

function findCell(cells: readonly Cell[], mix: string, contestant: string): Cell | undefined {
  return cells.find((cell) => cell.mix === mix && cell.contestant === contestant)
}

function requireCell(cells: readonly Cell[], mix: string, contestant: string): Cell {
  return present(findCell(cells, mix, contestant), `runs of ${contestant} on the mix ${mix}`)
}

function interval({ low, high }: RatioEstimate): string {
  return `95 of 100: ${threeDigits(low)} to ${threeDigits(high)}`
}

function threeDigits(value: number): number {
  return Number(value.toPrecision(3))
}

function percent(part: number): string {
  return `${Math.round(100 * part)} %`
}
