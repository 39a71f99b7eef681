/** Each kind of fault does something, and its end ends that. */
import { describe, expect, test } from 'vitest'
import { Cluster } from '../../../../../sim/cluster/cluster.ts'
import {
  type Fault,
  type FaultName,
  faultCatalogue,
  faultsMeantBy,
  ruleOf,
} from '../../../../../sim/cluster/fault/catalogue.ts'
import { idealScheme } from '../../../../../sim/cluster/ideal.ts'
import type { SimDisk } from '../../../../../sim/disk.ts'
import { localLink } from '../../../../../sim/link.ts'
import type { LinkChanges } from '../../../../../sim/link-changes.ts'
import { SimRandom } from '../../../../../sim/random.ts'
import type { Fate, FlightKind } from '../../../../../sim/rules.ts'
import { keys } from '../../../../../src/actors/storage/keys.ts'

type FactsOf<Kind extends FaultName> = Omit<Extract<Fault, { kind: Kind }>, 'kind' | 'atMs'>

interface Case<Facts> {
  readonly facts: Facts
  /** Whether the fault shows. False before it strikes, true then. */
  readonly shows: ((net: Cluster) => boolean) | 'in a test of its own'
  /** What is done may show only after a while. */
  readonly afterMs?: number
  /** Nothing ends it: it is of a moment. */
  readonly isMomentary?: boolean
}

const second = { forMs: 1_000 }

/** What becomes of a message, or of another flight, after so long. */
function fateOf(
  net: Cluster,
  from: string,
  to: string,
  { kind = 'gossip', inMs = 0 }: { readonly kind?: FlightKind; readonly inMs?: number } = {},
): Fate {
  const { rules } = net.simulation.network
  const atUs = net.simulation.timeline.nowUs + 1_000 * inMs
  return rules.judge({ kind, label: '', bytes: 100, from, to, atUs })
}

/** What becomes of a hundred flights. */
function fatesOf(net: Cluster, kind: FlightKind): readonly Fate['kind'][] {
  return Array.from({ length: 100 }, () => fateOf(net, 'n0', 'n1', { kind }).kind)
}

/** Bytes a second from one to another, with what links are like at the moment. */
function paceOf(changes: LinkChanges, from: string, to: string): number {
  return changes.apply(localLink, from, to).bytesPerSecond
}

/** How much later a message arrives that leaves after so long. */
function delayMs(net: Cluster, from: string, to: string, inMs = 0): number {
  const fate = fateOf(net, from, to, { inMs })
  return fate.kind === 'delay' ? fate.us / 1_000 : 0
}

const diskOf = (net: Cluster): SimDisk => net.machine('n0').host.disk

const isDown = (name: string) => (net: Cluster) => !net.machine(name).host.isRunning

/** On each disk: whose it was in the beginning. */
const mark = 'mark'

function certificatesOn(net: Cluster): number {
  return diskOf(net).scan({ from: keys.finalisationAt(0), to: 'final0', limit: 1_000 }).length
}

function clockErrorMs(net: Cluster, name: string): number {
  return net.machine(name).host.oscillator.wallMs - net.simulation.wallMs
}

const isCut = (from: string, to: string) => (net: Cluster) => fateOf(net, from, to).kind === 'drop'

const cases: { readonly [Kind in FaultName]: Case<FactsOf<Kind>> } = {
  'slow-links': {
    facts: { byMs: 70, ...second },
    shows: (net) => {
      const fate = fateOf(net, 'n0', 'n1')
      return fate.kind === 'delay' && fate.us === 70_000
    },
  },
  lose: {
    facts: { perMillion: 500_000, ...second },
    shows: (net) => {
      const lost = Array.from({ length: 100 }, () => isCut('n0', 'n1')(net)).filter(Boolean)
      return lost.length > 20 && lost.length < 80
    },
  },
  isolate: { facts: { nodes: ['n0'], ...second }, shows: isCut('n2', 'n0') },
  partition: { facts: { groups: [['n0'], ['n1', 'n2']], ...second }, shows: isCut('n0', 'n1') },
  'cut-one-way': {
    facts: { from: ['n0'], to: ['n1'], ...second },
    shows: (net) => isCut('n0', 'n1')(net) && !isCut('n1', 'n0')(net),
  },
  ring: {
    facts: { nodes: ['n0', 'n1', 'n2', 'n3'], reach: 1, ...second },
    shows: (net) => isCut('n0', 'n2')(net) && !isCut('n0', 'n1')(net) && !isCut('n0', 'n3')(net),
  },
  'cut-pairs': {
    facts: {
      pairs: [
        ['n0', 'n1'],
        ['n2', 'n0'],
      ],
      ...second,
    },
    shows: (net) => isCut('n0', 'n1')(net) && isCut('n2', 'n0')(net) && !isCut('n1', 'n0')(net),
  },
  clog: {
    facts: { nodes: ['n0'], ...second },
    shows: (net) => delayMs(net, 'n1', 'n0') === 1_000 && delayMs(net, 'n1', 'n2') === 0,
  },
  'swizzle-clog': {
    // n0 from 0 to 1,000 ms, n1 from 100 to 900 ms.
    facts: { nodes: ['n0', 'n1'], release: ['n1', 'n0'], stepMs: 100, ...second },
    shows: (net) => {
      const first = delayMs(net, 'n0', 'n2') === 1_000 && delayMs(net, 'n1', 'n2') === 0
      return first && delayMs(net, 'n1', 'n2', 100) === 800 && delayMs(net, 'n1', 'n2', 900) === 0
    },
  },
  corrupt: {
    facts: { perMillion: 500_000, ...second },
    shows: (net) =>
      Array.from({ length: 20 }, () => fateOf(net, 'n0', 'n1').kind).includes('reset'),
  },
  'no-new-connections': {
    facts: second,
    shows: (net) =>
      fateOf(net, 'n0', 'n1', { kind: 'dial' }).kind === 'drop' && !isCut('n0', 'n1')(net),
  },
  'slow-handshakes': {
    facts: { byMs: 300, ...second },
    shows: (net) =>
      fateOf(net, 'n0', 'n1', { kind: 'accept' }).kind === 'delay' &&
      delayMs(net, 'n0', 'n1') === 0,
  },
  'false-address': {
    facts: { node: 'n0', of: 'nobody1' },
    shows: ({ goals }) => goals.reached.includes('dial failed'),
    afterMs: 30_000,
    isMomentary: true,
  },
  'reset-all': {
    facts: {},
    shows: ({ simulation }) =>
      ['n0', 'n1', 'n2'].every((name) => simulation.network.peersOf(name).length === 0),
    isMomentary: true,
  },
  reset: {
    facts: { a: 'n0', b: 'n1' },
    shows: ({ simulation }) => !simulation.network.isConnected('n0', 'n1'),
    isMomentary: true,
  },
  crash: {
    facts: { node: 'n0', ...second },
    shows: isDown('n0'),
  },
  'silent-crash': {
    facts: { node: 'n0', ...second },
    // Its neighbours have not heard of it.
    shows: (net) =>
      !net.machine('n0').host.isRunning && net.simulation.network.peersOf('n1').includes('n0'),
  },
  'crash-at-point': {
    facts: { node: 'n0', on: { event: 'vote-sent', node: 'n0' }, ...second },
    shows: isDown('n0'),
    afterMs: 3_000,
  },
  pause: { facts: { node: 'n0', ...second }, shows: (net) => net.machine('n0').host.isPaused },
  'actor-crash': {
    facts: { node: 'n0', path: 'network/sync' },
    shows: ({ goals }) => goals.reached.includes('actor restarted'),
    afterMs: 100,
    isMomentary: true,
  },
  'restart-storm': {
    facts: { node: 'n0', path: 'network/sync', times: 3, everyMs: 100 },
    shows: (net) => failures(net) === 3,
    afterMs: 500,
    isMomentary: true,
  },
  'clock-drift': {
    facts: { node: 'n0', ppm: 1_000, ...second },
    shows: (net) => Math.abs(clockErrorMs(net, 'n0')) > 0.5,
    afterMs: 900,
  },
  'clock-jump': {
    facts: { node: 'n0', errorMs: -300 },
    shows: (net) => Math.abs(clockErrorMs(net, 'n0') + 300) < 1,
  },
  'slot-skew': {
    facts: { early: ['n0'], late: ['n1', 'n2'], byMs: 200, ...second },
    shows: (net) => Math.abs(clockErrorMs(net, 'n0') - clockErrorMs(net, 'n2') - 400) < 1,
  },
  'torn-crash': {
    facts: { node: 'n0', on: { disk: 'commit-begun', node: 'n0' }, ...second },
    shows: isDown('n0'),
    afterMs: 3_000,
  },
  'disk-errors': {
    facts: { node: 'n0', perMillion: 5, ...second },
    shows: (net) => net.machine('n0').host.disk.faults.ioErrorPerMillion === 5,
  },
  'slow-disk': {
    facts: { node: 'n0', percent: 300, ...second },
    shows: (net) => net.machine('n0').host.disk.faults.slownessPercent === 300,
  },
  'crash-keeps': {
    facts: { node: 'n0', keeps: 'nothing', ...second },
    shows: isDown('n0'),
  },
  'empty-disk': {
    facts: { node: 'n0', ...second },
    shows: (net) => isDown('n0')(net) && diskOf(net).keys === 0,
  },
  'swap-disks': {
    facts: { node: 'n0', other: 'n1', ...second },
    shows: (net) => isDown('n0')(net) && isDown('n1')(net),
  },
  'old-backup': {
    facts: { node: 'n0', ageMs: 4_000, forMs: 5_000 },
    shows: (net) => isDown('n0')(net) && certificatesOn(net) < net.heightOf('n0'),
    afterMs: 4_500,
  },
  'misdirected-io': {
    facts: { node: 'n0', readsPerMillion: 3, writesPerMillion: 5, ...second },
    shows: (net) => diskOf(net).lies.misdirectedWritePerMillion === 5,
  },
  'phantom-writes': {
    facts: { node: 'n0', perMillion: 5, ...second },
    shows: (net) => diskOf(net).lies.phantomWritePerMillion === 5,
  },
  'phantom-syncs': {
    facts: { node: 'n0', perMillion: 5, ...second },
    shows: (net) => diskOf(net).lies.phantomSyncPerMillion === 5,
  },
  'bit-rot': {
    facts: { node: 'n0', perMillion: 5, ...second },
    shows: (net) => diskOf(net).faults.bitRotPerMillion === 5,
  },
  'latent-errors': {
    facts: { node: 'n0', perMillion: 5, ...second },
    shows: (net) => diskOf(net).faults.latentErrorPerMillion === 5,
  },
  'sync-errors': {
    facts: { node: 'n0', perMillion: 5, isFinal: true, ...second },
    shows: (net) => diskOf(net).faults.syncErrorPerMillion === 5,
  },
  'stalled-disk': {
    facts: { node: 'n0', ...second },
    shows: (net) => diskOf(net).faults.stalledUntilUs > net.simulation.timeline.nowUs,
  },
  'full-disk': {
    facts: { node: 'n0', spare: 10, ...second },
    shows: (net) => diskOf(net).faults.bytesMax === diskOf(net).bytes + 10,
  },
  'read-only-disk': {
    facts: { node: 'n0', ...second },
    shows: (net) => diskOf(net).faults.isReadOnly,
  },
  'burst-loss': {
    facts: { worsenPerMillion: 100_000, burst: 10, ...second },
    shows: (net) => fatesOf(net, 'gossip').includes('drop'),
  },
  replay: {
    facts: { perMillion: 500_000, ...second },
    shows: (net) => fatesOf(net, 'gossip').includes('replay'),
  },
  reorder: {
    facts: { perMillion: 500_000, ...second },
    shows: (net) => fatesOf(net, 'gossip').includes('delay'),
  },
  'abort-answers': {
    facts: { perMillion: 500_000, ...second },
    shows: (net) => fatesOf(net, 'answer').includes('abort'),
  },
  hold: {
    facts: { nodes: ['n0'], ...second },
    shows: (net) =>
      fateOf(net, 'n1', 'n0').kind === 'hold' && fateOf(net, 'n1', 'n2').kind === 'pass',
  },
  'narrow-links': {
    facts: { bytesPerSecond: 1_000, ...second },
    shows: ({ simulation }) => paceOf(simulation.network.linkChanges, 'n1', 'n2') === 1_000,
  },
  'slow-reader': {
    facts: { node: 'n0', bytesPerSecond: 1_000, ...second },
    shows: ({ simulation: { network } }) =>
      paceOf(network.linkChanges, 'n1', 'n0') === 1_000 &&
      paceOf(network.linkChanges, 'n1', 'n2') === localLink.bytesPerSecond,
  },
  'clock-strobe': {
    facts: { node: 'n0', errorMs: 300, everyMs: 400, ...second },
    shows: (net) => Math.abs(clockErrorMs(net, 'n0') - 300) < 1,
  },
  'late-timers': {
    facts: { node: 'n0', tickMs: 7, ...second },
    shows: (net) => net.machine('n0').host.oscillator.tickUs === 7_000,
  },
  stalls: {
    facts: { node: 'n0', stallMs: 50, everyMs: 300, ...second },
    shows: (net) => net.machine('n0').host.isBusy,
  },
  'few-connections': {
    facts: { node: 'n0', connectionsMax: 0, ...second },
    shows: 'in a test of its own',
  },
  'slow-verifier': {
    facts: { node: 'n0', percent: 300, stuck: 1, ...second },
    shows: (net) => net.machine('n0').host.verifierFaults.workersStuck === 1,
  },
  'engine-down': {
    facts: { node: 'n0', ...second },
    shows: (net) => net.machine('n0').engineFaults.down.includes('engine'),
  },
}

/** How often an actor has failed in each cluster. */
const failed = new WeakMap<Cluster, number>()
const failures = (net: Cluster): number => failed.get(net) ?? 0

/** Three members that have met. */
function smallCluster(): Cluster {
  const net = new Cluster(
    { members: 3, link: localLink },
    { seed: 'faults', crypto: idealScheme() },
  )
  net.watch(({ event }) => {
    if (event.kind === 'actor-failed') failed.set(net, failures(net) + 1)
  })
  net.names.forEach((name, number) => {
    net.machine(name).host.disk.apply([{ key: mark, value: Uint8Array.of(number) }])
  })
  net.run(2_000)
  return net
}

describe.each(Object.keys(cases) as FaultName[])('%s', (kind) => {
  const { facts, shows, afterMs = 0, isMomentary = false } = cases[kind] as Case<object>
  const faultAt = (atMs: number): Fault => ({ ...facts, kind, atMs }) as Fault

  test('does something, which is over when its time is, or when everything is ended', () => {
    if (typeof shows === 'string') return
    const net = smallCluster()
    const fault = faultAt(net.nowMs)
    const strike = (): void => {
      expect(shows(net)).toBe(false)
      net.nemesis.strike(fault)
      net.run(afterMs, () => shows(net))
      expect(shows(net)).toBe(true)
    }
    strike()
    if (isMomentary) return
    if ('forMs' in facts) net.run(facts.forMs as number)
    else net.nemesis.endAll()
    strike()
    net.nemesis.endAll()
    // A stall that has begun runs out.
    net.run(100)
    expect(shows(net)).toBe(false)
  })

  test('is drawn whole, as plain data, from its stream alone', () => {
    const names = ['n0', 'n1', 'n2']
    const realm = { names, harmable: () => names }
    const draw = (): object => ruleOf(kind).draw(new SimRandom('facts'), realm)
    expect(Object.keys(draw()).toSorted()).toEqual(Object.keys(facts).toSorted())
    expect(JSON.parse(JSON.stringify(draw()))).toEqual(draw())
  })
})

test('a machine that is out of descriptors connects to nobody, until it has some again', () => {
  const net = smallCluster()
  const { network } = net.simulation
  const facts = { node: 'n0', connectionsMax: 0, forMs: 60_000 }
  net.nemesis.strike({ kind: 'few-connections', atMs: net.nowMs, ...facts })
  network.reset('n0', 'n1')
  net.run(20_000)
  expect(network.isConnected('n0', 'n1')).toBe(false)
  net.nemesis.endAll()
  net.run(40_000, () => network.isConnected('n0', 'n1'))
  expect(network.isConnected('n0', 'n1')).toBe(true)
})

test('disks that are swapped are those of each other', () => {
  const net = smallCluster()
  net.nemesis.strike({ kind: 'swap-disks', atMs: 0, node: 'n0', other: 'n1', forMs: 1_000 })
  const marks = ['n0', 'n1'].map((name) => net.machine(name).host.disk.read(mark)?.[0])
  expect(marks).toEqual([1, 0])
})

describe('the catalogue', () => {
  test('has one rule of each name', () => {
    const names = faultCatalogue.map(({ kind }) => kind)
    expect(new Set(names).size).toBe(names.length)
    expect(names.toSorted()).toEqual(Object.keys(cases).toSorted())
  })

  test.each([
    ['crash', ['crash']],
    ['N5', ['isolate', 'partition', 'cut-one-way', 'ring', 'cut-pairs']],
    ['networkpartition', ['partition']],
    ['PacketLoss', ['lose']],
    ['earthquake', []],
  ])('knows what is meant by %s', (text, kinds) => {
    expect(faultsMeantBy(text)).toEqual(kinds)
  })
})
