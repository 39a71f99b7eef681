/**
 * What a kind of fault is: its names, what it needs to know as plain data, how that is drawn, how it strikes, and
 * how it ends. A rule knows nothing of when: that is the business of whoever lets faults happen.
 */
import type { Millis } from '../../../src/base/units.ts'
import type { SimRandom } from '../../random.ts'
import type { Cluster } from '../cluster.ts'

/** A row of the catalogue of faults: network, process, clock, resource, storage, or what serves a node from outside. */
export type FaultId = `${'N' | 'P' | 'C' | 'R' | 'S' | 'X'}${number}`

/** Ends what a fault has done, and nothing else. It may come late: after a crash, a restart, another fault. */
export type Mend = () => void

/** Whom faults may befall. */
export interface Realm {
  readonly names: readonly string[]
  /**
   * Those of them that may be made to forget, within what the protocol bears, when some others have been as well.
   * There is one, if there are no others, wherever such a fault is drawn.
   */
  harmable(others: readonly string[]): readonly string[]
}

/** What befalls one node. */
export interface OnNode {
  readonly node: string
}

/** What is over after a while. */
export interface Lasting {
  readonly forMs: Millis
}

/** One kind of fault. `Facts` are plain data: plans are stored, taken apart and given back. */
export interface FaultRule<Kind extends string, Facts extends object> {
  /** Kebab-case. */
  readonly kind: Kind
  /** Rows of the catalogue. */
  readonly ids: readonly FaultId[]
  /** Other names that people know it by. */
  readonly aliases: readonly string[]
  /** What happens, in a line. */
  readonly what: string
  /** What a swarm draws, in a line. */
  readonly range: string
  /** Nodes that may forget by it what they promised, if it is of that kind: they count as liars from then on. */
  harms?(facts: Facts): readonly string[]
  /** Nodes that do not come back, if there may be any. */
  loses?(facts: Facts): readonly string[]
  /** Draws one from a stream of its own. */
  draw(random: SimRandom, realm: Realm): Facts
  /**
   * Lets it happen, now. `name` is unlike that of any other fault of the run. What comes back ends it; nothing does
   * if it is of a moment, or if there was nothing to be done.
   */
  strike(cluster: Cluster, facts: Facts, name: string): Mend | undefined
}

/** How long a fault lasts: mostly seconds, at times half a minute. */
export function drawSpan(random: SimRandom): Lasting {
  return { forMs: 100 + random.below(random.chance(1, 4) ? 30_000 : 6_000) }
}

export function drawNode(random: SimRandom, { names }: Realm): OnNode {
  return { node: random.pick(names) }
}

/** A node that may be made to forget. */
export function drawHarmable(random: SimRandom, realm: Realm): OnNode {
  return { node: random.pick(realm.harmable([])) }
}

/** Whom a fault harms that makes one node forget. */
export function harmsNode({ node }: OnNode): readonly string[] {
  return [node]
}

/** At least one and not all. */
export function someOf(random: SimRandom, names: readonly string[]): readonly string[] {
  return random.shuffle(names).slice(0, 1 + random.below(Math.max(1, names.length - 1)))
}

/** Does something now, and again and again as long as it says that it goes on, or until it is ended. */
export function again({ simulation }: Cluster, everyMs: Millis, act: () => boolean): Mend {
  let isOver = false
  const next = (): void => {
    if (!isOver && act()) simulation.after(everyMs, next)
  }
  next()
  return () => {
    isOver = true
  }
}
