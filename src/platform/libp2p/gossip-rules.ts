/**
 * How gossipsub is set up: what a peer earns and loses, what is decoded at all, what counts as the same
 * message. All nodes of a chain must agree on the message id; the rest is each node's own judgement.
 */
import { hash } from 'node:crypto'
import { type GossipsubOpts, StrictNoSign } from '@chainsafe/libp2p-gossipsub'
import type { PeerId } from '../../kernel/environment.ts'

/** One message. Larger ones are fetched, not gossiped: each is sent some four times over. */
export const gossipBytesMax: number = 16 * 1024
/** One frame between neighbours: messages that were asked for again come several to a frame. */
export const frameBytesMax: number = 1024 * 1024
/** What may wait to be sent to one neighbour. One that reads so slowly is cut off. */
const outboundBytesMax = 4 * 1024 * 1024
/** How long a message is known to have been seen. One that is published again meanwhile goes nowhere. */
const seenMs = 120_000
/** Enough, as in Ethereum, to make collisions hopeless; ids travel in every heartbeat. */
const messageIdBytes = 20

/** With a lower score a peer is not heard at all. */
export const unheardBelow = -80

/** Gossipsub's options for these topics. `worthOf` is what this node thinks of a peer besides. */
export function gossipRules(
  topics: readonly string[],
  worthOf: (peer: PeerId) => number,
): Partial<GossipsubOpts> {
  return {
    // Messages prove themselves by what they hold, so a signature around them would prove nothing more.
    globalSignaturePolicy: StrictNoSign,
    msgIdFn: ({ topic, data }) => messageId(topic, data),
    seenTTL: seenMs,
    allowedTopics: [...topics],
    fallbackToFloodsub: false,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    // Whose connection is kept is this node's own decision; libp2p's book of peers would be written at each graft and prune.
    tagMeshPeers: false,
    maxInboundDataLength: frameBytesMax,
    maxOutboundBufferSize: outboundBytesMax,
    maxInboundStreams: 4,
    maxOutboundStreams: 4,
    decodeRpcLimits: {
      maxSubscriptions: 128,
      maxMessages: 256,
      maxIhaveMessageIDs: 2_000,
      maxIwantMessageIDs: 2_000,
      maxIdontwantMessageIDs: 512,
      maxControlMessages: 128,
      maxPeerInfos: 16,
    },
    scoreParams: {
      topics: Object.fromEntries(topics.map((topic) => [topic, topicScore])),
      appSpecificScore: worthOf,
      // One rejected message and a conduct of −20 weigh the same.
      appSpecificWeight: 1,
      // Many nodes of one test, or of one house, share an address that says nothing about them.
      IPColocationFactorWhitelist: new Set(['127.0.0.1', '::1']),
    },
    scoreThresholds: {
      gossipThreshold: -10,
      publishThreshold: -50,
      graylistThreshold: unheardBelow,
      acceptPXThreshold: 10,
      opportunisticGraftThreshold: 20,
    },
  }
}

/**
 * A topic without these numbers is not scored at all: the defaults hold for no topic. Penalties for
 * delivering too little (P3) are off, since at a block every two seconds they hit honest peers. One
 * rejected message brings a score of −20, the third goes below −80, where a peer is not heard any more.
 */
const topicScore = {
  topicWeight: 1,
  timeInMeshWeight: 0.01,
  timeInMeshQuantum: 1_000,
  timeInMeshCap: 300,
  firstMessageDeliveriesWeight: 1,
  firstMessageDeliveriesDecay: 0.9,
  firstMessageDeliveriesCap: 50,
  meshMessageDeliveriesWeight: 0,
  meshMessageDeliveriesDecay: 0.5,
  meshMessageDeliveriesCap: 100,
  meshMessageDeliveriesThreshold: 20,
  meshMessageDeliveriesWindow: 10,
  meshMessageDeliveriesActivation: 5_000,
  meshFailurePenaltyWeight: 0,
  meshFailurePenaltyDecay: 0.5,
  invalidMessageDeliveriesWeight: -20,
  invalidMessageDeliveriesDecay: 0.97,
} as const

/** By topic and content. Gossipsub's own id leaves out the topic: equal bytes on two would collide. */
function messageId(topic: string, data: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(`${topic.length}:${topic}`), data])
  return new Uint8Array(hash('sha256', named, 'buffer').subarray(0, messageIdBytes))
}
