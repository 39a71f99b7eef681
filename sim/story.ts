/**
 * A story: a world from a seed, the programs in it, what befalls them, and the properties that judge what they emit.
 * Told with one seed it is one run, a plain call; the same seed gives the same run.
 *
 * Does not know how many seeds there are (`sweep.ts`) nor what the properties are about.
 */
import { assert } from '../src/base/assert.ts'
import type { Millis } from '../src/base/units.ts'
import type { AnyMessage } from '../src/kernel/actor.ts'
import { type Program, startProgram } from '../src/kernel/program.ts'
import { restarting } from '../src/kernel/supervisor.ts'
import type { KernelEvent, TraceReader } from '../src/kernel/trace.ts'
import { drawFaults, type FaultOptions, heal, unleash, type WorldFault } from './fault-plan.ts'
import type { SimHost } from './process.ts'
import type { Finding, Judge, Property, Seen } from './property.ts'
import { SimRandom } from './random.ts'
import { type Guard, Simulation, type SimulationOptions } from './simulation.ts'
import type { Tracer } from './trace/tracer.ts'

export interface Story<Event extends AnyMessage> {
  /** Part of what every random stream is called. */
  readonly name: string
  /** What is judged. At one event the first that is broken is the one that is reported. */
  readonly properties: readonly Property<Event>[]
  /** What the world is made of; absent, a machine room. */
  readonly world?: (random: SimRandom) => Omit<SimulationOptions, 'seed' | 'guard' | 'tracer'>
  /** Puts programs on the stage, lets things befall them, and lets time pass. */
  readonly tell: (stage: Stage<Event>) => void
}

/** What is broken, how, and when (virtual milliseconds). */
export interface Violation {
  readonly property: string
  readonly detail: string
  readonly atMs: Millis
}

/** What came of one seed. */
export interface Run {
  readonly seed: number
  /** `nondeterministic`: this run cannot be relied upon, whatever else it found. */
  readonly outcome: 'held' | 'violated' | 'nondeterministic'
  readonly violation: Violation | undefined
  /** What was thrown out of the story, for its stack. */
  readonly error: unknown
  /** Names of properties that were put to the test, and of what happened that should. */
  readonly met: readonly string[]
  /** What befell the world, by the stage's own plan. */
  readonly faults: readonly WorldFault[]
  /** Two runs with one digest took the same turns at the same microseconds. */
  readonly digest: string
  readonly virtualMs: Millis
  readonly events: number
}

export interface TellOptions<Event> {
  /** Watches over ambient time and chance; the lock-down of `alys/lockdown`, where there is one. */
  readonly guard?: Guard
  /** Told of each event that a program emits, to print it. */
  readonly onSeen?: (seen: Seen<Event>) => void
  /** Told of each fault as it begins, and when that is (virtual milliseconds). */
  readonly onFault?: (fault: WorldFault, atMs: Millis) => void
  /** Writes down what happens and why. */
  readonly tracer?: Tracer
  /** What befalls the world instead of what would be drawn: the faults of another run, or some of them. */
  readonly faults?: readonly WorldFault[]
}

/** A story has ended by then, or it runs in a circle. */
const defaultEventsMax = 5_000_000

/** An actor that fails more often within a minute ends its program. */
const defaultRestartsMax = 3

const minuteMs = 60_000

/** Tells a story with one seed. Throws nothing: what the story throws is a violation. */
export function tellStory<Event extends AnyMessage>(
  story: Story<Event>,
  seed: number,
  options: TellOptions<Event> = {},
): Run {
  const stage = new Stage(story, seed, options)
  let error: unknown
  try {
    story.tell(stage)
    stage.end()
  } catch (thrown) {
    error = thrown
    stage.blame('the story does not throw', String(thrown))
  }
  return { seed, error, ...stage.outcome(isNondeterminism(error)) }
}

/** The tripwire's error, by its name: where it comes from, this layer does not reach. */
function isNondeterminism(error: unknown): boolean {
  return error instanceof Error && error.name === 'NondeterminismError'
}

interface Watcher<Event> {
  readonly name: string
  readonly judge: Judge<Event>
  isMet: boolean
}

/** The world of one run, with judges around it. Once something is broken, time stands still. */
export class Stage<Event extends AnyMessage> {
  readonly world: Simulation
  /** For the story's own choices: which faults, who is asked. */
  readonly random: SimRandom
  readonly #watchers: readonly Watcher<Event>[]
  readonly #options: TellOptions<Event>
  #faults: readonly WorldFault[] | undefined
  #violation: Violation | undefined

  constructor(story: Story<Event>, seed: number, options: TellOptions<Event>) {
    // Streams by name: of the world that is made, of what is chosen about it, and of what happens in it.
    const key = `${story.name}/${seed}`
    const random = new SimRandom(key)
    this.world = new Simulation({
      eventsMax: defaultEventsMax,
      ...story.world?.(random.fork('world')),
      seed: key,
      ...(options.guard === undefined ? {} : { guard: options.guard }),
      ...(options.tracer === undefined ? {} : { tracer: options.tracer }),
    })
    this.random = random.fork('story')
    this.#watchers = story.properties.map(({ name, judge }) => {
      return { name, judge: judge(), isMet: false }
    })
    this.#options = options
  }

  /** What was broken first. */
  get violation(): Violation | undefined {
    return this.#violation
  }

  /** Boots a program on a host. When the host is booted again, so is this program. */
  boot(
    host: SimHost,
    program: Program<Event>,
    policy = restarting(defaultRestartsMax, minuteMs),
  ): void {
    // What judges find follows from an event that has been written down.
    const readers = [host.turns(), this.#readerOf(host)]
    host.boot((environment) => {
      const { lives } = host
      // Without its actors a program is over, and the machine is free to start another.
      const onFailure = (): void => {
        this.world.after(0, () => {
          if (host.isRunning && host.lives === lives) host.stop()
        })
      }
      return startProgram(program, environment, { readers, policy, onFailure })
    })
  }

  /** Draws a plan of faults and lets it happen from now on. Asserts that it is the story's only one. */
  unleash(options: FaultOptions): void {
    assert(this.#faults === undefined, 'a story has one plan of faults')
    this.#faults = this.#options.faults ?? drawFaults(this.random.fork('faults'), options)
    unleash(this.world, this.#faults, (fault) => {
      this.#options.onFault?.(fault, this.world.nowMs)
    })
  }

  /** Ends what befalls the world: see {@link heal}. */
  heal(): void {
    heal(this.world)
  }

  /** Lets everything happen until virtual time `ms`, or until `isDone`; not at all once something is broken. */
  runUntil(ms: Millis, isDone?: () => boolean): void {
    if (this.#violation !== undefined) return
    if (this.world.runUntil(ms, isDone) !== 'events-exhausted') return
    this.blame('the story comes to an end', `${this.world.events} events`)
  }

  /** As {@link runUntil}, for so many milliseconds from now. */
  runFor(ms: Millis, isDone?: () => boolean): void {
    this.runUntil(this.world.nowMs + ms, isDone)
  }

  /** Reports what a story finds broken by itself. The first report counts. */
  blame(property: string, detail: string): void {
    if (this.#violation === undefined) this.#options.tracer?.violation(property, detail)
    this.#violation ??= { property, detail, atMs: this.world.nowMs }
    this.world.stop()
  }

  /** Asks the judges for what must hold in the end, unless something was broken before. */
  end(): void {
    for (const watcher of this.#watchers) {
      if (this.#violation === undefined) this.#note(watcher, watcher.judge.end?.())
    }
  }

  outcome(isNondeterministic: boolean): Omit<Run, 'seed' | 'error'> {
    const { digest, nowMs: virtualMs, events } = this.world
    const met = this.#watchers.filter(({ isMet }) => isMet).map(({ name }) => name)
    const found = this.#violation === undefined ? 'held' : 'violated'
    const outcome = isNondeterministic ? 'nondeterministic' : found
    const violation = this.#violation
    const faults = this.#faults ?? []
    return { outcome, violation, met, faults, digest: digest.hex(), virtualMs, events }
  }

  #readerOf(host: SimHost): TraceReader<Event> {
    return {
      event: (_now: Millis, path: string, event: Event | KernelEvent) => {
        const seen = { atMs: this.world.nowMs, host: host.name, life: host.lives, path, event }
        this.#options.onSeen?.(seen)
        for (const watcher of this.#watchers) this.#note(watcher, watcher.judge.event?.(seen))
      },
    }
  }

  #note(watcher: Watcher<Event>, finding: Finding): void {
    if (finding === true) watcher.isMet = true
    else if (finding !== undefined) this.blame(watcher.name, finding)
  }
}
