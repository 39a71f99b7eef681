/**
 * A federation in a simulated world: n machines that each run the production node, the faults that
 * befall them, and the checkers that watch. A hand to steer it by, for scenarios.
 *
 * The first broken property ends the run: everything later is a no-op, so that a story can be told
 * without asking after each line whether it still makes sense.
 */

import { servedProtocols, topicsOf } from '../../src/actors/network/topics.ts'
import { assert, present } from '../../src/base/assert.ts'
import type { Millis } from '../../src/base/units.ts'
import type { KernelEvent } from '../../src/kernel/trace.ts'
import { defaultTuning, type NodeConfig, type NodeTuning } from '../../src/node/config.ts'
import type { NodeEvent } from '../../src/node/event.ts'
import type { Chain, TrustedPlace } from '../../src/protocol/chain.ts'
import { certificateCheck } from '../../src/protocol/consensus/checks.ts'
import type { Signer } from '../../src/protocol/crypto/signer.ts'
import { addressOf as accountOf } from '../../src/protocol/execution/transaction.ts'
import type { WireVersions } from '../../src/protocol/wire/requests.ts'
import { addressOf } from '../address.ts'
import type { LinkModel } from '../link.ts'
import type { SimRandom } from '../random.ts'
import { Simulation } from '../simulation.ts'
import type { DiskModel } from '../store.ts'
import type { SpokenNames } from './carrier.ts'
import { type Cast, castOf, memberOf } from './cast.ts'
import type { Crossing, MakeChecker, Observed, World } from './checker/checker.ts'
import type { ClusterRun } from './cluster-run.ts'
import type { CryptoScheme } from './crypto.ts'
import type { Fault } from './fault/catalogue.ts'
import { Nemesis } from './fault/nemesis.ts'
import type { Goals } from './goals.ts'
import { hindersCatchingUp, hindersProgress } from './hindrance.ts'
import { Judges } from './judges.ts'
import { Machine, type WrapEnvironment } from './machine.ts'
import { wordsFor } from './message-words.ts'
import { NodeLog } from './node-log.ts'
import { Script, type Step } from './script.ts'
import { simulatedChain } from './simulated-chain.ts'
import { Senders } from './workload/senders.ts'

export interface ClusterOptions {
  readonly members: number
  /** Nodes without a vote. */
  readonly followers?: number
  readonly slotMs?: Millis
  readonly link: LinkModel
  readonly disk?: DiskModel
  /** How wrong each node's wall clock is at first, by its name. */
  readonly clockOffsetMs?: (name: string) => Millis
  readonly clockDriftPpm?: (name: string) => number
  /** Members that break the rules, and how. */
  readonly liars?: ReadonlyMap<number, (liar: LiarParts) => WrapEnvironment>
  /**
   * Members whose keys are on a second machine as well, `t1` for that of `n1` (Twins: Bano et al., OPODIS 2021). Both
   * run the unmodified node and know nothing of each other; together they are one liar.
   */
  readonly twins?: readonly number[]
  /** Followers that break the rules, by name, and how; or strangers that are none of the cluster's nodes. */
  readonly hostile?: ReadonlyMap<string, (parts: HostileParts) => WrapEnvironment>
  /** Whom a node dials; everybody else, if it is left out. */
  readonly neighbours?: (name: string, others: readonly string[]) => readonly string[]
  /** More members lie or forget than the agreement bears: what cannot be had then is not asked for. */
  readonly isBeyondSafety?: boolean
  /** Properties that are watched besides those that always are. */
  readonly checkers?: readonly MakeChecker[]
  /** Nodes whose disk may damage what it acknowledged. */
  readonly untrustedDisks?: readonly string[]
  readonly hasDiskErrors?: boolean
  /** Clocks may be wrong by so much, jumps included. */
  readonly clockErrorMsMax?: Millis
  /** Followers to be started later, by hand. */
  readonly startLater?: readonly string[]
  readonly tuning?: Partial<NodeTuning>
}

/** What a node that breaks the rules has to work with: the chain, its own chance, and true time. */
export interface HostileParts {
  readonly chain: Chain
  readonly random: SimRandom
  readonly nowMs: () => Millis
}

/** And if it is a member, its own keys. */
export interface LiarParts extends HostileParts {
  readonly member: number
  readonly signer: Signer
}

export interface Violation {
  readonly property: string
  readonly detail: string
  readonly atMs: Millis
}

/** Users with money at genesis, each with keys of its own. */
export interface User {
  readonly signer: Signer
  /** 20 bytes. */
  readonly address: Uint8Array
}

const usersCount = 8
const eventsMax = 200_000_000
/** What nodes hold is looked at once in so long. */
const sampleMs = 15_000

export class Cluster {
  readonly simulation: Simulation
  readonly chain: Chain
  readonly options: ClusterOptions
  readonly users: readonly User[]
  /** Who lets faults happen. */
  readonly nemesis: Nemesis
  /** Who sends transfers. */
  readonly senders: Senders
  /** What the story has asked for so far. */
  readonly script = new Script(() => this.#isOver)
  readonly #cast: Cast
  readonly #machines = new Map<string, Machine>()
  readonly #judges: Judges
  readonly #onEvent: ((observed: Observed) => void) | undefined
  readonly #log = new NodeLog()
  /** Nodes whose disk may have lost or damaged what it acknowledged, since it was declared so. */
  readonly #untrustedDisks = new Set<string>()
  readonly #untilMs: Millis
  readonly #watches: ((observed: Observed) => void)[] = []
  #violation: Violation | undefined
  #doubt: Violation | undefined
  #isCutOff = false

  constructor(options: ClusterOptions, run: ClusterRun) {
    this.options = options
    this.#cast = castOf(options)
    this.nemesis = new Nemesis(this, run)
    this.senders = new Senders(this)
    this.#onEvent = run.onEvent
    this.#untilMs = run.untilMs ?? Number.MAX_SAFE_INTEGER
    this.simulation = new Simulation({
      seed: run.seed,
      eventsMax,
      link: () => options.link,
      ...(run.guard === undefined ? {} : { guard: run.guard }),
      ...(run.reseeds === undefined ? {} : { reseeds: run.reseeds }),
      ...(run.tracer === undefined ? {} : { tracer: run.tracer }),
      ...run.carrier?.(() => this.#spokenNames()),
    })
    const { crypto } = run
    const signers = Array.from({ length: options.members }, () => crypto.newSigner())
    this.users = Array.from({ length: usersCount }, () => {
      const signer = crypto.newSigner()
      return { signer, address: accountOf(signer.authorKey) }
    })
    const { slotMs = 2_000 } = options
    const { users, simulation } = this
    this.chain = simulatedChain({ signers, users, slotMs, wallMs: simulation.wallMs })
    run.tracer?.describeBy(wordsFor(this.chain))
    this.#judges = new Judges(
      this.#world(run.crypto),
      options,
      () => this.nowMs,
      (property, detail) => this.violate(property, detail),
    )
    for (const name of this.names) this.#addMachine(name, signers, run)
    for (const name of options.untrustedDisks ?? []) this.#distrust(name)
    for (const machine of this.#machines.values()) {
      if (options.startLater?.includes(machine.name) !== true) machine.boot()
    }
    this.#sampleLater()
  }

  // ----- who there is -----

  /** As of {@link Cast}. */
  get names(): readonly string[] {
    return this.#cast.names
  }

  get members(): readonly string[] {
    return this.#cast.members
  }

  /** Names of nodes that keep the rules. */
  get correct(): readonly string[] {
    return this.#cast.correct
  }

  machine(name: string): Machine {
    return present(this.#machines.get(name), `a node named ${name}`)
  }

  /** Whether the node's root supervisor gave up in its present life. */
  hasStopped(name: string): boolean {
    const { host, node } = this.machine(name)
    return this.#log.hasGivenUp(name, host.lives) || node === undefined
  }

  /** The height that a node has committed, in this or an earlier life. 0 at first. */
  heightOf(name: string): number {
    return this.#log.heightOf(name)
  }

  /** The last slot of which a node has committed the block, in any of its lives. */
  slotOf(name: string): number {
    return this.#log.slotOf(name)
  }

  /** The state that a node's sync entered last, in its present life; `idle` before any. */
  syncStateOf(name: string): string {
    return this.#log.syncStateOf(name, this.machine(name).host.lives)
  }

  /** Where a node's chain has begun in its present life; undefined if it has not yet. */
  startedAt(name: string): number | undefined {
    return this.#log.startedAt(name, this.machine(name).host.lives)
  }

  get goals(): Goals {
    return this.#judges.goals
  }

  get violation(): Violation | undefined {
    return this.#violation
  }

  /** What should have happened in time, did not, and could not. It ends the run as a violation does. */
  get doubt(): Violation | undefined {
    return this.#doubt
  }

  get nowMs(): Millis {
    return this.simulation.nowMs
  }

  /** The faults that have struck so far, at absolute virtual times. As a wish, they make the run happen again. */
  get plan(): readonly Fault[] {
    return this.nemesis.plan
  }

  /** Has every event of every correct node from now on shown to `look`. It must not act on the cluster. */
  watch(look: (observed: Observed) => void): void {
    this.#watches.push(look)
  }

  /** As {@link watch}, for all that crosses the seams between correct nodes and their networks. */
  watchCrossings(look: (crossing: Crossing) => void): void {
    this.#judges.onCrossing(look)
  }

  // ----- letting time pass -----

  /** Lets everything happen for so long, or until `isDone` holds. */
  run(ms: Millis, isDone?: () => boolean): void {
    if (this.#isOver) return
    const fromMs = this.nowMs
    this.script.take(
      () => ({ kind: 'run', ms: this.nowMs - fromMs }),
      () => this.#run(ms, isDone),
    )
  }

  /** States what must hold now. */
  require(property: string, holds: boolean, detail: string): void {
    if (!holds) this.violate(property, detail)
  }

  /** As {@link require}, of what takes time: if `hindrance` says why it could not be, nothing is known. */
  requireInTime(
    property: string,
    holds: boolean,
    detail: string,
    hindrance: () => string | undefined,
  ): void {
    if (holds || this.#isOver) return
    const why = hindrance()
    if (why === undefined) return this.violate(property, detail)
    if (this.#doubt !== undefined) return
    this.#doubt = { property, detail: `${detail}; but ${why}`, atMs: this.nowMs }
    this.simulation.tracer?.violation(property, this.#doubt.detail)
  }

  /** Every node in `names` commits so many more blocks within `ms`. */
  requireProgress(names: readonly string[], blocks: number, ms: Millis): void {
    const goals = new Map(names.map((name) => [name, this.heightOf(name) + blocks]))
    const isDone = (): boolean =>
      names.every((name) => this.heightOf(name) >= (goals.get(name) ?? 0))
    const step = { kind: 'requireProgress', nodes: names, blocks, ms } as const
    this.#step(step, () => this.run(ms, isDone))
    const stuck = names.filter((name) => this.heightOf(name) < (goals.get(name) ?? 0))
    const where = stuck.map((name) => `${name} at ${this.heightOf(name)} of ${goals.get(name)}`)
    const detail = `within ${ms / 1_000} s: ${where.join(', ')}`
    this.requireInTime('progress', stuck.length === 0, detail, () => hindersProgress(this, stuck))
  }

  /** Every node in `names` reaches the height that the first of them has now, within `ms`. */
  requireCaughtUp(names: readonly string[], height: number, ms: Millis): void {
    const isDone = (): boolean => names.every((name) => this.heightOf(name) >= height)
    const step = { kind: 'requireCaughtUp', nodes: names, height, ms } as const
    this.#step(step, () => this.run(ms, isDone))
    const behind = names.filter((name) => this.heightOf(name) < height)
    const where = behind.map((name) => `${name} at ${this.heightOf(name)}`)
    const hindrance = (): string | undefined => hindersCatchingUp(this, behind, height)
    const detail = `of ${height}: ${where.join(', ')}`
    this.requireInTime('caught-up', behind.length === 0, detail, hindrance)
  }

  /** The story is told: what lies on the disks of correct nodes is looked at once more. */
  end(): void {
    if (this.#isOver) return
    for (const name of this.correct) this.#judges.inspect(this.machine(name), 'end')
  }

  violate(property: string, detail: string): void {
    // What a run did not come to see is not asked of it.
    if (this.#isCutOff || this.#doubt !== undefined) return
    if (this.#violation !== undefined) return
    this.#violation = { property, detail, atMs: this.nowMs }
    this.simulation.tracer?.violation(property, detail)
  }

  // ----- faults -----

  /** The power of a machine fails; it starts again after `restartMs`, if that is given. */
  crash(name: string, restartMs?: Millis): void {
    const { host } = this.machine(name)
    const step = { kind: 'crash', node: name } as const
    this.#step(restartMs === undefined ? step : { ...step, restartMs }, () => {
      if (host.isRunning) host.crash()
      if (restartMs !== undefined) host.restartAfter(restartMs)
    })
  }

  /** Gives a machine that is down a copy of another's disk, as one that was set up from a backup. */
  copyDisk(from: string, to: string): void {
    const { host } = this.machine(to)
    assert(!host.isRunning, `${to} is down while its disk is changed`)
    const image = this.machine(from).host.disk
    this.#step({ kind: 'copyDisk', from, to }, () => host.disk.copyFrom(image))
  }

  /** Whoever runs a node that is down gives it a block to trust, or none. It holds from its next start on. */
  trust(name: string, place: TrustedPlace | undefined): void {
    this.#configure(name, { trusted: place })
  }

  /** A machine that is down starts next with a release that speaks these versions of the wire protocols. */
  upgrade(name: string, versions: WireVersions): void {
    this.#step({ kind: 'upgrade', node: name, ...versions }, () =>
      this.#configure(name, { versions }),
    )
  }

  /** Declares that a node's disk may lose or damage what it has acknowledged: nobody holds its node to that from now on. */
  distrust(name: string): void {
    this.#step({ kind: 'distrust', node: name }, () => this.#distrust(name))
  }

  restart(name: string): void {
    const machine = this.machine(name)
    this.#step({ kind: 'restart', node: name }, () => {
      if (!machine.host.isRunning) machine.boot()
    })
  }

  // ----- inside -----

  #run(ms: Millis, isDone: (() => boolean) | undefined): void {
    const leftMs = this.#untilMs - this.nowMs
    const outcome = this.simulation.runFor(Math.min(ms, leftMs), () => {
      return this.#isOver || isDone?.() === true
    })
    // An onlooker that stops the world has seen enough.
    this.#isCutOff = outcome === 'stopped' || (outcome === 'time-reached' && leftMs < ms)
    if (outcome === 'events-exhausted') {
      this.violate('livelock', `more than ${eventsMax} events`)
    }
    // What a story still does to a world that stands still did not happen.
    if (this.#isOver) this.simulation.tracer?.close()
  }

  #configure(name: string, change: Partial<NodeConfig>): void {
    const machine = this.machine(name)
    assert(!machine.host.isRunning, `${name} is down while its configuration is changed`)
    machine.config = { ...machine.config, ...change }
  }

  #step(step: Step, act: () => void): void {
    this.script.take(() => step, act)
  }

  #spokenNames(): SpokenNames {
    const { consensus, transactions } = topicsOf(this.chain)
    return { topics: [consensus, transactions], protocols: servedProtocols }
  }

  /** Nothing happens any more: a property is broken or in doubt, or time is up. */
  get #isOver(): boolean {
    return this.#violation !== undefined || this.#doubt !== undefined || this.#isCutOff
  }

  #distrust(name: string): void {
    this.machine(name).host.disk.distrust()
    this.#untrustedDisks.add(name)
  }

  #world(crypto: CryptoScheme): World {
    const { options } = this
    return {
      chain: this.chain,
      committee: this.chain.committee,
      quorum: Math.ceil((2 * options.members) / 3),
      slots: this.chain.slots,
      isGenuine: (certificate) => crypto.check(certificateCheck(this.chain, certificate)),
      isSigned: (check) => crypto.check(check),
      wallMsAtStart: this.simulation.wallMs - this.nowMs,
      liars: this.#cast.lyingMembers,
      clockErrorMsMax: options.clockErrorMsMax ?? 0,
      untrustedDisks: this.#untrustedDisks,
      hasDiskErrors: options.hasDiskErrors ?? false,
      correct: this.#cast.isCorrect,
    }
  }

  #addMachine(name: string, signers: readonly Signer[], { crypto, onTurn }: ClusterRun): void {
    const { options, chain, simulation } = this
    const member = memberOf(name)
    const signer = member === undefined ? undefined : signers[member]
    const authority =
      member === undefined || signer === undefined
        ? undefined
        : { member, signer, feeRecipient: accountOf(signer.authorKey) }
    const others = this.names.filter((other) => other !== name)
    const neighbours = options.neighbours?.(name, others) ?? others
    const config = {
      chain,
      authority,
      peerAddresses: neighbours.map(addressOf),
      tuning: { ...defaultTuning, ...options.tuning },
    }
    const random = simulation.random.fork(`liar/${name}`)
    const nowMs = (): Millis => this.nowMs
    const wrap = this.#wrapOf(name, authority, { chain, random, nowMs })
    const host = {
      clockOffsetMs: options.clockOffsetMs?.(name) ?? 0,
      clockDriftPpm: options.clockDriftPpm?.(name) ?? 0,
      ...(options.disk === undefined ? {} : { disk: options.disk }),
    }
    const turn = (actor: number, message: string): void =>
      onTurn?.({ atMs: this.nowMs, node: name, actor, message })
    const machine = new Machine(simulation, { name, config, crypto, host, wrap }, () => [
      machine.host.turns(),
      { event: (_now, _path, event) => this.#observe(machine, event) },
      ...(onTurn === undefined ? [] : [{ turn }]),
    ])
    this.#machines.set(name, machine)
  }

  #wrapOf(
    name: string,
    authority: NodeConfig['authority'],
    parts: HostileParts,
  ): WrapEnvironment | undefined {
    const { liars, hostile } = this.options
    if (this.#cast.isCorrect.has(name)) {
      return (environment) => {
        const machine = this.machine(name)
        this.#judges.inspect(machine, 'start')
        return this.#judges.watch(environment, { node: name, life: machine.host.lives })
      }
    }
    if (authority === undefined) return hostile?.get(name)?.(parts)
    const { member, signer } = authority
    return liars?.get(member)?.({ ...parts, member, signer })
  }

  #observe({ name, host, config }: Machine, event: NodeEvent | KernelEvent): void {
    const { digest, timeline } = this.simulation
    digest.mixEvent(timeline.nowUs, host.number, eventActor, event.kind)
    if (!this.#cast.isCorrect.has(name) || this.#isCutOff) return
    const member = config.authority?.member
    const observed = { atMs: this.nowMs, node: name, member, life: host.lives, event }
    this.#onEvent?.(observed)
    this.#log.add(observed)
    for (const watch of this.#watches) watch(observed)
    this.#judges.observe(observed)
  }

  /** Looks at what correct nodes hold, and will do so again. */
  #sampleLater(): void {
    this.simulation.after(sampleMs, () => {
      for (const name of this.correct) this.#judges.sample(this.machine(name))
      this.#sampleLater()
    })
  }
}

/** In the digest, events stand apart from the turns of actors, which count from 0. */
const eventActor = 0xffff
