/**
 * Fewer faults that break the same property: a run's plan is taken apart as long as what is left still breaks it
 * (`fewest.ts`). What no fault is needed for ends with none.
 *
 * Does not shrink the workload or the delays: those are the story's, and follow from its seed.
 */
import type { AnyMessage } from '../src/kernel/actor.ts'
import { fewest, searchInTurn } from './fewest.ts'
import { type Run, type Story, type TellOptions, tellStory } from './story.ts'

/** Runs that are told at most to shrink one. */
const tellsMax = 1_000

/** The run of the same seed with the fewest faults that were found to break the same property. */
export function shrink<Event extends AnyMessage>(
  story: Story<Event>,
  run: Run,
  { guard }: Pick<TellOptions<Event>, 'guard'> = {},
): Run {
  const { violation, seed } = run
  if (violation === undefined) return run
  let smallest = run
  searchInTurn(
    fewest(run.faults),
    (faults) => {
      const told = tellStory(story, seed, { faults, ...(guard && { guard }) })
      const isBroken = told.violation?.property === violation.property
      if (isBroken) smallest = told
      return isBroken
    },
    tellsMax,
  )
  return smallest
}
