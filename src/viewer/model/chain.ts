/**
 * What the events of this chain's nodes tell over time: the tree of blocks, and of each node its life, its heights, its
 * head, its slot and how far it has synced. The one file here that knows what events are named.
 */
import { type BlockTree, type Sighting, treeOf } from './blocks.ts'
import { ChangeLog, type Changes, valueAt } from './changes.ts'
import { factNamed, numberNamed } from './facts.ts'
import { kindOf, nameOf, type Run, textOf } from './run.ts'

/** A node over time. */
export interface NodeHistory {
  readonly life: Changes<LifeState>
  readonly lives: Changes<number>
  readonly committed: Changes<number>
  readonly head: Changes<Head>
  readonly slot: Changes<number>
  readonly sync: Changes<string>
}

export type LifeState = 'up' | 'down' | 'paused' | 'stalled'

export interface Head {
  readonly hash: string
  readonly height: number
}

/** A node at a moment. */
export interface NodeState {
  readonly life: LifeState
  readonly lives: number
  readonly committed: number | undefined
  readonly head: Head | undefined
  readonly slot: number | undefined
  readonly sync: string | undefined
}

export interface ChainHistory {
  readonly nodes: readonly NodeHistory[]
  readonly tree: BlockTree
}

export function stateAt(history: NodeHistory, us: number): NodeState {
  return {
    life: valueAt(history.life, us) ?? 'down',
    lives: valueAt(history.lives, us) ?? 0,
    committed: valueAt(history.committed, us),
    head: valueAt(history.head, us),
    slot: valueAt(history.slot, us),
    sync: valueAt(history.sync, us),
  }
}

/** Reads the whole run once. */
export function historyOf(run: Run): ChainHistory {
  const nodes = run.laneNames.slice(0, -1).map(emptyLog)
  const sightings: Sighting[] = []
  for (let i = 0; i < run.count; i += 1) {
    const log = nodes[run.lane[i] ?? -1]
    if (log === undefined) continue
    const kind = kindOf(run, i)
    if (kind === 'machine') takeChange(log, run, i)
    const told = kind === 'event' ? readEvent(run, i) : undefined
    if (told === undefined) continue
    takeTold(log, told)
    if (told.sighting !== undefined) sightings.push(told.sighting)
  }
  for (const { life } of nodes) {
    // A part of a run does not tell when a node was booted.
    if (life.values.length === 0) life.set(0, 'up')
  }
  return { nodes, tree: treeOf(sightings) }
}

type NodeLog = ReturnType<typeof emptyLog>

function emptyLog() {
  return {
    life: new ChangeLog<LifeState>(),
    lives: new ChangeLog<number>(),
    committed: new ChangeLog<number>(),
    head: new ChangeLog<Head>(),
    slot: new ChangeLog<number>(),
    sync: new ChangeLog<string>(),
  }
}

const lifeAfter: Readonly<Record<string, LifeState>> = {
  booted: 'up',
  crashed: 'down',
  stopped: 'down',
  paused: 'paused',
  resumed: 'up',
  stalled: 'stalled',
  unstalled: 'up',
}

function takeChange(log: NodeLog, run: Run, record: number): void {
  const atUs = run.atUs[record] ?? 0
  const change = nameOf(run, record)
  const life = lifeAfter[change]
  if (life !== undefined) log.life.set(atUs, life)
  if (change === 'booted') log.lives.set(atUs, (log.lives.values.at(-1) ?? 0) + 1)
}

/** What one event says that is looked up later. */
interface Told {
  readonly atUs: number
  readonly committed?: number
  readonly head?: Head
  readonly slot?: number | undefined
  readonly sync?: string
  readonly sighting?: Sighting
}

function takeTold(log: NodeLog, { atUs, committed, head, slot, sync }: Told): void {
  if (committed !== undefined) log.committed.set(atUs, committed)
  if (head !== undefined) log.head.set(atUs, head)
  if (slot !== undefined && slot > (log.slot.values.at(-1) ?? -1)) log.slot.set(atUs, slot)
  if (sync !== undefined) log.sync.set(atUs, sync)
}

/** What is seen of a block by each event, and whether it says how high the node has got. */
const sightingsBy: Readonly<Record<string, Sighting['what']>> = {
  'block-proposed': 'proposed',
  'block-checked': 'seen',
  'block-executed': 'seen',
  'block-notarised': 'notarised',
  'head-changed': 'seen',
  'block-committed': 'committed',
  'chain-started': 'committed',
}

function readEvent(run: Run, record: number): Told | undefined {
  const name = nameOf(run, record)
  const what = sightingsBy[name]
  const isVote = name === 'vote-sent'
  const isSync = name === 'sync-state-changed'
  if (what === undefined && !isVote && !isSync) return undefined
  const facts = textOf(run, record, 'facts')
  const atUs = run.atUs[record] ?? 0
  if (isSync) return { atUs, sync: factNamed(facts, 'to') ?? '' }
  const slot = numberNamed(facts, 'slot')
  if (what === undefined) return { atUs, slot }
  const hash = shortened(factNamed(facts, 'hash') ?? factNamed(facts, 'block'))
  if (hash === undefined) return undefined
  const height = numberNamed(facts, 'height')
  const lane = run.lane[record] ?? 0
  const parent = shortened(factNamed(facts, 'parent'))
  const sighting: Sighting = { hash, what, atUs, record, lane, parent, height, slot }
  return { atUs, slot, sighting, ...heightsTold(name, hash, height) }
}

function heightsTold(
  name: string,
  hash: string,
  height: number | undefined,
): Pick<Told, 'committed' | 'head'> {
  if (height === undefined) return {}
  if (name === 'block-committed') return { committed: height }
  if (name === 'head-changed') return { head: { hash, height } }
  return name === 'chain-started' ? { committed: height, head: { hash, height } } : {}
}

function shortened(hash: string | undefined): string | undefined {
  return hash?.replace(/…$/, '').slice(0, 8)
}
