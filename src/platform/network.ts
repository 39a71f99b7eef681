/**
 * The network on libp2p. Promises, streams and addresses end here: above are callbacks, bytes and text.
 *
 * It dials nobody by itself, save the bootstrap list once, and redials nobody: whom to know is the peer
 * actor's business. It keeps no score beyond gossipsub's own; a ban holds until it is lifted.
 */
import { TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import type { Connection, PeerId as Libp2pPeerId, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { assert } from '../base/assert.ts'
import { failed, ok, type Result } from '../base/result.ts'
import type {
  Network,
  NetworkFault,
  NetworkReceiver,
  PeerId,
  PeerRequest,
  Verdict,
} from '../kernel/environment.ts'
import { Deliveries } from './deliveries.ts'
import { gossipBytesMax, validatorResults } from './gossip-rules.ts'
import { createNode, type Node, type NodeOptions } from './libp2p-node.ts'
import { lanesMax, RequestClient } from './request-client.ts'
import { RequestServer } from './request-server.ts'

/** A request's body, and an answer's. */
const bodyBytesMax = 2 * 1024 * 1024
const dialMsMax = 10_000
/** Gossip that waits for a verdict. More is dropped without blame. */
const unjudgedMax = 1_024
/** A verdict that has not come by then is `ignore`. */
const verdictMsMax = 30_000
/** When libp2p has too many connections it closes those of least value; gossip neighbours have 100. */
const dialledValue = 100

export interface NetworkOptions extends NodeOptions {
  /** The protocols that this node answers. It may ask by others. */
  readonly protocols: readonly string[]
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
  const node = await createNode(options, (peer) => bans.has(peer))
  const network = new Libp2pNetwork(node, bans, options.topics)
  await network.start(options.protocols)
  return network
}

class Libp2pNetwork implements PlatformNetwork {
  readonly self: PeerId
  readonly #node: Node
  readonly #bans: Set<PeerId>
  readonly #topics: ReadonlySet<string>
  readonly #deliveries = new Deliveries()
  readonly #client: RequestClient
  readonly #server: RequestServer
  readonly #peers = new PeerTable()
  /** Peers that gossip was exchanged with at the last check. */
  readonly #gossiping = new Set<PeerId>()
  #gossipCheck: NodeJS.Timeout | undefined
  #unjudged = 0

  constructor(node: Node, bans: Set<PeerId>, topics: readonly string[]) {
    this.self = node.peerId.toString()
    this.#node = node
    this.#bans = bans
    this.#topics = new Set(topics)
    this.#client = new RequestClient(
      {
        isConnected: (peer) => this.#peers.up.has(peer),
        openStream: (peer, protocol, signal) => this.#openStream(peer, protocol, signal),
      },
      bodyBytesMax,
    )
    this.#server = new RequestServer((request, answer) => {
      this.#deliveries.push((receiver) => receiver.request(request, answer))
    }, bodyBytesMax)
  }

  /** Begins to listen. Events are queued until there is a receiver. */
  async start({ protocols, gossipCheckMs = 10_000 }: NetworkOptions): Promise<void> {
    const node = this.#node
    node.addEventListener('peer:connect', ({ detail }) => this.#connected(detail))
    node.addEventListener('peer:identify', ({ detail }) => this.#greeted(detail.peerId))
    node.addEventListener('peer:disconnect', ({ detail }) => this.#disconnected(detail))
    for (const topic of this.#topics) {
      node.services.gossip.topicValidators.set(topic, (from, { data }) =>
        this.#judge({ topic, data: new Uint8Array(data), from: from.toString() }),
      )
    }
    const limits = { maxInboundStreams: 2 * lanesMax, maxOutboundStreams: 2 * lanesMax }
    for (const protocol of protocols) {
      const serve = (stream: Stream, { remotePeer }: Connection): void => {
        void this.#server.serve(stream, remotePeer.toString(), protocol)
      }
      await node.handle(protocol, serve, limits)
    }
    await node.start()
    this.#gossipCheck = setInterval(() => this.#checkGossip(), gossipCheckMs)
  }

  addresses(): readonly string[]
  /** Closes connections and listeners. To the node this is its death: nothing calls back any more. */
  close(): Promise<void>
}

/** Starts a libp2p node and listens. Rejects if an address is malformed or in use. */
export async function openLibp2pNetwork(options: NetworkOptions): Promise<PlatformNetwork> {
  const bans = new Set<PeerId>()
  const node = await createNode(options, (peer) => bans.has(peer))
  const network = new Libp2pNetwork(node, bans, options.topics)
  await network.start(options.protocols)
  return network
}

class Libp2pNetwork implements PlatformNetwork {
  readonly self: PeerId
  readonly #node: Node
  readonly #bans: Set<PeerId>
  readonly #topics: ReadonlySet<string>
  readonly #deliveries = new Deliveries()
  readonly #client: RequestClient
  readonly #server: RequestServer
  readonly #peers = new PeerTable()
  /** Peers that gossip was exchanged with at the last check. */
  readonly #gossiping = new Set<PeerId>()
  #gossipCheck: NodeJS.Timeout | undefined
  #unjudged = 0

  constructor(node: Node, bans: Set<PeerId>, topics: readonly string[]) {
    this.self = node.peerId.toString()
    this.#node = node
    this.#bans = bans
    this.#topics = new Set(topics)
    this.#client = new RequestClient(
      {
        isConnected: (peer) => this.#peers.up.has(peer),
        openStream: (peer, protocol, signal) => this.#openStream(peer, protocol, signal),
      },
      bodyBytesMax,
    )
    this.#server = new RequestServer((request, answer) => {
      this.#deliveries.push((receiver) => receiver.request(request, answer))
    }, bodyBytesMax)
  }

  async start(protocols: readonly string[]): Promise<void> {
    const node = this.#node
    node.addEventListener('peer:connect', ({ detail }) => this.#connected(detail))
    node.addEventListener('peer:disconnect', ({ detail }) => this.#disconnected(detail))
    for (const topic of this.#topics) {
      node.services.gossip.topicValidators.set(topic, (from, { data }) =>
        this.#judge(topic, data, from.toString()),
      )
    }
    for (const protocol of protocols) {
      await node.handle(
        protocol,
        (stream, connection) => {
          void this.#server.serve(stream, connection.remotePeer.toString(), protocol)
        },
        { maxInboundStreams: 2 * lanesMax, maxOutboundStreams: 2 * lanesMax },
      )
    }
    await node.start()
  }

  addresses(): readonly string[] {
    return this.#node.getMultiaddrs().map(String)
  }

  async close(): Promise<void> {
    this.#deliveries.close()
    this.#peers.clear()
    clearInterval(this.#gossipCheck)
    await this.#node.stop()
  }

  open(receiver: NetworkReceiver): void {
    this.#deliveries.open(receiver)
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
        const name = target.getComponents().findLast((part) => part.name === 'p2p')?.value
        const id = name === undefined ? undefined : parsePeer(name)
        if (id !== undefined) this.#forget(id)
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

  #connected(id: Libp2pPeerId): void {
    const peer = id.toString()
    this.#peers.connected(peer, () => this.disconnect(peer))
  }

  #greeted(id: Libp2pPeerId): void {
    const peer = id.toString()
    const [connection] = this.#node.getConnections(id)
    if (connection === undefined) return
    // It was banned while it connected.
    if (this.#bans.has(peer)) return this.disconnect(peer)
    const address = connection.remoteAddr.toString()
    const isDialled = connection.direction === 'outbound'
    this.#told.add(peer)
  }

  #disconnected(id: Libp2pPeerId): void {
    const peer = id.toString()
    this.#client.forget(peer)
    this.#forget(id)
    this.#gossiping.delete(peer)
    if (!this.#peers.disconnected(peer)) return
    this.#deliveries.push((receiver) => receiver.peerDown(peer))
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

  // ----- gossip -----

  subscribe(topic: string): void {
    assert(this.#topics.has(topic), `topic ${topic} is one of this network`)
    this.#node.services.gossip.subscribe(topic)
  }

  publish(topic: string, message: Uint8Array): void {
    if (message.length > gossipBytesMax) return
    // It rejects when the node is stopped; gossip may always be lost.
    this.#node.services.gossip.publish(topic, message).catch(() => {})
  }

  /** What gossipsub asks of each new message. It forwards nothing until this resolves. */
  #judge(topic: string, data: Uint8Array, from: PeerId): Promise<TopicValidatorResult> {
    if (data.length > gossipBytesMax) return Promise.resolve(TopicValidatorResult.Reject)
    const isWanted = this.#node.services.gossip.getTopics().includes(topic)
    if (!isWanted || this.#unjudged >= unjudgedMax) {
      return Promise.resolve(TopicValidatorResult.Ignore)
    }
    this.#unjudged += 1
    return new Promise((resolve) => {
      let isJudged = false
      const judge = (verdict: Verdict): void => {
        if (isJudged) return
        isJudged = true
        clearTimeout(timeout)
        this.#unjudged -= 1
        resolve(validatorResults[verdict])
      }
      const timeout = setTimeout(() => judge('ignore'), verdictMsMax)
      const message = { topic, data: new Uint8Array(data), from }
      this.#deliveries.push((receiver) => receiver.gossip(message, judge))
    })
  }

  // ----- requests -----

  request(request: PeerRequest, done: (outcome: Result<Uint8Array, NetworkFault>) => void): void {
    void this.#client.ask(request).then((outcome) => this.#deliveries.answer(() => done(outcome)))
  }

  /** An open connection to a peer, if there is one. */
  #connection(peer: PeerId): Connection | undefined {
    const id = parsePeer(peer)
    if (id === undefined) return undefined
    return this.#node.getConnections(id).find(({ status }) => status === 'open')
  }

  async #openStream(
    peer: PeerId,
    protocol: string,
    signal: AbortSignal,
  ): Promise<Stream | undefined> {
    return await this.#connection(peer)?.newStream(protocol, { signal })
  }
}

/** Undefined if the text is not a peer id: it may come from a file, or from another peer. */
function parsePeer(peer: PeerId): Libp2pPeerId | undefined {
  try {
    return peerIdFromString(peer)
  } catch {
    return undefined
  }
}

function parseAddress(address: string): Multiaddr | undefined {
  try {
    return multiaddr(address)
  } catch {
    return undefined
  }
}

const refusals: ReadonlySet<string> = new Set([
  'DialDeniedError',
  'ConnectionDeniedError',
  'ConnectionInterceptedError',
  'InvalidPeerIdError',
])

function dialFault(error: unknown): NetworkFault {
  // Several addresses were tried; the first failure speaks for all.
  if (error instanceof AggregateError) return dialFault(error.errors[0])
  if (!(error instanceof Error)) return { code: 'unreachable', detail: String(error) }
  const detail = `${error.name}: ${error.message}`
  if (['TimeoutError', 'AbortError'].includes(error.name)) return { code: 'timeout', detail }
  if (error.name === 'ConnectionClosedError') return { code: 'closed', detail }
  return { code: refusals.has(error.name) ? 'refused' : 'unreachable', detail }
}
