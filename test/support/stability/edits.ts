/**
 * Edits that have nothing to do with any bug, but draw one random word more somewhere: what a day's work on some
 * component does to all recorded runs. Each is planted in a copy of the sources, beside a bug.
 */
import type { Edit } from '../../mutants/mutant.ts'

export interface Perturbation {
  readonly name: string
  /** Where one more word is drawn. */
  readonly what: string
  readonly edits: readonly Edit[]
}

export const perturbations: readonly Perturbation[] = [
  {
    name: 'new-stream',
    what: 'a new part of the story, with a stream of its own, at each transfer',
    edits: [
      {
        file: 'sim/cluster/workload/transfers.ts',
        find: 'function drawOne({ users, correct, nowMs }: Cluster, random: SimRandom): Transfer {',
        replace:
          "function drawOne({ users, correct, nowMs }: Cluster, random: SimRandom): Transfer {\n  random.fork('new').u32()",
      },
    ],
  },
  {
    name: 'sync',
    what: 'the sync actor of each node, whenever it looks around',
    edits: [
      {
        file: 'src/actors/sync/actor.ts',
        find: '  #look(): void {',
        replace: '  #look(): void {\n    this.#parts.context.random.below(2)',
      },
    ],
  },
  {
    name: 'gossip',
    what: 'the network actor of each node, for each message of gossip',
    edits: [
      {
        file: 'src/actors/network/actor.ts',
        find: 'gossip: context.bind((message, verdict) => this.#gossip(message, verdict)),',
        replace:
          'gossip: context.bind((message, verdict) => {\n        context.random.below(2)\n        this.#gossip(message, verdict)\n      }),',
      },
    ],
  },
  {
    name: 'fault',
    what: 'the drawing of one kind of fault (crashes)',
    edits: [
      {
        file: 'sim/cluster/fault/swarm.ts',
        find: '    const facts = ruleOf(this.#kind).draw(this.#random, this.#stretch)',
        replace:
          "    if (this.#kind === 'crash') this.#random.u32()\n    const facts = ruleOf(this.#kind).draw(this.#random, this.#stretch)",
      },
    ],
  },
  {
    name: 'transfers',
    what: 'the senders of transfers, for each: from the second on it is another',
    edits: [
      {
        file: 'sim/cluster/workload/transfers.ts',
        find: '  const amount = 1 + random.below(1_000)',
        replace: '  random.u32()\n  const amount = 1 + random.below(1_000)',
      },
    ],
  },
  {
    name: 'disk',
    what: 'the disk of each node, for each answer',
    edits: [
      {
        file: 'sim/store.ts',
        find: '    const dueUs = this.#dueUs(draw(latency, this.#latencies))',
        replace:
          '    this.#latencies.u32()\n    const dueUs = this.#dueUs(draw(latency, this.#latencies))',
      },
    ],
  },
  {
    name: 'latency',
    what: 'each link, for each latency: all are others',
    edits: [
      {
        file: 'sim/link.ts',
        find: '    return draw(law, this.#stream(link))',
        replace: '    this.#stream(link).u32()\n    return draw(law, this.#stream(link))',
      },
    ],
  },
  {
    name: 'world',
    what: 'the drawing of the world, first of all: it is another world',
    edits: [
      {
        file: 'scenarios/swarm/swarm.ts',
        find: '  world: (random) => drawWorld(random),',
        replace: '  world: (random) => {\n    random.u32()\n    return drawWorld(random)\n  },',
      },
    ],
  },
]

/**
 * What most simulators have: one generator, from which everything draws in the order in which it happens. For
 * comparison only.
 */
export const oneStream: readonly Edit[] = [
  {
    file: 'sim/random.ts',
    find: "constructor(key: string, family: Family = { generation: 0, prefix: '' }) {",
    replace: 'constructor(key: string, family: Family = beginOne(key)) {',
  },
  {
    file: 'sim/random.ts',
    find: "    const next = seedrandom.xor128('', { state: stateOf(label) }).int32",
    replace: '    const next = (): number => one()',
  },
  {
    file: 'sim/random.ts',
    find: '    return avalanche(counter) >>> 0\n  }\n\n  below(bound: number)',
    replace: '    return one() >>> 0\n  }\n\n  below(bound: number)',
  },
  {
    file: 'sim/random.ts',
    find: 'const unborn = -1',
    replace: `const unborn = -1

let one = (): number => 0

function beginOne(key: string): Family {
  one = seedrandom.xor128('', { state: stateOf(key) }).int32
  return { generation: 0, prefix: '' }
}`,
  },
]
