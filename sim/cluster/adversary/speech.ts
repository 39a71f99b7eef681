/**
 * What liars among the members are made of. The unmodified node is inside; a liar hears what it is told before it does,
 * and what the node would publish leaves only as the liar says it. Whatever it says besides is signed with its own key,
 * and with no other.
 *
 * Gossip goes to everybody. Whom a liar tells something that others shall not hear it tells by an exchange (rule N3),
 * which carries votes and certificates to one peer.
 */

import { topicsOf } from '../../../src/actors/network/topics.ts'
import type { Millis } from '../../../src/base/units.ts'
import type { Environment, Network, PeerId, Verdict } from '../../../src/kernel/environment.ts'
import { voteSigningBytes } from '../../../src/protocol/consensus/signing.ts'
import type { Certificate, SignedVote, Vote } from '../../../src/protocol/consensus/vote.ts'
import { slotAt } from '../../../src/protocol/slots.ts'
import { encodeExchange } from '../../../src/protocol/wire/exchange.ts'
import {
  decodeGossip,
  encodeGossip,
  type GossipPayload,
} from '../../../src/protocol/wire/gossip.ts'
import { protocolId } from '../../../src/protocol/wire/requests.ts'
import { forwarding, forwardingReceiver } from '../../forwarding.ts'
import type { HostileParts, LiarParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'

/** By what a liar speaks. */
export interface Mouth {
  /** Publishes, to everybody. */
  say(payload: GossipPayload): void
  /** Publishes bytes that need not be a message. */
  sayBytes(message: Uint8Array): void
  /** Tells one peer. */
  tell(peer: PeerId, said: Said): void
  /** Who is connected, in the order in which they came. */
  peers(): readonly PeerId[]
  /** The slot that its clock shows. */
  slot(): number
  /** One signature out of several over the same message. */
  aggregate(signatures: readonly Uint8Array[]): Uint8Array | undefined
  after(ms: Millis, act: () => void): void
}

export interface Said {
  readonly votes?: readonly SignedVote[]
  readonly certificates?: readonly Certificate[]
}

/** What a liar makes of what goes through it. What is absent is as the node has it. */
export interface Speech {
  /** Instead of publishing what the node inside would. */
  readonly publish?: (payload: GossipPayload) => void
  /** Others published this; the node inside hears of it afterwards. */
  readonly hear?: (payload: GossipPayload, from: PeerId) => void
  /** What becomes of what others publish, at once, whatever the node inside finds; undefined leaves it to the node. */
  readonly judge?: (payload: GossipPayload) => Verdict | undefined
  /** The answer to a request, in the place of the node's own; undefined refuses, 'silence' never answers. */
  readonly answer?: (
    protocol: string,
    honest: Uint8Array | undefined,
  ) => Uint8Array | undefined | 'silence'
  /** What the node inside asks of a peer; undefined: it is not sent, and nobody answers. */
  readonly ask?: (protocol: string, body: Uint8Array) => Uint8Array | undefined
}

/** A node whose speech is made anew for each of its lives. */
export function speaking<Parts extends HostileParts>(
  make: (parts: Parts, mouth: Mouth) => Speech,
): (parts: Parts) => WrapEnvironment {
  return (parts) => (environment) => {
    const peers = new Set<PeerId>()
    const mouth = mouthOf(parts, environment, peers)
    const speech = make(parts, mouth)
    return { ...environment, network: spokenFor(environment.network, { parts, speech, peers }) }
  }
}

/** A member's own vote, with the signature that it would have if it were meant. */
export function voteOf({ chain, member, signer }: LiarParts, vote: Vote): SignedVote {
  const { epoch } = chain.committee
  const message = voteSigningBytes(chain.tag, epoch, vote)
  const signature = vote.kind === 'nullify' ? signer.signAuthor(message) : signer.signVote(message)
  return { vote, epoch, signer: member, signature }
}

function mouthOf(
  { chain }: HostileParts,
  { network, clock, verifier }: Environment,
  peers: ReadonlySet<PeerId>,
): Mouth {
  const { consensus } = topicsOf(chain)
  const position = { committedSlot: 0, notarisedSlot: 0, nullifiedTo: 0 }
  return {
    say: (payload) => network.publish(consensus, encodeGossip(payload)),
    sayBytes: (message) => network.publish(consensus, message),
    tell: (peer, { votes = [], certificates = [] }) => {
      const body = encodeExchange({ ...position, votes, certificates })
      const request = { peer, protocol: protocolId.exchange, body, deadlineMs: 3_000 }
      network.request(request, () => undefined)
    },
    peers: () => [...peers],
    slot: () => slotAt(chain.slots, clock.wall()),
    aggregate: (signatures) => verifier.aggregate(signatures),
    after: (ms, act) => void clock.wakeAt(clock.now() + ms, act),
  }
}

interface Spoken {
  readonly parts: HostileParts
  readonly speech: Speech
  readonly peers: Set<PeerId>
}

function spokenFor(network: Network, spoken: Spoken): Network {
  const { chain } = spoken.parts
  const { publish, ask } = spoken.speech
  const { consensus } = topicsOf(chain)
  return {
    ...forwarding(network),
    publish: (topic, message) => {
      const decoded = decodeGossip(message, chain.committee.members.length)
      const isMeant = publish !== undefined && topic === consensus && decoded.ok
      if (isMeant) publish(decoded.value)
      else network.publish(topic, message)
    },
    request: (request, done) => {
      const body = ask === undefined ? request.body : ask(request.protocol, request.body)
      // Nobody answers a protocol of this name: the node inside is told so, and asks on.
      const asked = body === undefined ? { ...request, protocol: 'nothing' } : { ...request, body }
      return network.request(asked, done)
    },
    open: (receiver) => network.open(heardBy(receiver, spoken)),
  }
}

function heardBy(
  receiver: Parameters<Network['open']>[0],
  { parts, speech, peers }: Spoken,
): typeof receiver {
  const size = parts.chain.committee.members.length
  const { hear, judge, answer } = speech
  return {
    ...forwardingReceiver(receiver),
    peerUp: (peer, address, isDialled) => {
      peers.add(peer)
      receiver.peerUp(peer, address, isDialled)
    },
    peerDown: (peer) => {
      peers.delete(peer)
      receiver.peerDown(peer)
    },
    gossip: (message, verdict) => {
      const decoded = decodeGossip(message.data, size)
      if (decoded.ok) hear?.(decoded.value, message.from)
      const judged = decoded.ok ? judge?.(decoded.value) : undefined
      if (judged !== undefined) verdict(judged)
      receiver.gossip(message, judged === undefined ? verdict : () => undefined)
    },
    request: (request, reply) => {
      receiver.request(request, (honest) => {
        const said = answer === undefined ? honest : answer(request.protocol, honest)
        if (said !== 'silence') reply(said)
      })
    },
  }
}
