/**
 * Virtual time for code that waits: any package that uses promises, timers and chance runs unmodified in the
 * simulator, and the same way from the same seed.
 *
 * Everything happens on the simulator's own timeline. After each of its events all that has become ready (promise
 * continuations, `nextTick`s) is run to exhaustion, so time moves on only when everybody waits. That is the
 * one thing Node.js has no documented call for; `process._tickCallback`, which its own loop calls between two
 * callbacks, does it within one synchronous call, and `runByTurns` does it by documented means, slower.
 *
 * Installed once a process, before the packages that shall run in it are loaded.
 */
import { syncBuiltinESMExports } from 'node:module'
import { assert, present } from '../../src/base/assert.ts'
import type { Millis } from '../../src/base/units.ts'
import { type NondeterminismError, Tripwire } from '../../src/tripwire/tripwire.ts'
import { SimClock, SimOscillator } from '../clock.ts'
import { Life } from '../life.ts'
import { SimRandom } from '../random.ts'
import type { Guard, RunOutcome, Simulation } from '../simulation.ts'
import { Timeline } from '../timeline.ts'
import { Ambients } from './ambient.ts'
import { replaceChance } from './chance.ts'
import { Failures } from './failures.ts'
import { forbid } from './forbidden.ts'
import { presentHost, type StackHost } from './host.ts'
import { replaceTasks } from './tasks.ts'
import { replaceTime } from './time.ts'

export interface StackOptions {
  /**
   * Ambient calls that keep their one real meaning, by name, such as `Date.now`: to see what a run would be worth
   * without this one. Only the first installation in a process is asked.
   */
  readonly except?: readonly string[]
}

/** The world that is installed in this process. */
export interface StackWorld {
  /** For `SimulationOptions`: what is forbidden throws while simulated code runs. */
  readonly guard: Guard
  /**
   * For `SimulationOptions`: runs all that is ready, and throws what it came to if nobody caught it. Asserts that it
   * is not called from a promise's continuation: then nothing could be run.
   */
  settle(): void
  /**
   * Loads modules so that what they ask of clock and chance as they are loaded is the same in each process. Until they
   * are, all code of nobody in this process sees that too, and a timer that it sets never fires.
   */
  load<Module>(load: () => Promise<Module>): Promise<Module>
}

/** Under this name the one world of the process is kept, whoever loads this file how often. */
const worldKey = Symbol.for('alys.stack')
const realSetImmediate = setImmediate
/** Files of this folder that stand between a call and what it is caught by. */
const ownFiles = ['ambient.ts', 'time.ts', 'chance.ts', 'forbidden.ts', 'tasks.ts']
/** What Node.js calls between two callbacks. It is not documented, so it is looked for by name. */
const runTicks = Reflect.get(process, '_tickCallback') as (() => void) | undefined

/** Replaces the clocks, timers and chance of this process by ones that know of hosts, the first time. */
export function installStack(options: StackOptions = {}): StackWorld {
  const installed: unknown = Reflect.get(globalThis, worldKey)
  if (installed !== undefined) return installed as StackWorld
  const world = new World(options.except ?? [])
  Reflect.set(globalThis, worldKey, world)
  return world
}

class World implements StackWorld {
  readonly guard: Guard
  readonly #ambients: Ambients
  readonly #failures = new Failures()
  #depth = 0
  /** Whether it was seen in this run that ticks can be run from here. */
  #isChecked = false
  #caught: NondeterminismError | undefined

  constructor(except: readonly string[]) {
    const wire = new Tripwire({
      // A host's code is under guard whether or not a run is on: what it waits for comes back any time.
      isArmed: () => this.#depth > 0 || presentHost() !== undefined,
      onTrip: (error) => {
        this.#caught ??= error
      },
      files: ownFiles.map((file) => new URL(file, import.meta.url).href),
    })
    this.#ambients = new Ambients(wire, except)
    replaceTime(this.#ambients)
    replaceChance(this.#ambients)
    replaceTasks(this.#ambients, this.#failures.take)
    forbid(this.#ambients)
    // Named imports of built-in modules, past and future, see the new ones too.
    syncBuiltinESMExports()
    this.guard = { enter: () => this.#enter(), leave: () => this.#leave() }
  }

  settle(): void {
    const run = present(runTicks, 'process._tickCallback, of Node.js 22 to 26')
    if (!this.#isChecked) this.#checkTask(run)
    run()
    this.#failures.throwFirst()
    this.#throwCaught()
  }

  async load<Module>(load: () => Promise<Module>): Promise<Module> {
    this.#ambients.setPrelude(preludeHost())
    try {
      return await load()
    } finally {
      this.#ambients.setPrelude(undefined)
    }
  }

  /** Asserts that ticks can be run from here. */
  #checkTask(run: () => void): void {
    void Promise.resolve().then(() => {
      this.#isChecked = true
    })
    run()
    assert(this.#isChecked, 'a stack runs as a task of its own: see asTask')
  }

  #enter(): void {
    if (this.#depth === 0) {
      this.#failures.watch()
      this.#isChecked = false
    }
    this.#depth += 1
  }

  #leave(): void {
    this.#depth -= 1
    if (this.#depth > 0) return
    this.#failures.release()
    this.#throwCaught()
  }

  /** Again, in case that the code which was caught has swallowed it. */
  #throwCaught(): void {
    const caught = this.#caught
    this.#caught = undefined
    if (caught !== undefined) throw caught
  }
}

/** On whose behalf modules are loaded: a clock that stands still, and the same chance each time. */
function preludeHost(): StackHost {
  const timeline = new Timeline()
  const life = new Life(timeline, 1)
  const random = new SimRandom('prelude')
  const clock = new SimClock(timeline, new SimOscillator(timeline, preludeWallMs, 0), life)
  return {
    name: 'prelude',
    clock,
    life,
    chance: random.fork('chance'),
    secrets: random.fork('secrets'),
  }
}

const preludeWallMs = 1_700_000_000_000

/** Runs something as a task of its own, outside of any promise, as a run of a stack must be. */
export function asTask<Value>(run: () => Value): Promise<Value> {
  return new Promise((resolve, reject) => {
    realSetImmediate(() => {
      try {
        resolve(run())
      } catch (error) {
        reject(error)
      }
    })
  })
}

/**
 * Lets everything happen until virtual time `ms`, and leaves it to the real event loop to run what is ready between
 * two events. For simulations without `settle`: it checks, by documented means, that settling misses nothing.
 */
export async function runByTurns(simulation: Simulation, ms: Millis): Promise<RunOutcome> {
  for (;;) {
    await new Promise((resolve) => realSetImmediate(resolve))
    const { events } = simulation
    const outcome = simulation.runUntil(ms, () => simulation.events > events)
    if (outcome !== 'condition-met') return outcome
  }
}
