/** What a machine has too little of (R1, R3, R5). */
import type { Millis } from '../../../src/base/units.ts'
import { soundVerifier } from '../../verifier.ts'
import { again, drawNode, drawSpan, type FaultRule, type Lasting, type OnNode } from './fault.ts'

export const stallsFault: FaultRule<
  'stalls',
  OnNode & Lasting & { readonly stallMs: Millis; readonly everyMs: Millis }
> = {
  kind: 'stalls',
  ids: ['R1'],
  aliases: ['CpuStress'],
  what: 'a machine is busy with something else again and again, and what happens to its process waits',
  range: '10 ms to 1.5 s, each 0.1 to 3 s; 0.1 to 30 s',
  draw: (random, realm) => {
    const everyMs = 100 + random.below(2_900)
    const stallMs = 10 + random.below(Math.floor(everyMs / 2))
    return { ...drawNode(random, realm), stallMs, everyMs, ...drawSpan(random) }
  },
  strike: (cluster, { node, stallMs, everyMs }) => {
    const { host } = cluster.machine(node)
    return again(cluster, everyMs, () => {
      host.stall(stallMs)
      return true
    })
  },
}

export const fewConnectionsFault: FaultRule<
  'few-connections',
  OnNode & Lasting & { readonly connectionsMax: number }
> = {
  kind: 'few-connections',
  ids: ['R3'],
  aliases: [],
  what: 'a machine is out of descriptors: beyond so many connections it dials nobody and takes nobody',
  range: '0 to 3 connections; 0.1 to 30 s',
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    connectionsMax: random.below(4),
    ...drawSpan(random),
  }),
  strike: ({ simulation }, { node, connectionsMax }) => {
    simulation.network.limitConnections(node, connectionsMax)
    return () => simulation.network.limitConnections(node, undefined)
  },
}

export const slowVerifierFault: FaultRule<
  'slow-verifier',
  OnNode & Lasting & { readonly percent: number; readonly stuck: number }
> = {
  kind: 'slow-verifier',
  ids: ['R5'],
  aliases: [],
  what: 'a pool of validators is slow, or some of its workers take nothing on, or all',
  range: '1 to 200 times; none to all of its workers; 0.1 to 30 s',
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    percent: 100 + random.below(20_000),
    stuck: random.below(3),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, percent, stuck }) => {
    const { host } = cluster.machine(node)
    host.verifierFaults = { slownessPercent: percent, workersStuck: stuck }
    return () => {
      host.verifierFaults = soundVerifier
    }
  },
}
