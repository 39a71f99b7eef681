/**
 * Pages of the first runs that did not hold, to be looked at from the report of a sweep. Each is run once more, in this
 * process, when the sweep is over. A run whose process died is left alone: it might take this one with it.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runTraced } from '../trace/traced-run.ts'
import { pageOf } from '../view/page.ts'
import { bundleName, bundleSuffix } from './bundle.ts'
import { jobOf, keyOf } from './job.ts'
import type { RunReport } from './report.ts'
import type { RunFiles } from './reporter/html.ts'

export const viewSuffix = '.view.html'

/** As many as one looks at, in less time than it takes to open one. */
const viewsMax = 3
/** A run of more events is left to `alys view`. */
const eventsMax = 2_000_000

/** Writes the pages; the result says what lies in the folder of each run. */
export async function writeViews(
  folder: string,
  failures: readonly RunReport[],
): Promise<ReadonlyMap<string, RunFiles>> {
  const files = new Map<string, RunFiles>()
  for (const report of failures) files.set(keyOf(report), { bundle: bundleName(report) })
  for (const report of worthLooking(failures)) {
    const bundle = bundleName(report)
    const view = bundle.replace(bundleSuffix, viewSuffix)
    const { trace } = await runTraced({ job: jobOf(report) })
    writeFileSync(join(folder, view), pageOf(trace))
    files.set(keyOf(report), { bundle, view })
  }
  return files
}

/** The first of each property that broke, then the others. */
export function worthLooking(failures: readonly RunReport[]): readonly RunReport[] {
  const able = failures.filter(
    ({ outcome, events }) =>
      (outcome === 'violated' || outcome === 'unknown') && events <= eventsMax,
  )
  const properties = able.map(({ failure }) => failure?.property)
  const isFirst = (_: RunReport, n: number): boolean => properties.indexOf(properties[n]) === n
  const firsts = able.filter(isFirst)
  const others = able.filter((report) => !firsts.includes(report))
  return [...firsts, ...others].slice(0, viewsMax)
}
