/**
 * How each node of a run is at the moment: what whoever reads a failure looks at first. Looking changes nothing.
 */
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import { slotAt } from '../../protocol/slots.ts'
import { formatSeconds, formatTable } from '../table.ts'
import { faultLine, formatTraceLine } from './facts.ts'
import type { Onlookers } from './run.ts'

interface Head {
  readonly life: number
  readonly height: number
  readonly slot: number
}

/** Follows a run to be asked about its nodes. */
export class NodeStates {
  readonly onEvent: NonNullable<Onlookers['onEvent']> = ({ node, life, event }) => {
    if (event.kind !== 'head-changed' && event.kind !== 'chain-started') return
    const { height, slot } = event
    this.#heads.set(node, { life, height, slot })
  }
  readonly #heads = new Map<string, Head>()
  #cluster: Cluster | undefined
  /** As it was when the run was decided, if that was in the midst of an event. */
  #decided: readonly string[] | undefined

  /** To be called as the run begins. */
  begin(cluster: Cluster): void {
    this.#cluster = cluster
    cluster.simulation.onEvent(() => {
      if ((cluster.violation ?? cluster.doubt) !== undefined) this.#decided ??= this.#look(cluster)
    })
  }

  /**
   * A line for each node, and one for each fault that is in force and befalls no single one: at the violation, or else
   * at the end. Nothing, if the run never began.
   */
  lines(): readonly string[] {
    return this.#decided ?? (this.#cluster === undefined ? [] : this.#look(this.#cluster))
  }

  #look(cluster: Cluster): readonly string[] {
    const { nemesis, names } = cluster
    const others = nemesis.inForce.filter((fault) => !('node' in fault))
    const rows = names.map((name) => this.#row(cluster, name))
    const title = `The nodes at ${formatSeconds(cluster.nowMs)} s, before event #${cluster.simulation.events}:`
    return [
      title,
      ...formatTable([columns, ...rows], alignments).split('\n'),
      ...(names.length > cluster.correct.length ? [breakersNote] : []),
      ...(others.length === 0 ? [] : ['Other faults in force:']),
      ...others.map((fault) => formatTraceLine(faultLine(fault))),
    ]
  }

  #row(cluster: Cluster, name: string): readonly string[] {
    const { host } = cluster.machine(name)
    const head = this.#heads.get(name)
    const isKnown = cluster.correct.includes(name)
    const isOfLife = head?.life === host.lives
    return [
      isKnown ? name : `${name}*`,
      lifeText(cluster, name),
      String(host.lives),
      isKnown ? String(cluster.heightOf(name)) : '?',
      head === undefined || !isOfLife ? '–' : `${head.height} in ${head.slot}`,
      // By its own clock.
      String(slotAt(cluster.chain.slots, host.oscillator.wallMs)),
      isKnown ? cluster.syncStateOf(name) : '?',
      mailboxText(cluster, name),
      cluster.nemesis.inForce
        .filter((fault) => 'node' in fault && fault.node === name)
        .map(({ kind }) => kind)
        .join(', '),
    ]
  }
}

const breakersNote = '* breaks the rules: what it says of itself is not asked.'

const columns = [
  ...['node', 'is', 'life', 'committed', 'head', 'slot', 'sync', 'mailboxes', 'in force'],
]
const alignments = [
  ...(['start', 'start', 'end', 'end', 'end', 'end', 'start', 'start', 'start'] as const),
]

function lifeText(cluster: Cluster, name: string): string {
  const { host, node } = cluster.machine(name)
  if (!host.isRunning) return 'down'
  if (host.isPaused) return 'paused'
  if (host.isBusy) return 'stalled'
  if (node === undefined) return 'starting'
  return cluster.hasStopped(name) ? 'stopped' : 'up'
}

/** Messages that wait, by actor, of those whose mailbox is not empty; and how many waited at most, of all. */
function mailboxText(cluster: Cluster, name: string): string {
  const { node } = cluster.machine(name)
  if (node === undefined) return '–'
  const reports = node.actors()
  const waiting = reports.filter((actor) => actor.waiting > 0)
  const most = Math.max(...reports.map((actor) => actor.waitingMost))
  const now = waiting.map((actor) => `${actor.path} ${actor.waiting}`).join(', ')
  return `${now === '' ? 'empty' : now} (most ${most})`
}
