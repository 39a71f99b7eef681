/**
 * The network on libp2p. Promises, streams and addresses end here: above are callbacks, bytes and text.
 *
 * It dials nobody by itself, save the bootstrap list once, and redials nobody: whom to know is the peer
 * actor's business. Addresses that it finds by itself are told, and not dialled. It keeps no score beyond gossipsub's own; a ban holds until it is lifted.
 */
import type { Connection, IdentifyResult, PeerId as Libp2pPeerId, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, type Multiaddr } from '@multiformats/multiaddr'
import { failed, ok, type Result } from '../base/result.ts'
import type {
  Network,
  NetworkFault,
  NetworkReceiver,
  NetworkReport,
  OpenRequest,
  PeerId,
  PeerRequest,
} from '../kernel/environment.ts'
import { Deliveries } from './libp2p/deliveries.ts'
import { Esteem } from './libp2p/esteem.ts'
import { Gossip, type GossipLimits } from './libp2p/gossip.ts'
import { favouredBy, meshOf, scoresOf } from './libp2p/gossip-inside.ts'
import { Meter } from './libp2p/meter.ts'
import { isDirect, parseAddress, tcpFirst, withoutPeer } from './libp2p/multiaddrs.ts'
import { createNode, type Node, type NodeOptions } from './libp2p/node.ts'
import { PeerTable } from './libp2p/peer-table.ts'
import { Reach, reachedBy } from './libp2p/reach.ts'
import { lanesMax, RequestClient } from './libp2p/request-client.ts'
import { RequestServer, type ServerLimits } from './libp2p/request-server.ts'

const dialMsMax = 10_000
const greetingMsMax = 10_000
/** Who was sent away, because nobody hears it or for a flood, is not let in for so long. */
const sentAwayMs = 60_000
/** Requests under way when the network is closed have so long to reach their peers. */
const partingMsMax = 500
/** Addresses of its own that are looked at, of those that a peer tells. */
const claimedMax = 32
const gossipLimits: GossipLimits = { unjudgedMax: 1_024, verdictMsMax: 30_000 }
const serverLimits: ServerLimits = {
  bodyBytesMax: 2 * 1024 * 1024,
  requestsMax: 256,
  requestsPerPeerMax: 32,
  unsentBytesMax: 64 * 1024 * 1024,
  unsentBytesPerPeerMax: 16 * 1024 * 1024,
  bodyMsMax: 30_000,
  answerMsMax: 30_000,
  refusalPauseMs: 50,
}
/** When libp2p has too many connections it closes those of least value; gossip neighbours have 100. */
const dialledValue = 100

export interface NetworkOptions extends NodeOptions {
  /** The protocols that this node answers. It may ask by others. */
  readonly protocols: readonly string[]
  /** Bytes of one request, by its protocol; 2 MiB where none are given. Longer ones are not read to their end. */
  readonly requestBytesMax?: Readonly<Record<string, number>>
  /** How often it is checked that peers are still reached by gossip. 10 s where this is absent. */
  readonly gossipCheckMs?: number
}

/** A network that can be closed. */
export interface PlatformNetwork extends Network {
  /** Multiaddrs by which this node can be dialled, its peer id included. */
  addresses(): readonly string[]
  /** Closes connections and listeners. To the node this is its death: nothing calls back any more. */
  close(): Promise<void>
}

/** Starts a libp2p node and listens. Rejects if an address is malformed or in use. */
export async function openLibp2pNetwork(options: NetworkOptions): Promise<PlatformNetwork> {
  const bans = new Set<PeerId>()
  const isBanned = (peer: PeerId): boolean => bans.has(peer)
  // Gossipsub asks only of peers that are connected, which there are none of yet.
  const meter = new Meter()
  const node: Node = await createNode(options, {
    isBanned,
    worthOf: (peer) => esteem.worthOf(peer),
    onUpgraded: (peer, line) => meter.watch(peer, line),
    onFlood: (connection) => network.flooded(connection),
  })
  const esteem = new Esteem(isBanned, favouredBy(node.services.gossip))
  const network: Libp2pNetwork = new Libp2pNetwork(node, { bans, esteem, meter }, options)
  await network.start()
  return network
}

/** What is known of peers beside their connections. */
interface Ledgers {
  readonly bans: Set<PeerId>
  readonly esteem: Esteem
  readonly meter: Meter
}

class Libp2pNetwork implements PlatformNetwork {
  readonly self: PeerId
  readonly #node: Node
  readonly #bans: Set<PeerId>
  readonly #esteem: Esteem
  readonly #meter: Meter
  readonly #options: NetworkOptions
  readonly #deliveries = new Deliveries()
  readonly #peers = new PeerTable(greetingMsMax)
  readonly #gossip: Gossip
  readonly #client: RequestClient
  readonly #server: RequestServer
  readonly #reach = new Reach()
  /** Who was sent away, and until when it need not come back. */
  readonly #sentAway = new Map<PeerId, number>()
  #gossipCheck: NodeJS.Timeout | undefined

  constructor(node: Node, { bans, esteem, meter }: Ledgers, options: NetworkOptions) {
    this.self = node.peerId.toString()
    this.#node = node
    this.#bans = bans
    this.#esteem = esteem
    this.#meter = meter
    this.#options = options
    const pubsub = node.services.gossip
    const parts = {
      ...{ pubsub, mesh: meshOf(pubsub), scoreOf: scoresOf(pubsub) },
      ...{ peers: this.#peers, deliveries: this.#deliveries },
    }
    this.#gossip = new Gossip(parts, options.topics, gossipLimits)
    const links = {
      isConnected: (peer: PeerId) => this.#peers.up.has(peer),
      openStream: (peer: PeerId, protocol: string, signal: AbortSignal) =>
        this.#openStream(peer, protocol, signal),
    }
    this.#client = new RequestClient(links, serverLimits.bodyBytesMax)
    this.#server = new RequestServer(
      (request, answer) => {
        this.#peers.whenUp(request.from, (isUp) => {
          if (isUp) this.#deliveries.push((receiver) => receiver.request(request, answer))
          else answer(undefined)
        })
      },
      {
        ...serverLimits,
        ...(options.requestBytesMax && { requestBytesMax: options.requestBytesMax }),
      },
    )
  }

  /** Begins to listen. Events are queued until there is a receiver. */
  async start(): Promise<void> {
    const node = this.#node
    const { protocols, gossipCheckMs = 10_000 } = this.#options
    node.addEventListener('connection:open', ({ detail }) => this.#opened(detail))
    node.addEventListener('peer:connect', ({ detail }) => this.#connected(detail))
    node.addEventListener('peer:identify', ({ detail }) => this.#greeted(detail))
    node.addEventListener('peer:disconnect', ({ detail }) => this.#disconnected(detail))
    const limits = { maxInboundStreams: 2 * lanesMax, maxOutboundStreams: 2 * lanesMax }
    for (const protocol of protocols) {
      const serve = (stream: Stream, { remotePeer }: Connection): void => {
        void this.#server.serve(stream, remotePeer.toString(), protocol)
      }
      await node.handle(protocol, serve, limits)
    }
    node.services.discovery.onFound((address) => {
      this.#deliveries.push((receiver) => receiver.peerFound(address))
    })
    await node.start()
    this.#gossipCheck = setInterval(() => this.#checkGossip(), gossipCheckMs)
  }

  addresses(): readonly string[] {
    return this.#node.getMultiaddrs().map(String)
  }

  async close(): Promise<void> {
    this.#deliveries.close()
    // A node that stops has just said goodbye.
    await Promise.race([
      this.#client.settled(),
      new Promise((resolve) => setTimeout(resolve, partingMsMax)),
    ])
    this.#peers.clear()
    clearInterval(this.#gossipCheck)
    await this.#node.stop()
  }

  open(receiver: NetworkReceiver): void {
    this.#deliveries.open(receiver, this.#peers.up.values())
  }

  // ----- peers -----

  dial(address: string, done: (outcome: Result<PeerId, NetworkFault>) => void): void {
    const answer = (outcome: Result<PeerId, NetworkFault>): void =>
      this.#deliveries.answer(() => done(outcome))
    const target = parseAddress(address)
    if (target === undefined) {
      const detail = `not a multiaddr: ${address.slice(0, 200)}`
      return answer(failed({ code: 'unreachable', detail }))
    }
    this.#node.dial(target, { signal: AbortSignal.timeout(dialMsMax) }).then(
      ({ remotePeer }) => {
        this.#value(remotePeer)
        const peer = remotePeer.toString()
        const refused = failed({ code: 'refused' as const, detail: 'the peer closed at once' })
        this.#peers.whenUp(peer, (isUp) => answer(isUp ? ok(peer) : refused))
      },
      (error: unknown) => {
        const peer = peerOf(target)
        if (peer !== undefined) this.#forget(peer)
        answer(failed(dialFault(error)))
      },
    )
  }

  disconnect(peer: PeerId): void {
    const id = parsePeer(peer)
    if (id === undefined) return
    // It only rejects if the connection is gone already, which is what was asked for.
    this.#node.hangUp(id).catch(() => {})
  }

  ban(peer: PeerId, banned: boolean): void {
    if (!banned) {
      this.#bans.delete(peer)
      return
    }
    this.#bans.add(peer)
    this.disconnect(peer)
  }

  rate(peer: PeerId, conduct: number): void {
    if (this.#peers.up.has(peer)) this.#esteem.rate(peer, conduct)
  }

  favour(peer: PeerId, isFavoured: boolean): void {
    if (this.#peers.up.has(peer)) this.#esteem.favour(peer, isFavoured)
  }

  report(): NetworkReport {
    const peers = [...this.#peers.up.keys()].map((peer) => [peer, this.#meter.of(peer)] as const)
    const neighbours = this.#gossip.neighbours((peer) => this.#esteem.isFavoured(peer))
    return { total: this.#meter.total(), peers: new Map(peers), neighbours }
  }

  subscribe(topic: string): void {
    this.#gossip.subscribe(topic)
  }

  publish(topic: string, message: Uint8Array): void {
    this.#gossip.publish(topic, message)
  }

  request(
    request: PeerRequest,
    done: (outcome: Result<Uint8Array, NetworkFault>) => void,
  ): OpenRequest {
    return this.#client.request(request, (outcome) => {
      this.#deliveries.answer(() => done(outcome))
    })
  }

  #connected(id: Libp2pPeerId): void {
    const peer = id.toString()
    this.#peers.connected(peer, () => this.disconnect(peer))
  }

  /**
   * Who dials although it has a connection has lost that one, and this node has not noticed: after a failure of
   * power, say. As long as the old one is there, gossipsub goes on to write to it, and to it alone.
   */
  #opened(connection: Connection): void {
    if (connection.direction !== 'inbound') return
    for (const older of this.#node.getConnections(connection.remotePeer)) {
      const isReplaced = older !== connection && older.direction === 'inbound'
      if (isReplaced) older.abort(new Error('the peer has connected anew'))
    }
  }

  #greeted({ peerId: id, listenAddrs, observedAddr, protocols }: IdentifyResult): void {
    const peer = id.toString()
    const [connection] = this.#node.getConnections(id)
    if (connection === undefined) return
    // It was banned while it connected, or is back too soon: gossipsub begins its score anew with each connection.
    if (this.#bans.has(peer) || this.#sentAway.has(peer)) return this.disconnect(peer)
    const isDialled = connection.direction === 'outbound'
    const seen = connection.remoteAddr
    if (isDialled && observedAddr !== undefined) {
      this.#node.services.own.seenBy(peer, seen, observedAddr)
    }
    const own = this.#node.services.gossip.protocols
    if (protocols.some((protocol) => own.includes(protocol))) this.#reach.claimed(peer)
    const address = isDialled ? seen.toString() : inboundAddress(seen, peer, listenAddrs)
    this.#peers.greeted({ peer, address, isDialled }, (up) => this.#deliveries.peerUp(up))
  }

  #disconnected(id: Libp2pPeerId): void {
    const peer = id.toString()
    this.#client.forget(peer)
    this.#esteem.forget(peer)
    this.#meter.forget(peer)
    this.#reach.forget(peer)
    this.#node.services.own.forget(peer)
    this.#forget(id)
    if (this.#peers.disconnected(peer)) this.#deliveries.peerDown(peer)
  }

  /** Keeps libp2p from closing a connection that this node wanted when there are too many. */
  #value(id: Libp2pPeerId): void {
    const tags = { dialled: { value: dialledValue } }
    this.#node.peerStore.merge(id, { tags }).catch(() => {})
  }

  /** libp2p remembers every peer it ever met for hours; strangers must not fill the memory. */
  #forget(id: Libp2pPeerId): void {
    if (this.#node.getConnections(id).length > 0) return
    this.#node.peerStore.delete(id).catch(() => {})
  }

  /** A peer costs more than anybody who follows the protocols. What is on the way from there is not read any more. */
  flooded(connection: Connection): void {
    if (connection.status !== 'open') return
    connection.abort(new Error('more than anybody has to say'))
    this.#sendAway(connection.remotePeer.toString())
  }

  #sendAway(peer: PeerId): void {
    this.#sentAway.set(peer, performance.now() + sentAwayMs)
    this.disconnect(peer)
  }

  /** By its own gossip. Who is not heard because of a rating has other uses, and who is favoured is heard. */
  #isWorthless(peer: PeerId): boolean {
    const esteem = this.#esteem
    return this.#gossip.isUnheard(peer) && esteem.isTolerated(peer) && !esteem.isFavoured(peer)
  }

  /**
   * Sends away whom gossip has lost, so that whoever wants it dials it anew; and who is not heard any more, which
   * could else go on sending for ever.
   */
  #checkGossip(): void {
    for (const [peer, untilMs] of this.#sentAway) {
      if (untilMs < performance.now()) this.#sentAway.delete(peer)
    }
    const neighbours = new Set(this.#node.services.gossip.getPeers().map(String))
    const reached = reachedBy(this.#node.getConnections())
    for (const peer of this.#peers.up.keys()) {
      const isLost = this.#reach.isLost(peer, neighbours.has(peer) && reached.has(peer))
      if (this.#isWorthless(peer)) this.#sendAway(peer)
      else if (isLost) this.disconnect(peer)
    }
  }

  async #openStream(
    peer: PeerId,
    protocol: string,
    signal: AbortSignal,
  ): Promise<Stream | undefined> {
    const connections = this.#node.getConnections(peerIdFromString(peer))
    const open = connections.find(({ status }) => status === 'open')
    return await open?.newStream(protocol, { signal })
  }
}

/**
 * Where a peer that dialled in says to listen, with its id, if that is on the very host that it was seen on. If not,
 * where it was seen, without: a port that it dials from is nothing to be dialled.
 */
function inboundAddress(seen: Multiaddr, peer: PeerId, claimed: readonly Multiaddr[]): string {
  const [host] = seen.getComponents()
  const same = tcpFirst(claimed.slice(0, claimedMax)).find((address) => {
    const [first] = address.getComponents()
    return isDirect(address) && first?.code === host?.code && first?.value === host?.value
  })
  const address = withoutPeer(same ?? seen).toString()
  return same === undefined ? address : `${address}/p2p/${peer}`
}

/** Undefined if the text is not a peer id: it may come from a file, or from another peer. */
function parsePeer(peer: PeerId): Libp2pPeerId | undefined {
  try {
    return peerIdFromString(peer)
  } catch {
    return undefined
  }
}

/** The peer that an address names, if it names one. */
function peerOf(address: Multiaddr): Libp2pPeerId | undefined {
  const name = address.getComponents().findLast(({ code }) => code === CODE_P2P)?.value
  return name === undefined ? undefined : parsePeer(name)
}

const refusals: ReadonlySet<string> = new Set([
  'ConnectionClosedError',
  'ConnectionDeniedError',
  'ConnectionInterceptedError',
  'DialDeniedError',
  'InvalidPeerIdError',
])

function dialFault(error: unknown): NetworkFault {
  // Several addresses were tried; the first failure speaks for all.
  if (error instanceof AggregateError) return dialFault(error.errors[0])
  if (!(error instanceof Error)) return { code: 'unreachable', detail: String(error) }
  const detail = `${error.name}: ${error.message}`
  if (['TimeoutError', 'AbortError'].includes(error.name)) return { code: 'timeout', detail }
  return { code: refusals.has(error.name) ? 'refused' : 'unreachable', detail }
}
