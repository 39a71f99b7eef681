/**
 * A member that lies in range sync: of the blocks it is asked for it leaves one out, doubles one, puts
 * two in the wrong order, or hands over the right blocks under a certificate of another.
 */
import type { Environment, Network, NetworkReceiver } from '../../../src/kernel/environment.ts'
import {
  decodeRangeAnswer,
  encodeRangeAnswer,
  protocolId,
  type RangeAnswer,
} from '../../../src/protocol/wire/requests.ts'
import type { SimRandom } from '../../random.ts'
import type { LiarParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'

/** Lies in nine of ten ranges that it serves. */
export function rangeLiar({ chain, random }: LiarParts): WrapEnvironment {
  const size = chain.committee.members.length
  return (environment: Environment) => ({
    ...environment,
    network: wrapAnswers(environment.network, (protocol, body) => {
      if (protocol !== protocolId.range || random.chance(1, 10)) return body
      const decoded = decodeRangeAnswer(body, size)
      return decoded.ok ? encodeRangeAnswer(lie(decoded.value, random)) : body
    }),
  })
}

/** A network whose answers to peers go through `rewrite`. */
function wrapAnswers(
  network: Network,
  rewrite: (protocol: string, body: Uint8Array) => Uint8Array,
): Network {
  return {
    self: network.self,
    open: (receiver) => network.open(wrapReceiver(receiver, rewrite)),
    dial: (address, done) => network.dial(address, done),
    disconnect: (peer) => network.disconnect(peer),
    ban: (peer, isBanned) => network.ban(peer, isBanned),
    subscribe: (topic) => network.subscribe(topic),
    publish: (topic, message) => network.publish(topic, message),
    request: (request, done) => network.request(request, done),
  }
}

function wrapReceiver(
  receiver: NetworkReceiver,
  rewrite: (protocol: string, body: Uint8Array) => Uint8Array,
): NetworkReceiver {
  return {
    peerUp: (peer, address, isDialled) => receiver.peerUp(peer, address, isDialled),
    peerDown: (peer) => receiver.peerDown(peer),
    gossip: (message, verdict) => receiver.gossip(message, verdict),
    request: (request, answer) =>
      receiver.request(request, (body) => {
        answer(body && rewrite(request.protocol, body))
      }),
  }
}

function lie({ blocks, finalisation }: RangeAnswer, random: SimRandom): RangeAnswer {
  const at = random.below(Math.max(1, blocks.length))
  const block = blocks[at]
  if (block === undefined) return { blocks, finalisation }
  const before = blocks.slice(0, at)
  const after = blocks.slice(at + 1)
  switch (random.below(4)) {
    case 0:
      return { blocks: [...before, ...after], finalisation }
    case 1:
      return { blocks: [...before, block, block, ...after].slice(0, 1_024), finalisation }
    case 2:
      return { blocks: [...after, ...before, block], finalisation }
    default:
      return { blocks: [...before, block], finalisation }
  }
}
