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
import { localLink } from '../../../../../sim/link.ts'
import { SimRandom } from '../../../../../sim/random.ts'
import type { Fate } from '../../../../../sim/rules.ts'

type FactsOf<Kind extends FaultName> = Omit<Extract<Fault, { kind: Kind }>, 'kind' | 'atMs'>

interface Case<Facts> {
  readonly facts: Facts
  /** Whether the fault shows. False before it strikes, true then. */
  readonly shows: (net: Cluster) => boolean
  /** What is done may show only after a while. */
  readonly afterMs?: number
  /** Nothing ends it: it is of a moment. */
  readonly isMomentary?: boolean
}

const second = { forMs: 1_000 }

/** What becomes of a message. */
function fateOf(net: Cluster, from: string, to: string): Fate {
  const { simulation } = net
  const cargo = { kind: 'gossip', label: '', bytes: 100 } as const
  return simulation.network.rules.judge({ ...cargo, from, to, atUs: simulation.timeline.nowUs })
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
  reset: {
    facts: { a: 'n0', b: 'n1' },
    shows: ({ simulation }) => !simulation.network.isConnected('n0', 'n1'),
    isMomentary: true,
  },
  crash: {
    facts: { node: 'n0', ...second },
    shows: (net) => !net.machine('n0').host.isRunning,
  },
  'crash-at-point': {
    facts: { node: 'n0', on: { event: 'vote-sent', node: 'n0' }, ...second },
    shows: (net) => !net.machine('n0').host.isRunning,
    afterMs: 3_000,
  },
  pause: { facts: { node: 'n0', ...second }, shows: (net) => net.machine('n0').host.isPaused },
  'actor-crash': {
    facts: { node: 'n0', path: 'network/sync' },
    shows: ({ goals }) => goals.reached.includes('actor restarted'),
    afterMs: 100,
    isMomentary: true,
  },
  'clock-jump': {
    facts: { node: 'n0', errorMs: -300 },
    shows: (net) => {
      const errorMs = net.machine('n0').host.oscillator.wallMs - net.simulation.wallMs
      return Math.abs(errorMs + 300) < 1
    },
  },
  'torn-crash': {
    facts: { node: 'n0', on: { disk: 'commit-begun', node: 'n0' }, ...second },
    shows: (net) => !net.machine('n0').host.isRunning,
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
  'engine-down': {
    facts: { node: 'n0', ...second },
    shows: (net) => net.machine('n0').engineFaults.down.includes('engine'),
  },
}

/** Three members that have met. */
function smallCluster(): Cluster {
  const net = new Cluster(
    { members: 3, link: localLink },
    { seed: 'faults', crypto: idealScheme() },
  )
  net.run(2_000)
  return net
}

describe.each(Object.keys(cases) as FaultName[])('%s', (kind) => {
  const { facts, shows, afterMs = 0, isMomentary = false } = cases[kind] as Case<object>
  const faultAt = (atMs: number): Fault => ({ ...facts, kind, atMs }) as Fault

  test('does something', () => {
    const net = smallCluster()
    expect(shows(net)).toBe(false)
    net.nemesis.strike(faultAt(net.nowMs))
    net.run(afterMs, () => shows(net))
    expect(shows(net)).toBe(true)
  })

  test.skipIf(isMomentary)('ends when its time is over, and when everything is ended', () => {
    const net = smallCluster()
    const fault = faultAt(net.nowMs)
    net.nemesis.strike(fault)
    net.run(afterMs, () => shows(net))
    if ('forMs' in facts) net.run(facts.forMs as number)
    else net.nemesis.endAll()
    expect(shows(net)).toBe(false)
    net.nemesis.strike(fault)
    net.run(afterMs, () => shows(net))
    net.nemesis.endAll()
    expect(shows(net)).toBe(false)
  })

  test('is drawn whole, as plain data, from its stream alone', () => {
    const realm = { names: ['n0', 'n1', 'n2'] }
    const draw = (): object => ruleOf(kind).draw(new SimRandom('facts'), realm)
    expect(Object.keys(draw()).toSorted()).toEqual(Object.keys(facts).toSorted())
    expect(JSON.parse(JSON.stringify(draw()))).toEqual(draw())
  })
})

describe('the catalogue', () => {
  test('has one rule of each name', () => {
    const names = faultCatalogue.map(({ kind }) => kind)
    expect(new Set(names).size).toBe(names.length)
    expect(names.toSorted()).toEqual(Object.keys(cases).toSorted())
  })

  test.each([
    ['crash', ['crash']],
    ['N5', ['isolate', 'partition', 'cut-one-way']],
    ['networkpartition', ['partition']],
    ['PacketLoss', ['lose']],
    ['earthquake', []],
  ])('knows what is meant by %s', (text, kinds) => {
    expect(faultsMeantBy(text)).toEqual(kinds)
  })
})
