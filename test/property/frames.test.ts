/**
 * Whatever bytes arrive, no actor of a running node fails, and the federation goes on: the checkers of
 * the simulator watch, as they do in every scenario.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Cluster, type ClusterOptions, type LiarParts } from '../../sim/cluster/cluster.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import type { WrapEnvironment } from '../../sim/cluster/machine.ts'
import { uniform } from '../../sim/distribution.ts'
import { forwarding, forwardingReceiver } from '../../sim/forwarding.ts'
import { localLink } from '../../sim/link.ts'
import type { SimRandom } from '../../sim/random.ts'
import { topicsOf } from '../../src/actors/network/topics.ts'
import type { Network } from '../../src/kernel/environment.ts'
import { protocolId, wireVersions } from '../../src/protocol/wire/requests.ts'
import { encodeStatus } from '../../src/protocol/wire/status.ts'
import { RawPeer } from '../support/actors/raw-peer.ts'

/** Three members whose every event is watched, and one more. */
function clusterOf(seed: number, fourth: (liar: LiarParts) => WrapEnvironment): Cluster {
  const options: ClusterOptions = {
    members: 4,
    link: { ...localLink, latency: uniform(1_000, 30_000) },
    liars: new Map([[3, fourth]]),
  }
  return new Cluster(options, { seed: `frames ${seed}`, crypto: idealScheme() })
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 })

test('random frames of a stranger that shook hands are borne', () => {
  const bytes = fc.uint8Array({ maxLength: 600 })
  /** A right beginning leads further into a decoder. */
  const begun = fc
    .tuple(fc.constantFrom([1, 1], [1, 2], [1, 3], [1, 0, 0], [0]), bytes)
    .map(([head, tail]) => Uint8Array.of(...head, ...tail))
  const frames = fc.array(fc.oneof(bytes, begun), { minLength: 20, maxLength: 40 })
  const isBorne = fc.property(seeds, frames, (seed, sent) => {
    const cluster = clusterOf(seed, () => (environment) => environment)
    const { chain, simulation } = cluster
    const { hash } = chain.genesis
    const topics = Object.values(topicsOf(chain))
    const protocols = Object.values(protocolId)
    const stranger = new RawPeer(simulation, 'stranger')
    const status = encodeStatus({
      ...{ chainTag: chain.tag, genesis: hash, availableFrom: 0, versions: wireVersions },
      ...{ certified: undefined, head: { height: 9, slot: 9 }, statement: undefined },
    })
    stranger.serve = ({ protocol }) => (protocol === protocolId.status ? status : sent[0])
    cluster.run(3_000)
    for (const name of cluster.members) stranger.network.dial(`sim:${name}`, () => undefined)
    cluster.run(500)
    sent.forEach((body, index) => {
      const peer = `n${index % 3}`
      stranger.publish(topics[index % 2] ?? '', body)
      const protocol = protocols[index % protocols.length] ?? ''
      stranger.network.request({ peer, protocol, body, deadlineMs: 1_000 }, () => undefined)
      cluster.run(50)
    })
    cluster.requireProgress(['n0', 'n1', 'n2'], 2, 20_000)
    expect(cluster.violation).toBeUndefined()
    expect(cluster.goals.reached).toContain('peer reported')
  })
  fc.assert(isBorne, { seed: 1, numRuns: 25 })
})

test('a member whose every second frame is damaged is borne', () => {
  const isBorne = fc.property(seeds, (seed) => {
    const garbler =
      ({ random }: LiarParts): WrapEnvironment =>
      (environment) => ({
        ...environment,
        network: garbled(environment.network, random),
      })
    const cluster = clusterOf(seed, garbler)
    cluster.run(20_000)
    cluster.requireProgress(['n0', 'n1', 'n2'], 4, 40_000)
    expect(cluster.violation).toBeUndefined()
    expect(cluster.goals.reached).toContain('peer reported')
  })
  fc.assert(isBorne, { seed: 1, numRuns: 15 })
})

/** A network on which half of what this node publishes, asks and answers is damaged. */
function garbled(network: Network, random: SimRandom): Network {
  const garble = (frame: Uint8Array): Uint8Array => {
    if (random.chance(1, 2) || frame.length === 0) return frame
    if (random.chance(1, 4)) return frame.slice(0, random.below(frame.length))
    const copy = frame.slice()
    copy[random.below(copy.length)] = random.below(256)
    return copy
  }
  return {
    ...forwarding(network),
    open: (receiver) =>
      network.open({
        ...forwardingReceiver(receiver),
        request: (request, answer) =>
          receiver.request(request, (body) => answer(body && garble(body))),
      }),
    publish: (topic, message) => network.publish(topic, garble(message)),
    request: (request, done) => network.request({ ...request, body: garble(request.body) }, done),
  }
}
