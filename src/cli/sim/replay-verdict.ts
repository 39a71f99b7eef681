/** What it means that a run which was repeated is, or is not, the run of its bundle. */
import type { Bundle } from './bundle-schema.ts'
import type { Maker } from './maker.ts'
import { type Parting, partingLines, sinceText } from './parting.ts'
import type { RunReport } from './report.ts'

export interface Comparison {
  readonly lines: readonly string[]
  readonly isSame: boolean
  /** What should be the same was not. */
  readonly isBroken: boolean
  readonly parting: Parting | undefined
}

/** Whether the sources or their dependencies are others than those of the bundle; undefined if it does not say. */
export function haveChanged(bundle: Bundle, { sources, lock }: Maker): boolean | undefined {
  if (bundle.version !== 3) return undefined
  return bundle.made.sources !== sources || bundle.made.lock !== lock
}

/** What of a run is not as the bundle says. */
export function differencesFrom(bundle: Bundle, report: RunReport): readonly string[] {
  const { violation } = bundle
  const { failure } = report
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['digest', bundle.digest, report.digest],
    ['outcome', bundle.outcome, report.outcome],
    ['property', violation?.property, failure?.property],
    ['virtual time', violation?.atMs, failure?.atMs],
  ]
  return pairs
    .filter(([, then, now]) => then !== now)
    .map(([name, then, now]) => `${name}: ${then ?? 'none'} then, ${now ?? 'none'} now`)
}

export interface ToCompare {
  readonly bundle: Bundle
  readonly report: RunReport
  readonly differences: readonly string[]
  readonly changed: boolean | undefined
  readonly parting: Parting | undefined
}

export function comparisonLines(compared: ToCompare): readonly string[] {
  const { bundle, report, differences, changed, parting } = compared
  if (differences.length === 0) return ['Digest and violation are the same as in the bundle.']
  return [
    'This is not the run of the bundle:',
    ...differences.map((line) => `  ${line}`),
    ...(parting === undefined ? [] : partingLines(parting)),
    ...causeLines(bundle, report, changed),
    summaryLine(bundle, report, parting),
  ]
}

function causeLines(
  bundle: Bundle,
  { scenario, seed }: RunReport,
  changed: boolean | undefined,
): readonly string[] {
  const { node, commit, isDirty } = bundle
  const source =
    commit === undefined ? '' : `, commit ${commit}${isDirty === true ? ' and changes' : ''}`
  const made = `The bundle is of Node.js ${node}${source}.`
  const hint = `"alys check-determinism ${scenario} --seed ${seed}" finds where runs part.`
  if (changed === true) return [`${made} The sources have changed since, which explains it.`]
  if (changed === undefined) {
    return [`${made} If the code has changed since, that explains it;`, `if not, ${hint}`]
  }
  return [`${made} The sources are the same, so they are not deterministic:`, hint]
}

/** What counts: whether the same is broken all the same. */
function summaryLine(
  { violation, outcome }: Bundle,
  { failure }: RunReport,
  parting: Parting | undefined,
): string {
  const run = parting === undefined ? 'The run differs' : `The run differs ${sinceText(parting)}`
  const then = violation?.property ?? `nothing (${outcome})`
  if (failure === undefined) return `${run}, and breaks nothing: it broke ${then}.`
  if (failure.property === violation?.property) return `${run}, and still breaks ${then}.`
  return `${run}, and breaks ${failure.property}: it broke ${then}.`
}
