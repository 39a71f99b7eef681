/**
 * When a failing run was bound to fail: it is repeated up to a point, goes on by another chance, again and again, and
 * the share that fails is held against the point.
 */
import { writeFileSync } from 'node:fs'
import type { Fault } from '../../../sim/cluster/fault/catalogue.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import { Crew } from '../sim/crew.ts'
import { findAgain } from '../sim/find-again.ts'
import type { Job } from '../sim/job.ts'
import { startProgress } from '../sim/progress.ts'
import { watchStops } from '../sim/stops.ts'
import { evenly, halfOf, isClear, middleOf, type Point, type Stretch, steepest } from './curve.ts'
import { jsonOf, type Likelihood, markdownOf, textOf } from './page.ts'
import { type SamplerOptions, sample } from './sampler.ts'

export interface LikelihoodOptions {
  readonly job: Job
  /** Faults that the run is told with, if its seed alone does not break what it did. */
  readonly plan: readonly Fault[] | undefined
  readonly points: number
  readonly tries: number
  readonly faults: 'fresh' | 'same'
  readonly workersMax: number
  readonly isJson: boolean
  /** A file for the result, that ends in .md or .json. */
  readonly out: string | undefined
  /** As it was typed. */
  readonly command: string
  /** Takes a line. */
  readonly print: (line: string) => void
}

/** The stretch in which the share rises most is halved so often at most. */
const halvingsMax = 6

export async function runLikelihood(options: LikelihoodOptions): Promise<ExitCode> {
  const { job, points, tries, print } = options
  const crew = new Crew(options.workersMax)
  const stops = watchStops(undefined)
  stops.signal.addEventListener('abort', () => crew.close(), { once: true })
  const progress = startProgress(undefined, process.stderr)
  try {
    const again = await findAgain(crew, options, stops.signal)
    if (again === undefined) {
      if (stops.signal.aborted) return exitCode.undecided
      print(`${job.scenario} seed ${job.seed}: held, there is nothing to ask about`)
      return exitCode.held
    }
    const { failure, plan, isByPlan } = again
    const faults = isByPlan ? 'same' : options.faults
    if (faults !== options.faults) {
      print('The run takes the faults of its bundle: they are the same after each point as well.')
    }
    const asking = {
      crew,
      job,
      told: faults === 'same' ? { plan } : {},
      property: failure.property,
      stop: stops.signal,
      onFinished: progress.report,
    }
    const coarse = await sample(evenly(failure.atMs, points), tries, asking)
    const fine = await lookCloser(coarse, tries, asking)
    const isCut = stops.signal.aborted
    progress.end()
    publish({ ...{ job, failure, faults, tries, isCut }, ...fine }, options)
    return isCut ? exitCode.undecided : exitCode.violated
  } finally {
    stops.release()
    progress.end()
    crew.close()
  }
}

/** Halves the steepest stretch, and that half of it which is steeper, for as long as there is something to see. */
async function lookCloser(
  coarse: readonly Point[],
  tries: number,
  asking: SamplerOptions,
): Promise<Pick<Likelihood, 'points' | 'stretch'>> {
  const points = [...coarse]
  let stretch: Stretch | undefined = steepest(coarse)
  for (let halvings = 0; halvings < halvingsMax && stretch !== undefined; halvings += 1) {
    const middleMs = middleOf(stretch)
    if (middleMs === undefined || asking.stop.aborted) break
    const [middle] = await sample([middleMs], tries, asking)
    if (middle === undefined || middle.tries === 0) break
    points.push(middle)
    const half = halfOf(stretch, middle)
    // What is left of the rise in either half may be too little to be seen.
    if (!isClear(half)) break
    stretch = half
  }
  return { points: points.toSorted((a, b) => a.atMs - b.atMs), stretch }
}

function publish(found: Likelihood, options: LikelihoodOptions): void {
  const { isJson, out, command, print } = options
  if (out !== undefined) {
    const text = out.endsWith('.json') ? `${jsonOf(found)}\n` : markdownOf(found, command)
    writeFileSync(out, text)
  }
  print(isJson ? jsonOf(found) : textOf(found))
}
