/**
 * One machine: a clock, a disk, a place in the network, and one process at a time. The process is a function of
 * an environment. It can be booted, paused, crashed and booted again; what belongs to the machine
 * (disk, oscillator, identity) stays, and nothing asked for by one life reaches the next.
 */
import { assert, present } from '../src/base/assert.ts'
import type { Millis } from '../src/base/units.ts'
import type { Environment, Network, RecordVerdict } from '../src/kernel/environment.ts'
import type { TraceReader } from '../src/kernel/trace.ts'
import { SimClock, SimOscillator } from './clock.ts'
import type { Digest } from './digest.ts'
import { SimDisk } from './disk.ts'
import { Life } from './life.ts'
import type { SimRandom } from './random.ts'
import { absentServices, type ServicesModel, simServices } from './services.ts'
import { type DiskModel, openStore, swiftDisk } from './store.ts'
import type { Timeline, TimelineEntry } from './timeline.ts'
import { onlooking, turnsFor } from './trace/onlooking.ts'
import type { MachineChange } from './trace/record.ts'
import type { Tracer } from './trace/tracer.ts'
import { SimVerifier, soundVerifier, type VerifierFaults, type VerifierModel } from './verifier.ts'
import type { CrashNotice, NetworkSeat, WorldNetwork } from './world-network.ts'

/** What runs on a machine. `stop` is called at an orderly end, not at a crash. */
export interface Process {
  stop(): void
}

export type StartProcess = (environment: Environment) => Process

export interface HostOptions {
  /** How wrong the wall clock is when the world begins. */
  readonly clockOffsetMs?: Millis
  readonly clockDriftPpm?: number
  readonly disk?: DiskModel
  /** Without one, every check is a fault of the code. */
  readonly verifier?: VerifierModel
  /** Without them, every call is answered by `unavailable`. */
  readonly services?: ServicesModel
}

/** What a host needs of the world. */
export interface HostSeat {
  readonly timeline: Timeline
  readonly network: WorldNetwork
  readonly random: SimRandom
  readonly digest: Digest
  /** True wall-clock time at the beginning of the world. */
  readonly wallMsAtStart: number
  readonly tracer: Tracer | undefined
  /** Runs code of a process under the guard of the world. */
  readonly guarded: (run: () => void) => void
}

const noVerifier: VerifierModel = {
  check: () => present<boolean>(undefined, 'a verifier for this host'),
  validate: () => present<readonly RecordVerdict[]>(undefined, 'a verifier for this host'),
  aggregate: () => present<Uint8Array>(undefined, 'a verifier for this host'),
  costs: {
    ...{ batchUs: 0, ed25519Us: 0, blsUs: 0, blsKeyUs: 0 },
    ...{ recordUs: 0, recordByteNs: 0, workers: 1 },
  },
}

export class SimHost {
  readonly name: string
  /** Counts the hosts of a world, from 0. */
  readonly number: number
  readonly disk = new SimDisk()
  readonly oscillator: SimOscillator
  readonly #seat: HostSeat
  readonly #options: HostOptions
  #lives = 0
  #life: Life | undefined
  #clock: SimClock | undefined
  #process: Process | undefined
  #start: StartProcess | undefined
  #restart: TimelineEntry | undefined
  #stalledUntilUs = 0
  #verifier: SimVerifier | undefined
  #verifierFaults: VerifierFaults = soundVerifier

  constructor(name: string, number: number, seat: HostSeat, options: HostOptions) {
    this.name = name
    this.number = number
    this.#seat = seat
    this.#options = options
    const { clockOffsetMs = 0, clockDriftPpm = 0 } = options
    this.oscillator = new SimOscillator(
      seat.timeline,
      seat.wallMsAtStart + clockOffsetMs,
      clockDriftPpm,
    )
    seat.network.addHost(name, (trueUs) => this.oscillator.msAt(trueUs))
  }

  get isRunning(): boolean {
    return this.#life !== undefined
  }

  get isPaused(): boolean {
    return this.#life?.isPaused === true
  }

  /** Stalled: see {@link stall}. */
  get isBusy(): boolean {
    return this.#life?.isBusy === true
  }

  /** How often a process was started here. */
  get lives(): number {
    return this.#lives
  }

  /** Timers of the process that wait; 0 if none runs. For rare occasions: it looks at all that waits. */
  get timers(): number {
    return this.#clock?.timers ?? 0
  }

  /**
   * Starts a process; without an argument, the one that ran here before. It begins within this call, or as soon as
   * the network is open, if that takes time. Asserts that none runs.
   */
  boot(start?: StartProcess): void {
    assert(this.#life === undefined, `nothing runs on ${this.name}`)
    this.#forgetRestart()
    const code = present(start ?? this.#start, `a process for ${this.name}`)
    this.#start = code
    this.#lives += 1
    const life = new Life(this.#seat.timeline, this.#lives)
    this.#life = life
    this.#as('booted', () => this.#seat.guarded(() => this.#begin(life, code)))
  }

  /** Ends the process in good order: it may say goodbye, and what it wrote is kept. */
  stop(): void {
    const life = this.#requireLife()
    this.#as('stopped', () => {
      this.#seat.guarded(() => this.#process?.stop())
      this.#seat.network.detach(this.name)
      this.disk.close()
      this.#end(life)
    })
  }

  /** The power fails: memory is lost, and so is what was not synced. */
  crash(notice: CrashNotice = 'reset'): void {
    const life = this.#requireLife()
    this.#as('crashed', () => {
      this.#end(life)
      this.#seat.network.crash(this.name, notice)
      this.disk.crash(this.#seat.random.fork(`crash/${this.#lives}`))
    })
  }

  /** Boots again after so many milliseconds, unless that happens before by other means. */
  restartAfter(ms: Millis): void {
    assert(this.#life === undefined, `nothing runs on ${this.name}`)
    this.#forgetRestart()
    const { timeline } = this.#seat
    const dueUs = timeline.nowUs + Math.ceil(ms * 1_000)
    this.#restart = timeline.at(dueUs, { fire: () => this.boot() })
  }

  /** The process stands still, as under SIGSTOP: what happens to it waits. */
  pause(): void {
    const life = this.#requireLife()
    this.#as('paused', () => life.pause())
  }

  resume(): void {
    const life = this.#requireLife()
    this.#as('resumed', () => life.resume())
  }

  /**
   * The machine is busy with something else for so long, as under load: what happens to the process waits, as in a pause,
   * and goes on by itself. Stalls that overlap end together. Does nothing if no process runs.
   */
  stall(ms: Millis): void {
    const life = this.#life
    if (life === undefined) return
    const { timeline } = this.#seat
    const untilUs = timeline.nowUs + Math.ceil(ms * 1_000)
    this.#stalledUntilUs = Math.max(this.#stalledUntilUs, untilUs)
    this.#as('stalled', () => life.setBusy(true))
    const end = (): void => {
      if (timeline.nowUs < this.#stalledUntilUs) return
      if (life.isOver) life.setBusy(false)
      else this.#as('unstalled', () => life.setBusy(false))
    }
    timeline.at(untilUs, { fire: end })
  }

  /** What is wrong with the pool that checks signatures. It stays wrong when the process is another one. */
  get verifierFaults(): VerifierFaults {
    return this.#verifierFaults
  }

  set verifierFaults(faults: VerifierFaults) {
    this.#verifierFaults = faults
    this.#verifier?.look()
  }

  /**
   * A reader of the process's trace that mixes each turn of each actor into the digest of the run. It hands all of it to
   * the tracer of the world, if there is one.
   */
  turns(): TraceReader<unknown> {
    const reader = new TurnReader(this.#seat, this.number)
    const { tracer } = this.#seat
    return tracer === undefined ? reader : tracedReader(reader, turnsFor(this.name, tracer))
  }

  #begin(life: Life, code: StartProcess): void {
    const seat = this.#networkSeat(life)
    this.#seat.network.attach(this.name, seat, (network) => {
      const environment = this.#environment(seat, network)
      const { tracer } = this.#seat
      this.#process = code(
        tracer === undefined ? environment : onlooking(environment, this.name, tracer),
      )
    })
  }

  /** Runs what makes of the machine what it is then. */
  #as(change: MachineChange, run: () => void): void {
    const { tracer } = this.#seat
    if (tracer === undefined) run()
    else tracer.machine(this.name, change, run)
  }

  #networkSeat(life: Life): NetworkSeat {
    const clock = new SimClock(this.#seat.timeline, this.oscillator, life)
    this.#clock = clock
    return { life, clock, random: this.#randomOf(life).fork('network') }
  }

  #randomOf(life: Life): SimRandom {
    return this.#seat.random.fork(`life/${life.number}`)
  }

  #environment({ life, clock }: NetworkSeat, network: Network): Environment {
    const { timeline } = this.#seat
    const random = this.#randomOf(life)
    const options = this.#options
    const seatFor = (label: string) => ({ timeline, life, random: random.fork(label) })
    const faults = (): VerifierFaults => this.#verifierFaults
    const verifier = new SimVerifier(options.verifier ?? noVerifier, { timeline, life, faults })
    this.#verifier = verifier
    return {
      clock,
      random: random.fork('node'),
      network,
      store: openStore(this.disk, options.disk ?? swiftDisk, seatFor('disk')),
      verifier,
      services: simServices(options.services ?? absentServices, seatFor('services')),
    }
  }

  #requireLife(): Life {
    return present(this.#life, `a process on ${this.name}`)
  }

  #end(life: Life): void {
    life.end()
    this.#life = undefined
    this.#clock = undefined
    this.#process = undefined
    this.#verifier = undefined
    this.#stalledUntilUs = 0
  }

  #forgetRestart(): void {
    if (this.#restart !== undefined) this.#seat.timeline.cancel(this.#restart)
    this.#restart = undefined
  }
}

class TurnReader implements TraceReader<unknown> {
  readonly #digest: Digest
  readonly #timeline: Timeline
  readonly #host: number

  constructor({ digest, timeline }: HostSeat, host: number) {
    this.#digest = digest
    this.#timeline = timeline
    this.#host = host
  }

  turn(actor: number, message: string): void {
    this.#digest.mixEvent(this.#timeline.nowUs, this.#host, actor, message)
  }
}

/** Both: the digest, and the trace. */
function tracedReader(
  digest: TurnReader,
  trace: ReturnType<typeof turnsFor>,
): TraceReader<unknown> {
  return {
    ...trace,
    turn: (actor, message) => {
      digest.turn(actor, message)
      trace.turn(actor, message)
    },
  }
}
