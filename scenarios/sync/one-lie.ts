/** A late node whose server tells one lie, of which nothing else would be amiss. */
import { approvalServer } from '../../sim/cluster/adversary/approval-server.ts'
import {
  changedHeader,
  disordered,
  forgedAuthor,
  forkedHeaders,
  otherBodyAt,
  otherHeaders,
  wrongCertificates,
} from '../../sim/cluster/adversary/chain-rules.ts'
import { atProtocol, hostileServer } from '../../sim/cluster/adversary/hostile-server.ts'
import type { ClusterOptions } from '../../sim/cluster/cluster.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { uniform } from '../../sim/distribution.ts'
import { present } from '../../src/base/assert.ts'
import { protocolId } from '../../src/protocol/wire/requests.ts'
import { regional, wideArea } from '../worlds.ts'
import { joinersOf, makeChain, type ServedWorld, served, serversOf } from './served.ts'

interface Lie {
  readonly liar: Liar
  /** What must not have been fetched before it is found: what would stand on it. */
  readonly before?: 'headers' | 'bodies'
}
type Liar = NonNullable<ReturnType<NonNullable<ClusterOptions['hostile']>['get']>>

const lies: readonly Lie[] = [
  { liar: hostileServer(wrongCertificates('forged')), before: 'headers' },
  { liar: hostileServer(changedHeader('middle')), before: 'bodies' },
  { liar: hostileServer(changedHeader('last')), before: 'bodies' },
  { liar: hostileServer(forkedHeaders), before: 'bodies' },
  { liar: hostileServer(forgedAuthor) },
  { liar: hostileServer(otherBodyAt(60)) },
  { liar: hostileServer(otherBodyAt(100)) },
  { liar: approvalServer, before: 'headers' },
  { liar: hostileServer(otherHeaders), before: 'headers' },
  { liar: hostileServer(atProtocol(protocolId.certified, disordered)), before: 'headers' },
]
const blocks = 130

function lieOf(seed: number): Lie {
  return present(lies[seed % lies.length], 'a lie')
}

function worldOf(seed: number): ServedWorld {
  const { liar } = lieOf(seed)
  return { servers: 2, hostile: new Map([['f0', liar]]) }
}

export const oneLie: Scenario = {
  name: 'one-lie',
  title:
    'The nearer of two servers tells one kind of lie: at the first that it tells it is held to just that, and the late node gets there by the other',
  world: (_random, seed) => served(worldOf(seed)),
  story: (net, _random, seed) => {
    const world = worldOf(seed)
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    net.simulation.network.setLink('f0', joiner, { ...regional, latency: uniform(500, 2_000) })
    net.simulation.network.setLink('f1', joiner, wideArea)
    const { before } = lieOf(seed)
    let isReported = false
    net.watch(({ node, event }) => {
      if (node !== joiner) return
      if (event.kind === 'peer-reported') {
        isReported ||= event.peer === 'f0'
        net.require('rightly-reported', event.peer === 'f0', `it reported ${event.peer}`)
      }
      const isTooLate = event.kind === 'part-fetched' && event.part === before && !isReported
      net.require('at-once', !isTooLate, `${before} were fetched before the lie was found`)
      const isTaken = event.kind === 'run-refused' || event.kind === 'import-stopped'
      net.require('never-taken', !isTaken, 'the chain had to refuse what sync had taken')
    })
    net.restart(joiner)
    net.requireCaughtUp([joiner], blocks, 30_000)
    net.require('reported', isReported, 'f0 was not reported')
  },
}
