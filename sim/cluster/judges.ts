/**
 * All who judge one run: they are shown every event of correct nodes, what crosses the seam to their networks, now and
 * then what they hold, and what lies on their disks. The first that finds its property broken is heard.
 *
 * Does not choose what is shown: liars are the cluster's matter.
 */
import type { Millis } from '../../src/base/units.ts'
import type { Environment, Network } from '../../src/kernel/environment.ts'
import {
  checkersBeyondSafety,
  crossingCheckers,
  diskCheckers,
  safetyCheckers,
  sampleCheckers,
} from './checker/all.ts'
import type {
  Checker,
  Crossing,
  CrossingChecker,
  DiskChecker,
  MakeChecker,
  Observed,
  SampleChecker,
  Seat,
  World,
} from './checker/checker.ts'
import { Goals, type GoalWorld } from './goals.ts'
import type { Machine } from './machine.ts'
import { MessageBook } from './message-book.ts'
import { tapped } from './tap.ts'

/** Which properties a world is held to. */
interface Asked {
  /** Besides those that always are. */
  readonly checkers?: readonly MakeChecker[]
  /** What cannot be had with more liars than the agreement bears is not asked for. */
  readonly isBeyondSafety?: boolean
}

/** Told of each property that is found broken. */
type Found = (property: string, detail: string) => void

/** What is watched of the present life of a node. */
interface Watched {
  readonly seat: Seat
  readonly network: Network
}

export class Judges {
  /** What happened that should happen in some run. */
  readonly goals: Goals
  readonly #found: Found
  readonly #nowMs: () => Millis
  /** Of events: crossing checkers too, if they look at those. */
  readonly #checkers: readonly Checker[]
  readonly #crossings: readonly CrossingChecker[]
  readonly #samples: readonly SampleChecker[]
  readonly #disks: readonly DiskChecker[]
  readonly #book = new MessageBook()
  readonly #onCrossing: ((crossing: Crossing) => void)[] = []
  readonly #watched = new Map<string, Watched>()

  constructor(world: World, asked: Asked, nowMs: () => Millis, found: Found) {
    const { checkers = [], isBeyondSafety = false } = asked
    const always = isBeyondSafety ? checkersBeyondSafety : safetyCheckers
    this.goals = new Goals(goalWorldOf(world))
    this.#found = found
    this.#nowMs = nowMs
    this.#crossings = crossingCheckers.map((make) => make(world))
    const ofEvents = [...always, ...checkers].map((make) => make(world))
    this.#checkers = [...ofEvents, ...this.#crossings.filter(looksAtEvents)]
    this.#samples = sampleCheckers.map((make) => make())
    // Those compare what lies on one disk with what lies on another, and there may be two histories.
    this.#disks = isBeyondSafety ? [] : diskCheckers.map((make) => make(world))
  }

  /** The environment of a new life of a correct node, watched. */
  watch(environment: Environment, seat: Seat): Environment {
    this.#watched.set(seat.node, { seat, network: environment.network })
    const look = (crossing: Crossing): void => this.#cross(crossing)
    return tapped(environment, { seat, book: this.#book, nowMs: this.#nowMs, look })
  }

  /** Has all that crosses the seams from now on shown to `look`. */
  onCrossing(look: (crossing: Crossing) => void): void {
    this.#onCrossing.push(look)
  }

  observe(observed: Observed): void {
    this.goals.observe(observed)
    for (const checker of this.#checkers) {
      const broken = checker.observe(observed)
      if (broken !== undefined) this.#found(checker.property, broken)
    }
  }

  /** Looks at what a node holds, if it runs. */
  sample({ name, node, host, config }: Machine): void {
    const watched = this.#watched.get(name)
    if (node === undefined || watched === undefined || host.isPaused) return
    const { seat, network } = watched
    const sample = {
      ...{ atMs: this.#nowMs(), seat, actors: node.actors(), timers: host.timers },
      ...{ connected: network.report().peers.size, tuning: config.tuning },
    }
    for (const checker of this.#samples) {
      const broken = checker.sample(sample)
      if (broken !== undefined) this.#found(checker.property, broken)
    }
  }

  /** Looks at what lies on a correct node's disk: before it starts, or at the end of a story. */
  inspect({ name, host }: Machine, moment: 'start' | 'end'): void {
    if (moment === 'start') this.goals.inspect(name, host.disk)
    const isInUse = moment === 'end' && host.isRunning
    for (const checker of this.#disks) {
      const broken = checker.inspect(name, host.disk, isInUse)
      if (broken !== undefined) this.#found(checker.property, broken)
    }
  }

  #cross(crossing: Crossing): void {
    this.goals.cross(crossing)
    for (const look of this.#onCrossing) look(crossing)
    for (const checker of this.#crossings) {
      const broken = checker.cross(crossing)
      if (broken !== undefined) this.#found(checker.property, broken)
    }
  }
}

function looksAtEvents(checker: CrossingChecker): checker is CrossingChecker & Checker {
  return checker.observe !== undefined
}

function goalWorldOf({ committee, quorum, slots }: World): GoalWorld {
  return { quorum, members: committee.members.length, slotMs: slots.slotMs }
}
