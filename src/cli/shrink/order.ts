/**
 * In which order a case is made smaller: what is dear to run or hard to read first. What is simpler afterwards may make
 * more of the rest needless, so it goes round until a whole round has changed nothing.
 */
import type { Search } from '../../../sim/fewest.ts'
import type { Millis } from '../../base/units.ts'
import type { Candidate, Case, Pass } from './case.ts'
import { simplerFacts } from './pass/facts.ts'
import { fewerFaults, fewerTransfers } from './pass/lists.ts'
import { fewerNodes } from './pass/nodes.ts'
import { cutOff, fewerSteps } from './pass/story.ts'
import { simplerTimes } from './pass/times.ts'
import { plainDelays, usualOptions } from './pass/world.ts'

const passes: readonly Pass[] = [
  fewerFaults,
  fewerTransfers,
  fewerSteps,
  fewerNodes,
  simplerTimes,
  simplerFacts,
  usualOptions,
  plainDelays,
]

const roundsMax = 4

/** Of a run that broke its property at `atMs`. */
export function* smaller(found: Case, atMs: Millis): Search<Candidate, Case> {
  let now = yield* cutOff(found, atMs)
  for (let round = 0; round < roundsMax; round += 1) {
    const before = now
    for (const pass of passes) now = yield* pass(now)
    if (now === before) return now
  }
  return now
}
