/** Watches two histories come about, and who of those that can know of both has noticed. */
import type { Cluster } from '../../sim/cluster/cluster.ts'
import { partition } from '../../sim/rules.ts'

export class ConflictWatch {
  readonly #net: Cluster
  /** What is committed at each height, by whomever. */
  readonly #blocks = new Map<number, Set<string>>()
  readonly #halted = new Set<string>()
  /** Votes and commits of nodes that had halted. */
  readonly #late: string[] = []

  constructor(net: Cluster) {
    this.#net = net
    net.watch(({ node, event }) => {
      if (event.kind === 'chain-halted') this.#halted.add(node)
      if (event.kind === 'vote-sent' && this.#halted.has(node)) this.#late.push(`${node} signed`)
      if (event.kind !== 'block-committed') return
      const blocks = this.#blocks.get(event.height) ?? new Set()
      this.#blocks.set(event.height, blocks.add(event.hash))
      if (this.#halted.has(node)) this.#late.push(`${node} at ${event.height}`)
    })
  }

  /** Heights at which two blocks are committed, and no node has done both. */
  get forkedHeights(): readonly number[] {
    return [...this.#blocks].filter(([, blocks]) => blocks.size > 1).map(([height]) => height)
  }

  /** The story did what it is about: there are two histories, and nobody who knows of one alone has halted. */
  requireFork(): void {
    const { length } = this.forkedHeights
    this.#net.require('two-histories', length > 0, 'the tolerance was exceeded in vain')
    this.#net.require('nobody-halts-early', this.#halted.size === 0, [...this.#halted].join(', '))
  }

  /** Now that they hear each other, each of these halts within `ms`, and nobody who has signs or commits anything from then on. */
  requireHalt(names: readonly string[], ms: number): void {
    const isDone = (): boolean => names.every((name) => this.#halted.has(name))
    this.#net.run(ms, isDone)
    const silent = names.filter((name) => !this.#halted.has(name))
    this.#net.require('conflict-noticed', silent.length === 0, `not by ${silent.join(', ')}`)
    this.#net.run(ms)
    this.#net.require('halted-for-good', this.#late.length === 0, this.#late.join(', '))
  }

  /** The power of these fails, who have halted: they know it still, though nobody tells them. */
  requireMemory(names: readonly string[], ms: number): void {
    const apart = this.#net.names.map((name) => [name])
    this.#net.simulation.network.rules.add('silence', partition(apart))
    for (const name of names) {
      this.#net.crash(name)
      this.#halted.delete(name)
      this.#net.restart(name)
    }
    const isDone = (): boolean => names.every((name) => this.#halted.has(name))
    this.#net.run(ms, isDone)
    const silent = names.filter((name) => !this.#halted.has(name))
    this.#net.require('halt-remembered', silent.length === 0, `not by ${silent.join(', ')}`)
    this.#net.simulation.network.rules.remove('silence')
    this.#net.run(ms)
    this.#net.require('halted-for-good', this.#late.length === 0, this.#late.join(', '))
  }
}
