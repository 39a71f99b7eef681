/**
 * A world from a seed: time, hosts, a network between them, and the loop that lets things happen. It runs
 * within a plain call, without promises; two runs with the same seed and the same acts have the same digest.
 *
 * Knows no chain and no actor. What runs on the hosts, what befalls them and what must hold is the
 * caller's.
 */
import { assert } from '../src/base/assert.ts'
import type { Millis, UnixMillis } from '../src/base/units.ts'
import { Digest } from './digest.ts'
import type { FabricParts } from './fabric.ts'
import { type LinkModel, localLink } from './link.ts'
import { SimNetwork } from './network.ts'
import { type HostOptions, SimHost } from './process.ts'
import { SimRandom } from './random.ts'
import { Timeline, type TimelineEntry } from './timeline.ts'
import type { Tracer } from './trace/tracer.ts'
import type { WorldNetwork } from './world-network.ts'

/** What watches over ambient effects while simulated code runs. `leave` may throw what it caught. */
export interface Guard {
  enter(): void
  leave(): void
}

/** A change of fate: at a moment, all chance in a world goes on as if its seed had been another. */
export interface Reseed {
  /** Virtual time, to the microsecond. Whatever is due at the same one comes after it. */
  readonly atMs: Millis
  readonly seed: number
}

export interface SimulationOptions {
  /** Any text. Everything random in the world follows from it. Or a root stream, to share its family. */
  readonly seed: string | number | SimRandom
  /** Later seeds, in ascending order of time. Up to the first one the run is what it would be without. */
  readonly reseeds?: readonly Reseed[]
  /** Events after which a run ends whatever the time: the bound of a livelock. */
  readonly eventsMax?: number
  /** True wall-clock time at the beginning of the world. */
  readonly wallMsAtStart?: UnixMillis
  /** What the link between two hosts is like. A machine room, if this is absent. */
  readonly link?: (from: string, to: string) => LinkModel
  readonly guard?: Guard
  /** Makes the network. The model, if this is absent. */
  readonly network?: (parts: FabricParts) => WorldNetwork
  /** Runs what has become ready besides the timeline: called as a run begins, and after each event. */
  readonly settle?: () => void
  /** Writes down what happens and why. The run is the same without it. */
  readonly tracer?: Tracer
}

/** Why a run came back. */
export type RunOutcome = 'time-reached' | 'condition-met' | 'stopped' | 'events-exhausted'

/** Called after each event. It must not act on the world, and it must be quick. */
export type EventHook = (timeUs: number) => void

/** 2023-11-14T22:13:20Z: a round number of a time that no test expects. */
const defaultWallMs = 1_700_000_000_000

export class Simulation {
  readonly timeline: Timeline
  readonly digest = new Digest()
  readonly random: SimRandom
  readonly network: WorldNetwork
  readonly tracer: Tracer | undefined
  readonly #hosts = new Map<string, SimHost>()
  readonly #hooks: EventHook[] = []
  readonly #eventsMax: number
  readonly #wallMsAtStart: UnixMillis
  readonly #guard: Guard | undefined
  readonly #settle: (() => void) | undefined
  #events = 0
  #isRunning = false
  #isStopped = false

  constructor(options: SimulationOptions) {
    const { seed, tracer } = options
    const timeline = new Timeline(tracer)
    const { digest } = this
    this.timeline = timeline
    this.tracer = tracer
    tracer?.begin(timeline)
    this.random = seed instanceof SimRandom ? seed : new SimRandom(`${seed}`)
    this.#eventsMax = options.eventsMax ?? Number.MAX_SAFE_INTEGER
    this.#wallMsAtStart = options.wallMsAtStart ?? defaultWallMs
    this.#guard = options.guard
    this.#settle = options.settle
    this.#plan(options.reseeds ?? [])
    const { network = (parts) => new SimNetwork(parts) } = options
    this.network = network({
      timeline,
      digest,
      random: this.random.fork('link'),
      modelOf: options.link ?? (() => localLink),
      ...(tracer === undefined ? {} : { tracer }),
    })
    if (tracer !== undefined) this.network.rules.watchBy(tracer)
  }

  /** Virtual milliseconds since the beginning of the world. */
  get nowMs(): Millis {
    return this.timeline.nowUs / 1_000
  }

  /** True wall-clock time, which no host need agree with. */
  get wallMs(): UnixMillis {
    return this.#wallMsAtStart + this.nowMs
  }

  /** Events that have happened. */
  get events(): number {
    return this.#events
  }

  get hosts(): readonly SimHost[] {
    return [...this.#hosts.values()]
  }

  /** Adds a machine, not running. Asserts that the name is new. */
  addHost(name: string, options: HostOptions = {}): SimHost {
    const seat = {
      timeline: this.timeline,
      network: this.network,
      digest: this.digest,
      random: this.random.fork(`host/${name}`),
      wallMsAtStart: this.#wallMsAtStart,
      tracer: this.tracer,
      guarded: (run: () => void) => this.#guarded(run),
    }
    const host = new SimHost(name, this.#hosts.size, seat, options)
    this.#hosts.set(name, host)
    this.tracer?.addNode(name)
    return host
  }

  host(name: string): SimHost {
    const host = this.#hosts.get(name)
    assert(host !== undefined, `a host named ${name}`)
    return host
  }

  /** Calls `act` at so many virtual milliseconds: a fault, a healing, a user's deed. The past means now. */
  at(ms: Millis, act: () => void): TimelineEntry {
    return this.timeline.at(Math.ceil(ms * 1_000), { fire: act })
  }

  after(ms: Millis, act: () => void): TimelineEntry {
    return this.at(this.nowMs + ms, act)
  }

  /** Calls `hook` after each event, for checkers. */
  onEvent(hook: EventHook): void {
    this.#hooks.push(hook)
  }

  /** Ends the run after the present event. */
  stop(): void {
    this.#isStopped = true
  }

  /**
   * Lets everything happen until virtual time `ms`, or until `isDone` holds after an event, or until the run
   * is stopped or has had too many events. A stopped run can be continued by another call.
   */
  runUntil(ms: Millis, isDone?: () => boolean): RunOutcome {
    assert(!this.#isRunning, 'a run is not started from within')
    this.#isStopped = false
    const outcome = this.#guarded(() => this.#run(Math.ceil(ms * 1_000), isDone))
    // What is done from outside now follows from nothing that happened.
    this.tracer?.rest()
    return outcome
  }

  /** As {@link runUntil}, for so many milliseconds from now. */
  runFor(ms: Millis, isDone?: () => boolean): RunOutcome {
    return this.runUntil(this.nowMs + ms, isDone)
  }

  /** Runs simulated code under the guard. */
  #guarded<Value>(run: () => Value): Value {
    if (this.#isRunning) return run()
    this.#isRunning = true
    this.#guard?.enter()
    try {
      return run()
    } finally {
      this.#isRunning = false
      this.#guard?.leave()
    }
  }

  /** They are on the timeline before all else, so that whatever is due at the same time comes after them. */
  #plan(reseeds: readonly Reseed[]): void {
    for (const [index, { atMs, seed }] of reseeds.entries()) {
      assert(atMs > (reseeds[index - 1]?.atMs ?? -1), 'seeds in ascending order of time')
      const fire = (): void => this.random.reseed(seed)
      this.timeline.at(Math.round(atMs * 1_000), { fire })
    }
  }

  #run(untilUs: number, isDone: (() => boolean) | undefined): RunOutcome {
    const { timeline, digest } = this
    // What was done from outside comes to its end first.
    this.#settle?.()
    if (isDone?.() === true) return 'condition-met'
    while (this.#events < this.#eventsMax) {
      if (!timeline.step(untilUs)) return 'time-reached'
      this.#settle?.()
      this.#events += 1
      digest.mix(timeline.nowUs)
      for (const hook of this.#hooks) hook(timeline.nowUs)
      if (this.#isStopped) return 'stopped'
      if (isDone?.() === true) return 'condition-met'
    }
    return 'events-exhausted'
  }
}
