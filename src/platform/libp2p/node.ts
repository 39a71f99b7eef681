/**
 * The libp2p node under the network: TCP and QUIC, Noise and TLS, Yamux, identify, ping, gossipsub and discovery, with
 * every limit that libp2p offers set on purpose. The parts that touch the outside world can be replaced, so that
 * tests run the same node over memory, or in virtual time.
 */
import { type GossipSub, type GossipsubOpts, gossipsub } from '@chainsafe/libp2p-gossipsub'
import { bootstrap } from '@libp2p/bootstrap'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { type Identify, identify } from '@libp2p/identify'
import type {
  ComponentLogger,
  Connection,
  Libp2p,
  PeerId as Libp2pPeerId,
  Logger,
  MultiaddrConnection,
} from '@libp2p/interface'
import { type Ping, ping } from '@libp2p/ping'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2pInit } from 'libp2p'
import type { PeerId } from '../../kernel/environment.ts'
import { tokenBuckets } from '../token-bucket.ts'
import type { Rate } from './allowance.ts'
import { knowingAudience } from './audience.ts'
import { type Discovery, discoveryBy } from './discovery.ts'
import { Doorstep } from './doorstep.ts'
import { isCrowded } from './doorway.ts'
import { frameBytesMax, gossipRules } from './gossip-rules.ts'
import type { DhtOptions } from './kademlia.ts'
import type { MdnsOptions } from './local-search.ts'
import { ipOf, isQuic, parseAddress } from './multiaddrs.ts'
import { countNegotiations } from './negotiations.ts'
import { override } from './override.ts'
import { OwnAddresses } from './own-addresses.ts'
import { type PaceLimits, paced } from './pace.ts'
import { thrifty } from './thrifty-windows.ts'
import {
  type Encryption,
  type ImportQuic,
  loadEncrypters,
  loadTransports,
  withoutQuic,
} from './transports.ts'
import { Vigil, type VigilTimes } from './vigil.ts'

/** What peers are told about this software. Fixed: the default names the version of Node.js. */
const agent = { name: 'alys', version: '0.1.0', userAgent: 'alys/0.1.0' }

/** Streams of one connection: gossip, identify, ping, and the protocols' own, each limited by itself. */
const streamsMax = 256
/**
 * What may be under way on one stream. Yamux would let it grow to 16 MiB, all of which lies in buffers of the two
 * kernels before a vote that is sent next; large answers leave one after another, so this is what a vote waits for.
 * The price is that one peer serves no more than so much in a round trip: 80 Mbit/s where that takes 100 ms.
 */
const windowBytes = 1024 * 1024
const muxerLimits = {
  // The vigil asks, and only where nothing is heard.
  enableKeepAlive: false,
  maxInboundStreams: streamsMax,
  maxOutboundStreams: streamsMax,
  streamOptions: { initialStreamWindowSize: windowBytes, maxStreamWindowSize: windowBytes },
}
/** Handshakes under way. libp2p's default of 10 resets nodes that start together. */
const pendingMax = 50
/** When so many of them in a hundred are, silent ones are sent away after so long. */
const crowdedPercent = 80
const patienceMs = 1_000

/**
 * Several times what a full chain has to say, and a frame of what was asked for again at once. Gossipsub offers each
 * topic to a peer once a second, and asks once for what it is offered.
 */
const gossipPace: PaceLimits = {
  bytes: { perSecond: 2 * 1024 * 1024, burst: 4 * 1024 * 1024 },
  parts: { perSecond: 4_000, burst: 8_000 },
  asks: { perSecond: 10, burst: 50 },
  partsPerTurnMax: 256,
  frameBytesMax,
}
/** Streams that a peer begins, and protocols that it proposes: three for a stream that is used, of which few are new. */
const negotiationRate: Rate = { perSecond: 50, burst: 1_000 }
/** Connections a second from one host. */
const perSecondMax = 25
/** A handshake takes so long at most, and so does the choice of a protocol. */
const handshakeMs = 10_000
/** How soon a connection that has died without a sign is noticed. */
export const vigilTimes: VigilTimes = {
  lookEveryMs: 2_000,
  quietLooks: 13,
  answerLooks: 5,
}
/** Dials under way, and those that wait. The peer actor asks for eight at once. */
const dialsMax = 32
const dialsWaitingMax = 128
/** Addresses that are tried in one dial. */
const addressesPerDialMax = 8

/** How gossip spreads. */
export interface GossipOptions {
  /** Neighbours that each message goes to, on each topic. Six where this is absent. */
  readonly neighbours?: number
  /** Whether this node's own messages go to every peer at once. */
  readonly floodPublish?: boolean
}

type GossipComponents = Parameters<ReturnType<typeof gossipsub>>[0]

export interface NodeOptions {
  /** Secret of the Ed25519 key behind the peer id: 32 bytes. */
  readonly seed: Uint8Array
  /** Multiaddrs, such as `/ip4/0.0.0.0/tcp/30400` or `/ip4/0.0.0.0/udp/30400/quic-v1`. Port 0 picks a free one. */
  readonly listen: readonly string[]
  /** Multiaddrs that others should dial instead of those that are listened on. */
  readonly announce?: readonly string[]
  /** Multiaddrs with a peer id, each dialled once, shortly after the start. */
  readonly bootstrap?: readonly string[]
  /** The topics that exist on this network. Others are not even remembered. */
  readonly topics: readonly string[]
  /** Connections held at once; more are refused. 100 where this is absent. */
  readonly connectionsMax?: number
  /** Connections a second from one host (IPv4) or /64 (IPv6). 25 where this is absent: a test network is one host. */
  readonly connectionsPerSecondMax?: number
  /** Handshakes of others that are under way at once; more are refused. 50 where this is absent. */
  readonly handshakesMax?: number
  /** What has not shown who it is in so long is cut off. 10 s where this is absent. */
  readonly handshakeMsMax?: number
  /** Whether QUIC can be dialled. Where this is absent: if it is listened on. */
  readonly quic?: boolean
  /** In place of the package that has QUIC. */
  readonly importQuic?: ImportQuic
  /** The first that both sides have is taken. Noise alone where this is absent. */
  readonly encryption?: readonly Encryption[]
  /** Absent: no Kademlia. */
  readonly dht?: DhtOptions
  /** Absent: no multicast. */
  readonly mdns?: MdnsOptions
  readonly gossip?: GossipOptions
  /** Told of what is not as it was asked for. */
  readonly note?: (note: NodeNote) => void
  /** Parts in place of the real ones. */
  readonly parts?: Pick<
    Libp2pInit,
    'transports' | 'connectionEncrypters' | 'streamMuxers' | 'logger'
  >
}

/** This platform has no QUIC; the node is there by TCP alone. */
export interface NodeNote {
  readonly kind: 'quic-unavailable'
  readonly reason: string
}

export type Node = Libp2p<{
  identify: Identify
  ping: Ping
  gossip: GossipSub
  discovery: Discovery
  own: OwnAddresses
}>

/** What the node asks, and tells, whoever made it. */
export interface NodeHooks {
  readonly isBanned: (peer: PeerId) => boolean
  /** Weighs in gossipsub's score. */
  readonly worthOf: (peer: PeerId) => number
  /** A handshake has ended well. */
  readonly onUpgraded: (peer: PeerId, line: MultiaddrConnection) => void
  /** What only an attacker does happens on a connection beyond all measure. May be told again. */
  readonly onFlood: (connection: Connection) => void
}

/** A node that is not yet started. Rejects if an address is malformed, or if none is left to listen on. */
export async function createNode(options: NodeOptions, hooks: NodeHooks): Promise<Node> {
  const { bootstrap: seeds = [], announce = [], dht, mdns } = options
  const own = new OwnAddresses(announce)
  const vigil = new Vigil(vigilTimes)
  const world = await loadWorld(options, vigil)
  const discovery = await discoveryBy({ dht, mdns, hasQuic: world.hasQuic })
  const floods = { nowMs: () => performance.now(), onFlood: hooks.onFlood }
  const node: Node = await createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', options.seed),
    nodeInfo: agent,
    addresses: { listen: [...world.listen], announceFilter: () => own.told() },
    ...world.parts,
    connectionManager: connectionLimits(options),
    connectionMonitor: { enabled: false },
    connectionGater: gaterOf(options, hooks, () => node.getConnections()),
    peerDiscovery: seeds.length === 0 ? [] : [bootstrap({ list: [...seeds] })],
    services: {
      identify: (components: IdentifyComponents) => identify()(knowing(components)),
      ping: ping(),
      gossip: (components: GossipComponents) => {
        const rules = { ...gossipRules(options.topics, hooks.worthOf), ...meshOf(options.gossip) }
        return gossipsub(rules)(paced(components, gossipPace, floods))
      },
      discovery,
      own: (components: Parameters<OwnAddresses['attach']>[0]) => own.attach(components),
    },
    logger: silent,
    ...options.parts,
  })
  node.addEventListener('connection:open', ({ detail }) => {
    countNegotiations(detail, negotiationRate, floods)
  })
  keepVigil(node, vigil)
  return node
}

function keepVigil(node: Node, vigil: Vigil): void {
  let timer: NodeJS.Timeout | undefined
  const look = (): void => vigil.look(node.getConnections())
  node.addEventListener('start', () => {
    timer = setInterval(look, vigilTimes.lookEveryMs)
  })
  node.addEventListener('stop', () => clearInterval(timer))
}

type IdentifyComponents = Parameters<ReturnType<typeof identify>>[0]

interface World {
  readonly listen: readonly string[]
  readonly hasQuic: boolean
  readonly parts: Pick<Libp2pInit, 'transports' | 'connectionEncrypters' | 'streamMuxers'>
}

/** Loads what meets the outside. Parts that are replaced are not loaded. */
async function loadWorld(options: NodeOptions, vigil: Vigil): Promise<World> {
  const { listen, parts, encryption = ['noise'], handshakeMsMax = handshakeMs } = options
  const streamMuxers = [vigil.watching(thrifty(yamux(muxerLimits)))]
  const encrypters = parts?.connectionEncrypters ?? (await loadEncrypters(encryption))
  const shared = { streamMuxers, connectionEncrypters: encrypters }
  if (parts?.transports !== undefined)
    return { listen, hasQuic: options.quic ?? false, parts: shared }
  const wantsQuic = options.quic ?? listen.some(isQuicText)
  const limits = { streamsMax, handshakeMsMax }
  const loaded = await loadTransports(wantsQuic, limits, options.importQuic)
  const { transports, quicFault: reason, hasQuic } = loaded
  if (reason === undefined) return { listen, hasQuic, parts: { ...shared, transports } }
  const left = withoutQuic(listen, reason)
  options.note?.({ kind: 'quic-unavailable', reason })
  return { listen: left, hasQuic, parts: { ...shared, transports } }
}

function isQuicText(text: string): boolean {
  const address = parseAddress(text)
  return address !== undefined && isQuic(address)
}

function connectionLimits(options: NodeOptions): NonNullable<Libp2pInit['connectionManager']> {
  const { connectionsMax = 100, connectionsPerSecondMax = perSecondMax } = options
  const { handshakesMax = pendingMax, handshakeMsMax = handshakeMs } = options
  return {
    maxConnections: connectionsMax,
    maxIncomingPendingConnections: handshakesMax,
    inboundConnectionThreshold: connectionsPerSecondMax,
    inboundUpgradeTimeout: handshakeMsMax,
    inboundStreamProtocolNegotiationTimeout: handshakeMsMax,
    outboundStreamProtocolNegotiationTimeout: handshakeMsMax,
    maxParallelDials: dialsMax,
    maxDialQueueLength: dialsWaitingMax,
    maxPeerAddrsToDial: addressesPerDialMax,
  }
}

function gaterOf(
  { connectionsPerSecondMax = perSecondMax, handshakesMax = pendingMax }: NodeOptions,
  { isBanned, onUpgraded }: NodeHooks,
  present: () => readonly Connection[],
): NonNullable<Libp2pInit['connectionGater']> {
  const denies = (peer: Libp2pPeerId): boolean => isBanned(peer.toString())
  const mayConnect = tokenBuckets(connectionsPerSecondMax)
  const waitingMax = Math.floor((handshakesMax * crowdedPercent) / 100)
  const doorstep = new Doorstep({ waitingMax, patienceMs }, () => performance.now())
  return {
    denyInboundConnection: (connection) => {
      const { remoteAddr } = connection
      // libp2p counts addresses. Of IPv6 each machine has as many as it likes: what counts is the /64.
      const host = ipOf(remoteAddr)?.host
      const isTooMany = host !== undefined && !mayConnect(host, 1, performance.now())
      const there = present().map((each) => each.remoteAddr)
      if (isTooMany || isCrowded(remoteAddr, there)) return true
      doorstep.arrived(connection)
      return false
    },
    denyDialPeer: denies,
    denyInboundEncryptedConnection: denies,
    denyOutboundEncryptedConnection: denies,
    // Nobody is denied here any more; it is where a connection and its peer are known together.
    denyInboundUpgradedConnection: (peer, connection) => {
      doorstep.left(connection)
      onUpgraded(peer.toString(), connection)
      return false
    },
    denyOutboundUpgradedConnection: (peer, connection) => {
      onUpgraded(peer.toString(), connection)
      return false
    },
  }
}

/** Identify tells where this node is: as far as it is of use to the one who asks. */
function knowing(components: IdentifyComponents): IdentifyComponents {
  const { registrar } = components
  return override(components, {
    registrar: override(registrar, {
      handle: (protocol, handler, options) =>
        registrar.handle(protocol, knowingAudience(handler), options),
    }),
  })
}

/** Gossipsub's own proportions around the number of neighbours that are wanted. */
function meshOf({ neighbours, floodPublish }: GossipOptions = {}): Partial<GossipsubOpts> {
  return {
    ...(floodPublish !== undefined && { floodPublish }),
    ...(neighbours !== undefined && {
      D: neighbours,
      Dlo: Math.max(2, Math.ceil((2 * neighbours) / 3)),
      Dhi: 2 * neighbours,
      Dout: Math.max(1, Math.floor(neighbours / 3)),
      Dscore: Math.max(2, Math.ceil((2 * neighbours) / 3)),
      Dlazy: neighbours,
    }),
  }
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
