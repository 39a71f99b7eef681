/** A receiver that writes down what it was told. */
import type {
  GossipMessage,
  InboundRequest,
  NetworkReceiver,
  Verdict,
} from '../../../../src/kernel/environment.ts'
import type { NodeHooks } from '../../../../src/platform/libp2p/node.ts'

export interface Recorder {
  readonly receiver: NetworkReceiver
  /** 'up p at a', 'down p', 'gossip topic', 'request protocol', in order. */
  readonly log: string[]
  /** Addresses that the network has found. */
  readonly found: string[]
  readonly gossip: { message: GossipMessage; verdict: (verdict: Verdict) => void }[]
  readonly requests: {
    request: InboundRequest
    answer: (body: Uint8Array | undefined) => void
  }[]
}

export function recorder(): Recorder {
  const log: string[] = []
  const found: string[] = []
  const gossip: Recorder['gossip'] = []
  const requests: Recorder['requests'] = []
  const receiver: NetworkReceiver = {
    peerUp: (peer, address, dialled) => log.push(`up ${peer} at ${address}${dialled ? '!' : ''}`),
    peerDown: (peer) => log.push(`down ${peer}`),
    peerFound: (address) => found.push(address),
    gossip: (message, verdict) => {
      log.push(`gossip ${message.topic}`)
      gossip.push({ message, verdict })
    },
    request: (request, answer) => {
      log.push(`request ${request.protocol}`)
      requests.push({ request, answer })
    },
  }
  return { receiver, log, found, gossip, requests }
}

/** For a libp2p node of its own: nobody is banned, and everybody is worth the same. */
export const noHooks: NodeHooks = {
  isBanned: () => false,
  worthOf: () => 0,
  onUpgraded: () => undefined,
  onFlood: () => undefined,
}
