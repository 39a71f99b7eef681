/**
 * The seam of one node whose network is the production adapter on libp2p in virtual time. It stands between two zones:
 * calls of the node go in on behalf of the host, where promises and timers are virtual, and what libp2p
 * has to say comes out on nobody's behalf, where the lock-down holds. On the way, names become keys and back.
 */
import { ok, type Result } from '../../src/base/result.ts'
import type {
  GossipMessage,
  InboundRequest,
  Network,
  NetworkFault,
  NetworkReceiver,
  NetworkReport,
  OpenRequest,
  PeerId,
  PeerRequest,
  Verdict,
} from '../../src/kernel/environment.ts'
import type { Digest } from '../digest.ts'
import { outside, type StackHost, within } from '../stack/host.ts'
import type { Timeline } from '../timeline.ts'
import type { Directory, Identity } from './directory.ts'

type Done<Value> = (outcome: Result<Value, NetworkFault>) => void

/** Where a port is, and what it reports to. */
export interface PortSeat {
  readonly host: StackHost
  /** Counts the hosts of a world. */
  readonly number: number
  readonly identity: Identity
  readonly directory: Directory
  readonly digest: Digest
  readonly timeline: Timeline
}

export class Port implements Network {
  readonly self: PeerId
  readonly #seat: PortSeat
  readonly #network: Network
  /** Peers that the node was told to be up, oldest first, and how much false gossip came from each. */
  readonly #up = new Map<PeerId, { rejected: number }>()

  #receiver: NetworkReceiver | undefined

  constructor(seat: PortSeat, network: Network) {
    this.self = seat.identity.name
    this.#seat = seat
    this.#network = network
  }

  get peers(): readonly PeerId[] {
    return [...this.#up.keys()]
  }

  rejectedOf(peer: PeerId): number {
    return this.#up.get(peer)?.rejected ?? 0
  }

  // ----- in -----

  open(receiver: NetworkReceiver): void {
    this.#up.clear()
    this.#receiver = receiver
    this.#in(() => this.#network.open(this.#receiverFor(receiver)))
  }

  dial(address: string, done: Done<PeerId>): void {
    const { directory } = this.#seat
    this.#in(() =>
      this.#network.dial(directory.multiaddrOf(address), (outcome) =>
        outside(() => done(outcome.ok ? ok(directory.nameOf(outcome.value)) : outcome)),
      ),
    )
  }

  disconnect(peer: PeerId): void {
    this.#in(() => this.#network.disconnect(this.#seat.directory.peerOf(peer)))
  }

  ban(peer: PeerId, banned: boolean): void {
    this.#in(() => this.#network.ban(this.#seat.directory.peerOf(peer), banned))
  }

  rate(peer: PeerId, conduct: number): void {
    this.#in(() => this.#network.rate(this.#seat.directory.peerOf(peer), conduct))
  }

  favour(peer: PeerId, isFavoured: boolean): void {
    this.#in(() => this.#network.favour(this.#seat.directory.peerOf(peer), isFavoured))
  }

  report(): NetworkReport {
    const { total, peers, neighbours } = this.#in(() => this.#network.report())
    const named = [...peers].map(
      ([peer, carried]) => [this.#seat.directory.nameOf(peer), carried] as const,
    )
    return { total, peers: new Map(named), neighbours }
  }

  subscribe(topic: string): void {
    this.#in(() => this.#network.subscribe(topic))
  }

  publish(topic: string, message: Uint8Array): void {
    this.#in(() => this.#network.publish(topic, message))
  }

  request(request: PeerRequest, done: Done<Uint8Array>): OpenRequest {
    const peer = this.#seat.directory.peerOf(request.peer)
    const open = this.#in(() =>
      this.#network.request({ ...request, peer }, (outcome) => outside(() => done(outcome))),
    )
    return {
      progress: () => this.#in(() => open.progress()),
      cancel: () => this.#in(() => open.cancel()),
    }
  }

  // ----- out -----

  /** As if libp2p had found the address by itself. `address` is in the notation of this world. */
  found(address: string): void {
    this.#out('peer-found', () => this.#receiver?.peerFound(address))
  }

  #receiverFor(receiver: NetworkReceiver): NetworkReceiver {
    const { directory } = this.#seat
    return {
      peerUp: (peer, address, dialled) => {
        const name = directory.nameOf(peer)
        this.#up.set(name, { rejected: 0 })
        this.#out('peer-up', () => receiver.peerUp(name, directory.addressOf(address), dialled))
      },
      peerDown: (peer) => {
        const name = directory.nameOf(peer)
        this.#up.delete(name)
        this.#out('peer-down', () => receiver.peerDown(name))
      },
      peerFound: (address) => {
        this.#out('peer-found', () => receiver.peerFound(directory.addressOf(address)))
      },
      gossip: (message, verdict) => this.#gossip(receiver, message, verdict),
      request: (request, answer) => this.#request(receiver, request, answer),
    }
  }

  #gossip(
    receiver: NetworkReceiver,
    message: GossipMessage,
    verdict: (verdict: Verdict) => void,
  ): void {
    const from = this.#seat.directory.nameOf(message.from)
    const judge = (judgement: Verdict): void => {
      const neighbour = this.#up.get(from)
      if (judgement === 'reject' && neighbour !== undefined) neighbour.rejected += 1
      this.#in(() => verdict(judgement))
    }
    this.#seat.digest.mixBytes(message.data)
    this.#out(message.topic, () => receiver.gossip({ ...message, from }, judge))
  }

  #request(
    receiver: NetworkReceiver,
    request: InboundRequest,
    answer: (body: Uint8Array | undefined) => void,
  ): void {
    const from = this.#seat.directory.nameOf(request.from)
    this.#seat.digest.mixBytes(request.body)
    this.#out(request.protocol, () =>
      receiver.request({ ...request, from }, (body) => this.#in(() => answer(body))),
    )
  }

  #in<Value>(run: () => Value): Value {
    return within(this.#seat.host, run)
  }

  #out(what: string, run: () => void): void {
    const { digest, timeline, number } = this.#seat
    digest.mixEvent(timeline.nowUs, number, 0, what)
    outside(run)
  }
}
