/**
 * What a story asks of its cluster, step by step, as plain data: it is noted while the story is told, and another
 * cluster can be told the same. So a run can be taken apart whose story is code.
 *
 * Not all that a story does is a step. What it does with rules of the network, with watches or with the clock is in its
 * code alone; whoever tells the steps again has to see whether they come to the same.
 */
import type { Millis } from '../../src/base/units.ts'
import type { WireVersions } from '../../src/protocol/wire/requests.ts'
import type { Cluster } from './cluster.ts'
import { healCore } from './fault/heal.ts'
import { watchCore } from './liveness/watch-core.ts'

/** Named after the methods of the cluster, or functions on it, that they call. */
export type Step =
  /** Until what was waited for had happened, or something was broken. */
  | { readonly kind: 'run'; readonly ms: Millis }
  | { readonly kind: 'crash'; readonly node: string; readonly restartMs?: Millis }
  | { readonly kind: 'restart'; readonly node: string }
  | { readonly kind: 'distrust'; readonly node: string }
  | ({ readonly kind: 'upgrade'; readonly node: string } & WireVersions)
  | { readonly kind: 'copyDisk'; readonly from: string; readonly to: string }
  | { readonly kind: 'healCore'; readonly nodes: readonly string[] }
  | { readonly kind: 'watchCore'; readonly nodes: readonly string[] }
  | {
      readonly kind: 'requireProgress'
      readonly nodes: readonly string[]
      readonly blocks: number
      readonly ms: Millis
    }
  | {
      readonly kind: 'requireCaughtUp'
      readonly nodes: readonly string[]
      readonly height: number
      readonly ms: Millis
    }

/** What is noted of one story. */
export class Script {
  readonly #isOver: () => boolean
  readonly #steps: Step[] = []
  #isWithin = false

  /** `isOver`: nothing comes of anything any more. */
  constructor(isOver: () => boolean) {
    this.#isOver = isOver
  }

  /** Whether nothing happens any more, whatever is told. */
  get isOver(): boolean {
    return this.#isOver()
  }

  /** Those that are over, and the one that is being taken only when it is. */
  get steps(): readonly Step[] {
    return this.#steps
  }

  /** Takes a step. What it does by itself, or lets happen, is no step of its own. `step` is asked for when it is over. */
  take(step: () => Step, act: () => void): void {
    if (this.#isWithin || this.#isOver()) return act()
    this.#isWithin = true
    try {
      act()
    } finally {
      this.#isWithin = false
      this.#steps.push(step())
    }
  }
}

/** Has a cluster do what another did. */
export function follow(net: Cluster, steps: readonly Step[]): void {
  for (const step of steps) takeStep(net, step)
}

function takeStep(net: Cluster, step: Step): void {
  switch (step.kind) {
    case 'run':
      return net.run(step.ms)
    case 'crash':
      return net.crash(step.node, step.restartMs)
    case 'restart':
      return net.restart(step.node)
    case 'distrust':
      return net.distrust(step.node)
    case 'upgrade':
      return net.upgrade(step.node, { oldest: step.oldest, newest: step.newest })
    case 'copyDisk':
      return net.copyDisk(step.from, step.to)
    case 'healCore':
      healCore(net, step.nodes)
      return
    case 'watchCore':
      watchCore(net, step.nodes)
      return
    case 'requireProgress':
      return net.requireProgress(step.nodes, step.blocks, step.ms)
    case 'requireCaughtUp':
      return net.requireCaughtUp(step.nodes, step.height, step.ms)
    default:
      return step satisfies never
  }
}
