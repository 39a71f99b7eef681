/** A world for programs of one's own: machines that run promise code and talk over sockets, all from one seed. */
import { present } from '../../src/base/assert.ts'
import type { Millis } from '../../src/base/units.ts'
import type { HostOptions, SimHost } from '../process.ts'
import { type RunOutcome, Simulation, type SimulationOptions } from '../simulation.ts'
import { type ProgramSeat, StreamNetwork } from './network.ts'
import { asTask, installStack } from './world.ts'

export type StreamWorldOptions = Omit<SimulationOptions, 'network' | 'settle' | 'guard'>

/** Runs on a machine. What it throws, or rejects with, ends the run, as it would end a process. */
export type Main = (seat: ProgramSeat) => Promise<void>

/** A simulation whose machines have sockets. It installs virtual time in this process, if nobody did before. */
export class StreamWorld {
  /** For faults, clocks and the digest. */
  readonly simulation: Simulation
  readonly #network: StreamNetwork

  constructor(options: StreamWorldOptions) {
    const stack = installStack()
    const made: StreamNetwork[] = []
    this.simulation = new Simulation({
      ...options,
      guard: stack.guard,
      settle: () => stack.settle(),
      network: (parts) => {
        const network = new StreamNetwork(parts)
        made.push(network)
        return network
      },
    })
    this.#network = present(made[0], 'a network')
  }

  /** Adds a machine and starts a program on it. `crash()` and `boot()` of the machine end it and start it anew. */
  addProgram(name: string, main: Main, options: HostOptions = {}): SimHost {
    const host = this.simulation.addHost(name, options)
    host.boot(this.#network.program(name, main))
    return host
  }

  /** Lets everything happen until then, as `Simulation.runUntil` does, in a task of its own. */
  runUntil(ms: Millis, isDone?: () => boolean): Promise<RunOutcome> {
    return asTask(() => this.simulation.runUntil(ms, isDone))
  }
}
