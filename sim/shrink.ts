/**
 * Fewer faults that break the same property: a run's plan is taken apart as long as what is left still breaks it
 * (delta debugging: Zeller & Hildebrandt, "Simplifying and isolating failure-inducing input", 2002, without its tests
 * of subsets alone). What no fault is needed for ends with none.
 *
 * Does not shrink the workload or the delays: those are the story's, and follow from its seed.
 */
import type { AnyMessage } from '../src/kernel/actor.ts'
import type { WorldFault } from './fault-plan.ts'
import { type Run, type Story, type TellOptions, tellStory } from './story.ts'

/** Runs that are told at most to shrink one. */
const tellsMax = 1_000

/** The run of the same seed with the fewest faults that were found to break the same property. */
export function shrink<Event extends AnyMessage>(
  story: Story<Event>,
  run: Run,
  { guard }: Pick<TellOptions<Event>, 'guard'> = {},
): Run {
  let smallest = run
  let tells = 0
  /** Whether the property breaks without those of `from` to `to`; if so, they are gone. */
  const drops = (from: number, to: number): boolean => {
    if (tells === tellsMax) return false
    tells += 1
    const { faults } = smallest
    const left: readonly WorldFault[] = [...faults.slice(0, from), ...faults.slice(to)]
    const told = tellStory(story, run.seed, { faults: left, ...(guard && { guard }) })
    if (told.violation?.property !== run.violation?.property) return false
    smallest = told
    return true
  }
  if (run.violation === undefined) return run
  for (let size = run.faults.length; size >= 1; size = Math.floor(size / 2)) {
    // Backwards, so that what is dropped moves nothing that is still to be tried.
    for (let to = smallest.faults.length; to > 0; to -= size) drops(Math.max(0, to - size), to)
  }
  return smallest
}
