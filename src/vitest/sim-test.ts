/**
 * `simTest`: a test of vitest that tells a story with many seeds. It passes if all hold and whatever is due was put to
 * the test; a seed that fails ends it, is told again, shrunk, and thrown as a message that says how to repeat it.
 *
 * Does not run tests: that is vitest's, and so is what `.only`, `.skip`, `.todo` and `.each` mean. Only `.fails` means
 * more here: that some seed breaks a property, not that anything at all goes wrong.
 */
import { relative } from 'node:path'
import { test } from 'vitest'
import { shrink } from '../../sim/shrink.ts'
import type { Guard } from '../../sim/simulation.ts'
import type { Stage, Story } from '../../sim/story.ts'
import { sweep } from '../../sim/sweep.ts'
import type { AnyMessage } from '../kernel/actor.ts'
import { installLockdown } from '../tripwire/lockdown.ts'
import { type SeedWishes, seedsOf } from './seeds.ts'
import { failureText, type Place, unfoundText, untriedText } from './verdict.ts'

export interface SimTestOptions extends SeedWishes {
  /** Passes even if some property was never put to the test, for stories that seldom come that far. */
  readonly mayMiss?: boolean
  /** How vitest is started here, for the line that says how to repeat a seed; `npx vitest run` if it is absent. */
  readonly command?: string
}

/** Declares a test that tells a story with many seeds. */
type Declare = <Event extends AnyMessage>(
  name: string,
  story: Story<Event>,
  options?: SimTestOptions,
) => void

/** Declares a test for each of some cases, with values for its name as vitest has them. */
interface DeclareEach {
  /** Each case is a list, which is spread. */
  <Values extends readonly unknown[] | readonly [unknown]>(
    cases: readonly Values[],
  ): DeclareCases<{ -readonly [Index in keyof Values]: Values[Index] }>
  <Case>(cases: readonly Case[]): DeclareCases<[Case]>
}

type DeclareCases<Values extends readonly unknown[]> = <Event extends AnyMessage>(
  name: string,
  storyOf: (...values: Values) => Story<Event>,
  options?: SimTestOptions,
) => void

/** See {@link simTest}. Modifiers may follow one another. */
export interface SimTest extends Declare {
  /** Only this test of its file runs. */
  readonly only: SimTest
  /** This one does not. */
  readonly skip: SimTest
  /** Passes if some seed breaks a property, and fails if all hold: for a bug that is planted, or known. */
  readonly fails: SimTest
  readonly each: DeclareEach
  /** A name for what is still to be written. */
  readonly todo: (name: string) => void
}

interface Mode {
  readonly only?: true
  readonly skip?: true
  readonly isExpectedToFail?: true
}

/**
 * A test that tells a story with many seeds: those of its options, or `ALYS_SEEDS=500` of them, or the one of
 * `ALYS_SEED=17`. What is simulated runs under the lock-down of `alys/lockdown`.
 */
export const simTest: SimTest = simTestIn({})

function simTestIn(mode: Mode): SimTest {
  const each =
    (cases: readonly unknown[]): DeclareCases<readonly unknown[]> =>
    (name, storyOf, options = {}) => {
      const { only, skip, isExpectedToFail = false } = mode
      // A story is one call: no time limit can end it, and its events are bounded.
      const settings = { timeout: 0, ...(only && { only }), ...(skip && { skip }) }
      test.for([...cases])(name, settings, (value, { task }) => {
        const values: readonly unknown[] = Array.isArray(value) ? value : [value]
        const { command = 'npx vitest run' } = options
        const file = relative(process.cwd(), task.file.filepath)
        const place = { command, file, name: task.fullTestName }
        const fault = judge(storyOf(...values), options, { place, isExpectedToFail })
        if (fault !== undefined) throw fault
      })
    }
  const declare: Declare = (name, story, options) => each([undefined])(name, () => story, options)
  const as = (more: Mode): SimTest => simTestIn({ ...mode, ...more })
  return Object.defineProperties(declare, {
    only: { get: () => as({ only: true }) },
    skip: { get: () => as({ skip: true }) },
    fails: { get: () => as({ isExpectedToFail: true }) },
    each: { value: each },
    todo: { value: (name: string) => test.todo(name) },
  }) as SimTest
}

interface Expected {
  readonly place: Place
  readonly isExpectedToFail: boolean
}

/** Tells the story until a seed fails. What is not as it is expected to be is an error; undefined if all is. */
function judge<Event extends AnyMessage>(
  told: Story<Event>,
  options: SimTestOptions,
  { place, isExpectedToFail }: Expected,
): Error | undefined {
  const seeds = seedsOf(options, process.env)
  if (!seeds.ok) return new Error(seeds.fault)
  const guard = installLockdown()
  const story = guarded(told, guard)
  const swept = sweep(story, { ...seeds.value, isBail: true, guard })
  const [failure] = swept.failures
  if (failure === undefined) {
    if (isExpectedToFail) return new Error(unfoundText(swept.runs))
    const mayMiss = options.mayMiss === true || seeds.value.isRepeated
    return swept.unmet.length > 0 && !mayMiss ? new Error(untriedText(swept)) : undefined
  }
  if (isExpectedToFail && failure.outcome === 'violated') return undefined
  const shrunk = failure.outcome === 'violated' ? shrink(story, failure, { guard }) : failure
  // What the story threw has a stack that leads to the line.
  const cause = failure.error === undefined ? {} : { cause: failure.error }
  return new Error(failureText(failure, shrunk, place), cause)
}

/** The story with the lock-down around its own lines too, not only around what happens in its world. */
function guarded<Event extends AnyMessage>(story: Story<Event>, guard: Guard): Story<Event> {
  const tell = (stage: Stage<Event>): void => {
    guard.enter()
    try {
      story.tell(stage)
    } finally {
      guard.leave()
    }
  }
  return { ...story, tell }
}
