/**
 * Looking on at a run to find where it parts from another of the same seed: first its digest at every
 * so many events, then everything that happens in the stretch between two of those.
 */
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import { FeatureMap } from '../../../sim/explore/features.ts'
import { traceLine } from './facts.ts'
import type { Onlookers } from './run.ts'

/** What to look at. Events of the simulation count from 0. */
export type WatchRequest =
  | { readonly kind: 'checkpoints'; readonly everyEvents: number }
  /** The events `from` ≤ number < `to`. */
  | { readonly kind: 'stretch'; readonly from: number; readonly to: number }
  /** What the run shows, for whoever explores. */
  | { readonly kind: 'features' }

/** Something happened, and the digest of the run was this. */
export interface Note {
  /** Number of the simulation's event in which it happened. */
  readonly event: number
  readonly atMs: number
  /** Empty for what concerns no node. */
  readonly node: string
  readonly what: string
  readonly digest: string
}

export interface Watch {
  readonly onlookers: Onlookers
  /** The digest after each `everyEvents` events. */
  readonly checkpoints: string[]
  readonly notes: Note[]
  readonly features?: FeatureMap
}

/** Begins to look on. The lists fill while the run goes on. */
export function watch(request: WatchRequest): Watch {
  switch (request.kind) {
    case 'checkpoints':
      return watchCheckpoints(request.everyEvents)
    case 'stretch':
      return watchStretch(request.from, request.to)
    case 'features':
      return watchFeatures()
    default:
      return request satisfies never
  }
}

/** Events of nodes, the faults among which they come, and goals. */
function watchFeatures(): Watch {
  const features = new FeatureMap()
  let cluster: Cluster | undefined
  let faults = 0
  let goals = 0
  const look = (atMs: number): void => {
    if (cluster === undefined) return
    const { plan, goals: own } = cluster
    for (const fault of plan.slice(faults)) {
      const node = 'node' in fault ? fault.node : ''
      features.see(node, `fault: ${fault.kind}`, atMs)
    }
    faults = plan.length
    const { reached } = own
    if (reached.length === goals) return
    for (const goal of reached) features.name(`goal: ${goal}`, atMs)
    goals = reached.length
  }
  const onCluster = (begun: Cluster): void => {
    cluster = begun
  }
  const onEvent: NonNullable<Onlookers['onEvent']> = ({ atMs, node, event }) => {
    look(atMs)
    features.see(node, event.kind, atMs)
  }
  return { onlookers: { onCluster, onEvent }, checkpoints: [], notes: [], features }
}

function watchCheckpoints(everyEvents: number): Watch {
  const checkpoints: string[] = []
  const onCluster = ({ simulation }: Cluster): void =>
    simulation.onEvent(() => {
      if (simulation.events % everyEvents === 0) checkpoints.push(simulation.digest.hex())
    })
  return { onlookers: { onCluster }, checkpoints, notes: [] }
}

function watchStretch(from: number, to: number): Watch {
  const notes: Note[] = []
  let cluster: Cluster | undefined
  /** While the cluster is being built there is none to ask: that comes before the first event. */
  const note = (node: string, what: string, event = cluster?.simulation.events ?? 0): void => {
    if (event < from || event >= to) return
    const digest = cluster?.simulation.digest.hex() ?? ''
    notes.push({ event, atMs: cluster?.nowMs ?? 0, node, what, digest })
  }
  const onlookers: Onlookers = {
    onCluster: (begun) => {
      cluster = begun
      note('', 'the world begins')
      const { simulation } = begun
      // By then the event is counted.
      simulation.onEvent(() => note('', 'the event ends', simulation.events - 1))
    },
    onTurn: ({ node, actor, message }) => note(node, `actor ${actor} takes ${message}`),
    onEvent: (observed) => {
      const { event, facts } = traceLine(observed)
      note(observed.node, `${event} ${facts}`.trimEnd())
    },
  }
  return { onlookers, checkpoints: [], notes }
}
