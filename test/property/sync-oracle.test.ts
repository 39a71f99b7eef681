/**
 * Whatever chain there is, and however its servers behave as long as one of them keeps the rules: a node that
 * syncs has what a member has that imported every block by itself as it came.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeChain, served, serversOf, slotMs } from '../../scenarios/sync/served.ts'
import { garbage, late, silence, truncated } from '../../sim/cluster/adversary/answer-rules.ts'
import {
  busyForEver,
  changedHeader,
  disordered,
  doubled,
  extra,
  forkedHeaders,
  gap,
  unavailable,
  wrongCertificates,
} from '../../sim/cluster/adversary/chain-rules.ts'
import { downloadLiar } from '../../sim/cluster/adversary/download-liar.ts'
import { hostileServer, inSync, sometimes } from '../../sim/cluster/adversary/hostile-server.ts'
import { Cluster } from '../../sim/cluster/cluster.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { accountsOf, blocksOf } from '../support/synced-state.ts'

const manners = {
  liar: downloadLiar,
  late: hostileServer(inSync(late(700))),
  silent: hostileServer(inSync(sometimes(50, silence))),
  garbled: hostileServer(inSync(sometimes(50, garbage))),
  short: hostileServer(inSync(truncated)),
  without: hostileServer(unavailable),
  busy: hostileServer(busyForEver),
  gapped: hostileServer(gap),
  doubling: hostileServer(sometimes(50, doubled)),
  verbose: hostileServer(extra),
  disordered: hostileServer(disordered),
  forking: hostileServer(forkedHeaders),
  changing: hostileServer(changedHeader('last')),
  forging: hostileServer(wrongCertificates('forged')),
  sparing: hostileServer(wrongCertificates('too-few')),
}
type Manner = keyof typeof manners

interface Case {
  readonly seed: number
  readonly blocks: number
  readonly manners: readonly Manner[]
  /** When the power of the joiner fails, after it has begun. */
  readonly crashMs: number | undefined
}

const oneCase: fc.Arbitrary<Case> = fc.record({
  seed: fc.nat(),
  blocks: fc.integer({ min: 12, max: 120 }),
  manners: fc.array(fc.constantFrom(...(Object.keys(manners) as Manner[])), {
    minLength: 1,
    maxLength: 3,
  }),
  crashMs: fc.option(fc.integer({ min: 50, max: 1_500 }), { nil: undefined }),
})

function sync(one: Case): void {
  // The last one keeps the rules.
  const servers = one.manners.length + 1
  const hostile = new Map(one.manners.map((manner, i) => [`f${i}`, manners[manner]]))
  const world = { servers, hostile }
  const joiner = `f${servers}`
  const net = new Cluster(served(world), { seed: `oracle ${one.seed}`, crypto: idealScheme() })
  transfers(net, { everyMs: slotMs, untilMs: one.blocks * slotMs })
  makeChain(net, serversOf(world), one.blocks)
  net.restart(joiner)
  if (one.crashMs !== undefined) {
    net.run(one.crashMs)
    net.crash(joiner)
    net.restart(joiner)
  }
  net.requireCaughtUp([joiner], one.blocks, 90_000)
  // Without one of two members the chain stands, and can be looked at.
  net.crash('n1')
  net.run(5_000)
  expect(net.violation).toBeUndefined()
  const height = net.heightOf('n0')
  expect(net.heightOf(joiner)).toBe(height)
  expect(blocksOf(net, joiner, height)).toEqual(blocksOf(net, 'n0', height))
  expect(accountsOf(net, joiner)).toEqual(accountsOf(net, 'n0'))
}

test('what was synced is what was imported one by one', () => {
  fc.assert(fc.property(oneCase, sync), { seed: 1, numRuns: 8 })
})

test('so it is with every manner by itself', () => {
  for (const manner of Object.keys(manners) as Manner[]) {
    sync({ seed: 7, blocks: 40, manners: [manner], crashMs: undefined })
  }
})
