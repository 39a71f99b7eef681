/**
 * Whoever lets faults happen to one cluster, and ends them. Faults come from sources, one of each kind or plan: the
 * next fault of a source is put on the timeline when the one before it strikes, and what it is is settled when it
 * strikes itself. So what is drawn after some moment depends on nothing before it but time.
 *
 * What has struck is the plan of the run. Given back in its place, it is put on the timeline at the same moments in
 * the same order, and the run comes out the same to the last bit.
 */
import { assert } from '../../../src/base/assert.ts'
import type { Millis } from '../../../src/base/units.ts'
import type { Cluster } from '../cluster.ts'
import { type Fault, type FaultName, faultCatalogue, ruleOf } from './catalogue.ts'
import type { Mend } from './fault.ts'
import { PointWatch } from './point.ts'

/** What whoever runs a scenario wants of its faults. */
export interface FaultWishes {
  /** Only these kinds may be drawn. All, if it is absent. */
  readonly faults?: readonly FaultName[]
  /** `swarm`: each kind in half of the worlds. `uniform`: every kind in every world, half as often. */
  readonly mix?: 'swarm' | 'uniform'
  /** Exactly these happen, at absolute virtual times, whatever the story would draw or schedule. */
  readonly plan?: readonly Fault[]
}

/** Faults one after another. */
export interface FaultSource {
  /** When the next one is due, in absolute virtual time; undefined if there is none. */
  readonly nextMs: Millis | undefined
  /** The next one, now that it is due. */
  take(): Fault
}

export class Nemesis {
  readonly wishes: FaultWishes
  readonly #cluster: Cluster
  readonly #points: PointWatch
  readonly #struck: Fault[] = []
  /** How many faults there were of each kind and moment. */
  readonly #named = new Map<string, number>()
  /** The faults that are in force, and what ends each, by their names. */
  readonly #mends = new Map<string, { readonly fault: Fault; readonly mend: Mend }>()
  /** How the tracer numbers them, if there is one. */
  readonly #traced = new Map<string, number>()
  #plan: readonly Fault[] | undefined
  #isPlanned = false

  constructor(cluster: Cluster, wishes: FaultWishes) {
    this.#cluster = cluster
    this.wishes = wishes
    this.#plan = wishes.plan
    this.#points = new PointWatch(cluster)
  }

  /** The faults that have struck, at absolute virtual times, and those that wait for something since then. */
  get plan(): readonly Fault[] {
    return this.#struck
  }

  /** The faults whose effects last, at present. */
  get inForce(): readonly Fault[] {
    return [...this.#mends.values()].map(({ fault }) => fault)
  }

  /** Lets faults happen as they come. If a plan was wished for or settled, that happens instead, once. */
  follow(sources: () => readonly FaultSource[]): void {
    if (this.#plan === undefined) return this.#lineUpAll(sources())
    if (!this.#isPlanned) this.#lineUpAll(sourcesOf(this.#plan))
    this.#isPlanned = true
  }

  /** Settles what happens, whatever the story will draw or schedule. What was wished for goes before. */
  settle(plan: readonly Fault[]): void {
    this.#plan ??= plan
  }

  /** One fault: now, or when what it waits for happens. */
  strike(fault: Fault): void {
    const name = this.#nameOf(fault)
    this.#struck.push(fault)
    if (fault.on === undefined) this.#carryOut(fault, name)
    else this.#points.wait(fault.on, () => this.#carryOut(fault, name))
  }

  /** Ends every fault that is in force, and forgets those that wait for something. */
  endAll(): void {
    this.#points.forget()
    for (const name of [...this.#mends.keys()]) this.#end(name)
  }

  #carryOut(fault: Fault, name: string): void {
    const { tracer } = this.#cluster.simulation
    if (tracer === undefined) return this.#inflict(fault, name)
    const { kind, atMs: _, on: __, ...rest } = fault
    const { node = '', ...facts } = rest as { readonly node?: string }
    this.#traced.set(
      name,
      tracer.fault(node, kind, facts, () => this.#inflict(fault, name)),
    )
  }

  #inflict(fault: Fault, name: string): void {
    const mend = ruleOf(fault.kind).strike(this.#cluster, fault, name)
    if (mend === undefined) return
    this.#mends.set(name, { fault, mend })
    const { forMs } = fault as { readonly forMs?: Millis }
    if (forMs !== undefined) this.#cluster.simulation.after(forMs, () => this.#end(name))
  }

  #lineUpAll(sources: readonly FaultSource[]): void {
    for (const source of sources) this.#lineUp(source)
  }

  #lineUp(source: FaultSource): void {
    const { nextMs } = source
    if (nextMs === undefined) return
    const fire = (): void => {
      this.strike(source.take())
      this.#lineUp(source)
    }
    // To the very microsecond that a plan says, whatever a product of floats says.
    this.#cluster.simulation.timeline.at(Math.round(nextMs * 1_000), { fire })
  }

  /** The same for a fault whatever else happens, so that one fault less changes no other's chance. */
  #nameOf({ kind, atMs }: Fault): string {
    const name = `fault ${kind} at ${atMs}`
    const before = this.#named.get(name) ?? 0
    this.#named.set(name, before + 1)
    return before === 0 ? name : `${name} (${before + 1})`
  }

  #end(name: string): void {
    const found = this.#mends.get(name)
    this.#mends.delete(name)
    if (found === undefined) return
    const { mend } = found
    const traced = this.#traced.get(name)
    if (traced === undefined) mend()
    else this.#cluster.simulation.tracer?.mend(traced, mend)
  }
}

/** A plan, as sources: one for each kind, in the order in which the kinds are drawn. */
export function sourcesOf(plan: readonly Fault[]): readonly FaultSource[] {
  const byKind = new Map(faultCatalogue.map(({ kind }) => [kind, [] as Fault[]]))
  for (const fault of plan) byKind.get(fault.kind)?.push(fault)
  return [...byKind.values()].map((faults) => {
    const left = faults.toSorted((a, b) => a.atMs - b.atMs)
    return {
      get nextMs() {
        return left[0]?.atMs
      },
      take: () => {
        const fault = left.shift()
        assert(fault !== undefined, 'a fault is left in the plan')
        return fault
      },
    }
  })
}
