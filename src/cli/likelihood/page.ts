/** What was found of a run's likelihood: as text for a terminal or a page, and as data. */
import type { Millis } from '../../base/units.ts'
import { clopperPearson } from '../interval.ts'
import type { Job } from '../sim/job.ts'
import { jobOf } from '../sim/job.ts'
import type { Failure } from '../sim/report.ts'
import { formatTable } from '../table.ts'
import { isClear, type Point, type Stretch, shareOf } from './curve.ts'

export interface Likelihood {
  readonly job: Job
  readonly failure: Failure
  /** Whether faults after a point are drawn anew, or those of the run. */
  readonly faults: 'fresh' | 'same'
  /** Tries of each point that were asked for. */
  readonly tries: number
  /** In ascending order of time. */
  readonly points: readonly Point[]
  /** In which the share rises most, as narrow as it was looked at; undefined if it rises nowhere. */
  readonly stretch: Stretch | undefined
  /** Whether it was stopped before all had been run. */
  readonly isCut: boolean
}

const barMax = 30

export function textOf(found: Likelihood): string {
  const { points, isCut, tries } = found
  const rows = points.map((point) => {
    const { low, high } = clopperPearson(point.failed, point.tries)
    return [
      secondsText(point.atMs),
      `${point.failed}/${point.tries}`,
      percent(shareOf(point)),
      `${percent(low)} to ${percent(high)}`,
      '█'.repeat(Math.round(barMax * shareOf(point))),
    ]
  })
  const head = ['same until', 'fail', 'share', '95 % interval', '']
  const table = formatTable([head, ...rows], ['end', 'end', 'end', 'end', 'start'])
  const cut = isCut ? [`Stopped before all ${tries} tries of each were run.`] : []
  return [headOf(found), '', table, '', ...cut, verdictOf(found)].join('\n')
}

export function markdownOf(found: Likelihood, command: string): string {
  const { job } = found
  return `# When ${job.scenario} seed ${job.seed} is bound to fail

Written by \`${command}\`.

\`\`\`text
${textOf(found)}
\`\`\`
`
}

/** One object, with names as in the records of runs. */
export function jsonOf(found: Likelihood): string {
  const { job, failure, faults, tries, points, stretch, isCut } = found
  const bakedIn = stretch === undefined || !isClear(stretch) ? null : stretch
  return JSON.stringify({
    format: 'alys-likelihood',
    version: 1,
    ...jobOf(job),
    property: failure.property,
    atMs: failure.atMs,
    after: faults,
    tries,
    isCut,
    points: points.map((point) => {
      return { ...point, share: shareOf(point), ...clopperPearson(point.failed, point.tries) }
    }),
    bakedIn: bakedIn && { fromMs: bakedIn.from.atMs, toMs: bakedIn.to.atMs },
  })
}

function headOf({ job, failure, faults }: Likelihood): string {
  const after = faults === 'fresh' ? 'drawn anew' : 'those of the run'
  const what = `${job.scenario} seed ${job.seed} breaks ${failure.property} at ${secondsText(failure.atMs)}.`
  return `${what}\nHow many runs do, that are the same until a time; chance after it is another, and faults are ${after}:`
}

/** Where it is baked in, in words. */
function verdictOf({ points, stretch, failure }: Likelihood): string {
  const [first] = points
  if (first === undefined || points.every(({ tries }) => tries === 0)) return 'Nothing was run.'
  if (stretch !== undefined && isClear(stretch)) {
    const { from, to } = stretch
    const rise = `from ${percent(shareOf(from))} to ${percent(shareOf(to))}`
    return `Baked in between ${secondsText(from.atMs)} and ${secondsText(to.atMs)}, when the share rises ${rise}.`
  }
  const last = points.at(-1) ?? first
  if (shareOf(first) >= 0.5) {
    return `Nowhere does the share rise much: by this world alone ${percent(shareOf(first))} fail.`
  }
  return shareOf(last) < 0.5
    ? `Nowhere does the share rise much: it takes luck until the very end, ${secondsText(failure.atMs)}.`
    : 'The share rises little by little, and nowhere much.'
}

function secondsText(ms: Millis): string {
  return `${(ms / 1_000).toFixed(3)} s`
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
