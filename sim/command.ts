/**
 * The command line of a program that tells one story: `--seed`, `--seeds`, `--bug`, `--bail`, `--trace`. Texts in, lines and an
 * exit code out; the arguments, the output and the process belong to whoever calls this.
 */
import { failed, ok, type Result } from '../src/base/result.ts'
import type { Millis } from '../src/base/units.ts'
import type { AnyMessage } from '../src/kernel/actor.ts'
import { shrink } from './shrink.ts'
import type { Guard } from './simulation.ts'
import { type Run, type Story, tellStory } from './story.ts'
import { describeRun, describeSweep, sweep } from './sweep.ts'

export interface StoryCommand<Event extends AnyMessage, Bug extends string> {
  /** How the program is called, for the line that says how to repeat a seed. */
  readonly program: string
  /** The story, with a bug planted or without. */
  readonly story: (bug: Bug | undefined) => Story<Event>
  readonly bugs: readonly Bug[]
  /** Seeds that are told if none are asked for. */
  readonly seeds: number
  readonly print: (line: string) => void
  readonly guard?: Guard
}

interface Asked<Bug> {
  readonly firstSeed: number
  readonly seeds: number
  readonly bug: Bug | undefined
  readonly isBail: boolean
  readonly isTraced: boolean
}

/**
 * Does what the arguments ask for, and returns the exit code: that of {@link sweep}, or 4 if they are not understood.
 * With `--trace` one seed is told, event by event, and what breaks a property is shrunk to the faults it takes.
 */
export function runCommand<Event extends AnyMessage, Bug extends string>(
  args: readonly string[],
  command: StoryCommand<Event, Bug>,
): 0 | 1 | 2 | 3 | 4 {
  const { program, print, guard } = command
  const asked = askedOf(args, command)
  if (!asked.ok) {
    print(
      `${asked.fault}\nUsage: ${program} [--seed n] [--seeds k] [--bug name] [--bail] [--trace]`,
    )
    if (command.bugs.length > 0) print(`Bugs: ${command.bugs.join(', ')}`)
    return 4
  }
  const { firstSeed, seeds, bug, isBail, isTraced } = asked.value
  const watch = guard === undefined ? {} : { guard }
  const story = command.story(bug)
  if (isTraced) return trace(story, firstSeed, { ...watch, print })
  const onRun = (run: Run): void => {
    if (run.outcome === 'held') return
    print(describeRun(run))
    const planted = bug === undefined ? '' : ` --bug ${bug}`
    print(`  again: ${program}${planted} --seed ${run.seed} --trace`)
  }
  const swept = sweep(story, { firstSeed, seeds, isBail, onRun, ...watch })
  print(describeSweep(swept))
  return swept.exit
}

function trace<Event extends AnyMessage>(
  story: Story<Event>,
  seed: number,
  { guard, print }: { readonly guard?: Guard; readonly print: (line: string) => void },
): 0 | 1 | 3 {
  const watch = guard === undefined ? {} : { guard }
  const line = (atMs: Millis, who: string, what: unknown): void =>
    print(`${(atMs / 1_000).toFixed(6)} ${who} ${JSON.stringify(what)}`)
  const run = tellStory(story, seed, {
    ...watch,
    onSeen: ({ atMs, host, event }) => line(atMs, host, event),
    onFault: (fault, atMs) => line(atMs, '!!', fault),
  })
  print(describeRun(run))
  if (run.error instanceof Error) print(run.error.stack ?? '')
  if (run.outcome === 'held') return 0
  if (run.outcome === 'nondeterministic') return 3
  const { faults } = shrink(story, run, watch)
  print(`  of ${run.faults.length} faults it takes ${faults.length}:`)
  for (const fault of faults) print(`  ${JSON.stringify(fault)}`)
  return 1
}

const options = new Set(['--seed', '--seeds', '--bug', '--bail', '--trace'])
const switches = new Set(['--bail', '--trace'])

function askedOf<Event extends AnyMessage, Bug extends string>(
  args: readonly string[],
  { bugs, seeds }: StoryCommand<Event, Bug>,
): Result<Asked<Bug>, string> {
  const values = new Map<string, string>()
  const rest = [...args]
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (!options.has(name)) return failed(`${name} is not an option.`)
    values.set(name, switches.has(name) ? '' : (rest.shift() ?? ''))
  }
  const firstSeed = numberOf(values.get('--seed') ?? '1')
  const count = numberOf(values.get('--seeds') ?? `${seeds}`)
  if (firstSeed === undefined || count === undefined) {
    return failed('--seed and --seeds want a whole number.')
  }
  const bug = bugs.find((each) => each === values.get('--bug'))
  if (bug !== values.get('--bug')) return failed('--bug wants the name of one.')
  const [isBail, isTraced] = [values.has('--bail'), values.has('--trace')]
  return ok({ firstSeed, seeds: count, bug, isBail, isTraced })
}

/** A seed or a count of them. */
function numberOf(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
