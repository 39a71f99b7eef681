/**
 * The story: told by its steps instead of its code, if that comes to the same; what comes after the violation cut off;
 * steps that are not needed left out.
 */
import type { Step } from '../../../../sim/cluster/script.ts'
import { fewest, type Search } from '../../../../sim/fewest.ts'
import type { Millis } from '../../../base/units.ts'
import { type Candidate, type Case, changed, demands, firstOf, within } from '../case.ts'

const secondMs: Millis = 1_000

/** Of a run that broke its property at `atMs`. A story of its own is only told for no longer than it takes. */
export function* cutOff(current: Case, atMs: Millis): Search<Candidate, Case> {
  const { recipe } = current
  const untilMs = Math.floor(atMs / secondMs + 1) * secondMs
  const own = changed(current, 'the story is told by its code, and no longer', {
    story: 'own',
    untilMs,
  })
  if (recipe.story === 'own') return yield* firstOf(current, [own])
  const restMs = untilMs - atMs
  const steps = inOne(recipe.story)
  const last = steps.at(-1)
  const story =
    last?.kind === 'run' ? [...steps.slice(0, -1), { ...last, ms: last.ms + restMs }] : steps
  const atOnce: Step = { kind: 'run', ms: untilMs }
  return yield* firstOf({ ...current, recipe: { ...recipe, story: 'own' } }, [
    ...(steps.length > 1
      ? [changed(current, `of the story nothing but ${untilMs / 1_000} s`, { story: [atOnce] })]
      : []),
    changed(current, 'the story is told by its steps, and no further', { story }),
    own,
  ])
}

/** Steps that need not be taken. Where something is demanded in time, all are left. */
export function* fewerSteps(current: Case): Search<Candidate, Case> {
  const { story } = current.recipe
  if (story === 'own' || story.length < 2 || demands(current.recipe)) return current
  return yield* within(fewest(story), current, (steps) =>
    changed(current, `${steps.length} of ${story.length} steps`, { story: inOne(steps) }),
  )
}

/** Runs that follow one another are one. */
function inOne(steps: readonly Step[]): readonly Step[] {
  const joined: Step[] = []
  for (const step of steps) {
    const last = joined.at(-1)
    if (step.kind !== 'run' || last?.kind !== 'run') joined.push(step)
    else joined.splice(-1, 1, { kind: 'run', ms: last.ms + step.ms })
  }
  return joined
}
