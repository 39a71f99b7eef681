/**
 * The libp2p node under the network: TCP, Noise, Yamux, identify, ping and gossipsub, with every limit
 * that libp2p offers set on purpose. The parts that touch the outside world can be replaced, so that
 * tests run the same node over memory, or in virtual time.
 */
import { type GossipSub, gossipsub } from '@chainsafe/libp2p-gossipsub'
import { bootstrap } from '@libp2p/bootstrap'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { type Identify, identify } from '@libp2p/identify'
import type {
  ComponentLogger,
  Libp2p,
  PeerId as Libp2pPeerId,
  Logger,
  MultiaddrConnection,
} from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { type Ping, ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2pInit } from 'libp2p'
import type { PeerId } from '../../kernel/environment.ts'
import { isCrowded } from './doorway.ts'
import { gossipRules } from './gossip-rules.ts'

/** What peers are told about this software. Fixed: the default names the version of Node.js. */
const agent = { name: 'alys', version: '0.1.0', userAgent: 'alys/0.1.0' }

/** Streams of one connection: gossip, identify, ping, and the protocols' own, each limited by itself. */
const streamsMax = 256
/**
 * What may be under way on one stream. Yamux would let it grow to 16 MiB, all of which lies in buffers of the two
 * kernels before a vote that is sent next; large answers leave one after another, so this is what a vote waits for.
 * The price is that one peer serves no more than so much in a round trip.
 */
const windowBytes = 256 * 1024
const multiplexing = {
  maxInboundStreams: streamsMax,
  maxOutboundStreams: streamsMax,
  streamOptions: { initialStreamWindowSize: windowBytes, maxStreamWindowSize: windowBytes },
}
/** Handshakes under way. libp2p's default of 10 resets nodes that start together. */
const pendingMax = 50

export interface NodeOptions {
  /** Secret of the Ed25519 key behind the peer id: 32 bytes. */
  readonly seed: Uint8Array
  /** Multiaddrs, such as `/ip4/0.0.0.0/tcp/30400`. Port 0 picks a free one. */
  readonly listen: readonly string[]
  /** Multiaddrs that others should dial instead of those that are listened on. */
  readonly announce?: readonly string[]
  /** Multiaddrs with a peer id, each dialled once, shortly after the start. */
  readonly bootstrap?: readonly string[]
  /** The topics that exist on this network. Others are not even remembered. */
  readonly topics: readonly string[]
  /** Connections held at once; more are refused. 100 where this is absent. */
  readonly connectionsMax?: number
  /** Connections a second from one host. 25 where this is absent: a local test network is one host. */
  readonly connectionsPerSecondMax?: number
  /** Parts in place of the real ones. */
  readonly parts?: Pick<
    Libp2pInit,
    'transports' | 'connectionEncrypters' | 'streamMuxers' | 'connectionMonitor' | 'logger'
  >
}

export type Node = Libp2p<{ identify: Identify; ping: Ping; gossip: GossipSub }>

/** What the node asks, and tells, whoever made it. */
export interface NodeHooks {
  readonly isBanned: (peer: PeerId) => boolean
  /** Weighs in gossipsub's score. */
  readonly worthOf: (peer: PeerId) => number
  /** A handshake has ended well. */
  readonly onUpgraded: (peer: PeerId, line: MultiaddrConnection) => void
}

/** A node that is not yet started. Rejects if an address is malformed. */
export async function createNode(
  options: NodeOptions,
  { isBanned, worthOf, onUpgraded }: NodeHooks,
): Promise<Node> {
  const { connectionsMax = 100, connectionsPerSecondMax = 25, bootstrap: seeds = [] } = options
  const denies = (peer: Libp2pPeerId): boolean => isBanned(peer.toString())
  const upgraded = (peer: Libp2pPeerId, line: MultiaddrConnection): boolean => {
    onUpgraded(peer.toString(), line)
    return false
  }
  const node: Node = await createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', options.seed),
    nodeInfo: agent,
    addresses: { listen: [...options.listen], announce: [...(options.announce ?? [])] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux(multiplexing)],
    connectionManager: {
      maxConnections: connectionsMax,
      maxIncomingPendingConnections: pendingMax,
      inboundConnectionThreshold: connectionsPerSecondMax,
    },
    connectionGater: {
      denyInboundConnection: ({ remoteAddr }) => {
        const present = node.getConnections().map((connection) => connection.remoteAddr)
        return isCrowded(remoteAddr, present)
      },
      denyDialPeer: denies,
      denyInboundEncryptedConnection: denies,
      denyOutboundEncryptedConnection: denies,
      // Nobody is denied here any more; it is where a connection and its peer are known together.
      denyInboundUpgradedConnection: upgraded,
      denyOutboundUpgradedConnection: upgraded,
    },
    peerDiscovery: seeds.length === 0 ? [] : [bootstrap({ list: [...seeds] })],
    services: {
      identify: identify(),
      ping: ping(),
      gossip: gossipsub(gossipRules(options.topics, worthOf)),
    },
    logger: silent,
    ...options.parts,
  })
  return node
}

/** libp2p's own log, off: it costs time in each scope, and what matters here reaches the trace. */
const silent: ComponentLogger = { forComponent: () => silentLogger() }

function silentLogger(): Logger {
  const log = (): void => {}
  return Object.assign(log, {
    enabled: false,
    error: log,
    trace: log,
    newScope: () => silentLogger(),
  })
}
