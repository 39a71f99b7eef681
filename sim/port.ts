/**
 * One host's place in the network, for one life: what a node sees as its `Network`. It keeps the table of
 * connections and carries requests; gossip is the matter of `gossip.ts`.
 *
 * Nothing here calls into the node within a call from the node: whatever has to be told is put on the
 * timeline, as an event of its own.
 */
import { failed, ok, type Result } from '../src/base/result.ts'
import type { Millis } from '../src/base/units.ts'
import type {
  Carried,
  GossipMessage,
  Network,
  NetworkFault,
  NetworkReceiver,
  NetworkReport,
  OpenRequest,
  PeerId,
  PeerRequest,
  Verdict,
} from '../src/kernel/environment.ts'
import { whereaboutsOf } from './address.ts'
import type { ConnectionEnd } from './connection.ts'
import { Dial, type Dialable, type Directory } from './dial.ts'
import { Exchange, failedRequest, requestBytesMax } from './exchange.ts'
import type { Fabric } from './fabric.ts'
import { Gossip } from './gossip.ts'
import type { Life } from './life.ts'
import type { Rumour } from './rumour.ts'

/** Requests of one host that may wait for their answers. More are refused. */
const pendingMax = 4_096

type Done<Value> = (outcome: Result<Value, NetworkFault>) => void

/** The machine that a port belongs to. */
interface PortHost {
  readonly name: PeerId
  readonly number: number
  readonly address: string
  /** What its own clock shows at a true microsecond. */
  readonly msAt: (trueUs: number) => Millis
  /** Connections that it can hold at the moment. */
  readonly connectionsMax: number
}

export class Port implements Network, Dialable {
  readonly self: PeerId
  readonly host: number
  readonly listener: number
  readonly address: string
  readonly life: Life
  readonly msAt: (trueUs: number) => Millis
  readonly topics = new Set<string>()
  readonly #fabric: Fabric
  readonly #directory: Directory
  readonly #machine: PortHost
  readonly #gossip: Gossip
  readonly #ends = new Map<PeerId, ConnectionEnd>()
  /** Peers that are refused. A ban list lasts as long as the process. */
  readonly #banned = new Set<PeerId>()
  #receiver: NetworkReceiver | undefined
  /** By connections that are closed. */
  #carriedBefore: Carried = { inBytes: 0, outBytes: 0 }
  /** Requests sent from here that wait for their answer, oldest first. Each leads to the next. */
  #firstPending: Exchange | undefined = undefined
  #lastPending: Exchange | undefined = undefined
  #pending = 0

  constructor(fabric: Fabric, directory: Directory, host: PortHost, life: Life) {
    this.self = host.name
    this.host = host.number
    this.listener = fabric.rumours.addListener()
    // It may be another one in the next life.
    this.address = host.address
    this.msAt = host.msAt
    this.life = life
    this.#fabric = fabric
    this.#directory = directory
    this.#machine = host
    this.#gossip = new Gossip(fabric, this)
  }

  /** Connections that are open as seen from here, oldest first. */
  get ends(): readonly ConnectionEnd[] {
    return [...this.#ends.values()]
  }

  get isListening(): boolean {
    return this.#receiver !== undefined && !this.life.isOver
  }

  endTo(peer: PeerId): ConnectionEnd | undefined {
    return this.#ends.get(peer)
  }

  // ----- Network -----

  open(receiver: NetworkReceiver): void {
    this.#receiver = receiver
    for (const end of this.#ends.values()) this.#later(() => this.#announce(end))
  }

  dial(address: string, done: Done<PeerId>): void {
    const { peer, place } = whereaboutsOf(address) ?? { peer: '', place: '' }
    if (peer === this.self) return this.#fault(done, 'refused', 'this is myself')
    if (this.#ends.has(peer)) return this.#later(() => done(ok(peer)))
    const there = this.#directory.find(place)
    if (there === undefined) return this.#fault(done, 'unreachable', `no host at ${address}`)
    if (this.#banned.has(peer)) return this.#fault(done, 'refused', `${peer} is banned`)
    if (this.#isFull) return this.#fault(done, 'unreachable', 'no more connections can be made')
    new Dial(this.#fabric, this, { peer, there }, done)
  }

  disconnect(peer: PeerId): void {
    this.#ends.get(peer)?.close()
  }

  ban(peer: PeerId, banned: boolean): void {
    if (!banned) this.#banned.delete(peer)
    else {
      this.#banned.add(peer)
      this.disconnect(peer)
    }
  }

  rate(peer: PeerId, conduct: number): void {
    const end = this.#ends.get(peer)
    if (end !== undefined) end.conduct = conduct
  }

  favour(peer: PeerId, isFavoured: boolean): void {
    const end = this.#ends.get(peer)
    if (end === undefined) return
    end.isFavoured = isFavoured
    end.far.isFavouredThere = isFavoured
  }

  report(): NetworkReport {
    const peers = new Map([...this.#ends].map(([peer, end]) => [peer, carriedBy(end)]))
    const total = [...peers.values()].reduce(sumOf, this.#carriedBefore)
    return { total, peers, neighbours: this.#gossip.neighbours }
  }

  subscribe(topic: string): void {
    if (this.topics.has(topic)) return
    this.topics.add(topic)
    for (const { far } of this.#ends.values()) far.owner.neighbourSubscribed(far, topic)
  }

  publish(topic: string, message: Uint8Array): void {
    this.#gossip.publish(topic, message)
  }

  request(request: PeerRequest, done: Done<Uint8Array>): OpenRequest {
    const { peer, body } = request
    const end = this.#ends.get(peer)
    if (body.length > requestBytesMax) {
      this.#fabric.counts.oversize += 1
      return this.#failed(done, 'too-large', `${body.length} bytes`)
    }
    if (end === undefined) return this.#failed(done, 'unreachable', `${peer} is not connected`)
    if (this.#pending >= pendingMax) return this.#failed(done, 'refused', 'too many requests')
    const exchange = new Exchange(this.#fabric, end, request, done)
    this.#addPending(exchange)
    exchange.send()
    return exchange
  }

  // ----- what comes in -----

  neighbourSubscribed(end: ConnectionEnd, topic: string): void {
    if (end.isOpen) this.#gossip.neighbourSubscribed(end, topic)
  }

  rumourArrived(end: ConnectionEnd, rumour: Rumour): void {
    this.#gossip.arrive(end, rumour)
  }

  /** The network has found an address by itself, which may be a lie. */
  found(address: string): void {
    this.#later(() => {
      if (this.#receiver === undefined) return
      this.#fabric.digest.mixEvent(this.#fabric.timeline.nowUs, this.host, 0, 'peer-found')
      this.#receiver.peerFound(address)
    })
  }

  deliver(message: GossipMessage, verdict: (verdict: Verdict) => void): void {
    this.#receiver?.gossip(message, verdict)
  }

  requestArrived(exchange: Exchange): void {
    if (this.life.isOpen) this.#serve(exchange)
    else this.#serveLater(exchange)
  }

  #addPending(exchange: Exchange): void {
    const last = this.#lastPending
    if (last === undefined) this.#firstPending = exchange
    else last.next = exchange
    exchange.previous = last
    this.#lastPending = exchange
    this.#pending += 1
  }

  requestSettled({ previous, next }: Exchange): void {
    if (previous === undefined) this.#firstPending = next
    else previous.next = next
    if (next === undefined) this.#lastPending = previous
    else next.previous = previous
    this.#pending -= 1
  }

  closed(end: ConnectionEnd): void {
    if (this.#ends.get(end.peer) === end) {
      this.#ends.delete(end.peer)
      this.#carriedBefore = sumOf(this.#carriedBefore, carriedBy(end))
    }
    this.#gossip.removeNeighbour(end)
    const fault = failed({ code: 'closed' as const, detail: `${end.peer} is gone` })
    for (let exchange = this.#firstPending; exchange !== undefined; exchange = exchange.next) {
      if (exchange.end === end) this.#settleSoon(exchange, fault)
    }
    this.#later(() => {
      if (this.#receiver === undefined || end.announcedTo !== this.#receiver) return
      this.#fabric.digest.mixEvent(this.#fabric.timeline.nowUs, this.host, 0, 'peer-down')
      this.#receiver.peerDown(end.peer)
    })
  }

  #settleSoon(exchange: Exchange, fault: Result<never, NetworkFault>): void {
    const { timeline } = this.#fabric
    timeline.at(timeline.nowUs, { fire: () => exchange.settle(fault) })
  }

  #serve(exchange: Exchange): void {
    const { end, request } = exchange
    const { protocol, body } = request
    const { digest, timeline } = this.#fabric
    digest.mixEvent(timeline.nowUs, this.host, 0, protocol)
    digest.mixBytes(body)
    const from = end.owner.self
    this.#receiver?.request({ from, protocol, body }, (answer) => exchange.answer(answer))
  }

  /** Apart from where it is called, which would otherwise make room for a closure each time. */
  #serveLater(exchange: Exchange): void {
    this.life.enter({ fire: () => this.#serve(exchange) })
  }

  // ----- connecting -----

  refuses(peer: PeerId): boolean {
    return this.#banned.has(peer) || (this.#isFull && !this.#ends.has(peer))
  }

  get #isFull(): boolean {
    return this.#ends.size >= this.#machine.connectionsMax
  }

  connected(end: ConnectionEnd): void {
    this.#ends.set(end.peer, end)
    this.#gossip.addNeighbour(end)
    this.#later(() => this.#announce(end))
  }

  /** Tells the receiver of a connection, once. One that has closed meanwhile is told of as well. */
  #announce(end: ConnectionEnd): void {
    if (this.#receiver === undefined || end.announcedTo === this.#receiver) return
    end.announcedTo = this.#receiver
    this.#fabric.digest.mixEvent(this.#fabric.timeline.nowUs, this.host, 0, 'peer-up')
    this.#receiver.peerUp(end.peer, end.far.owner.address, end.isDialler)
  }

  #failed(done: Done<never>, code: NetworkFault['code'], detail: string): OpenRequest {
    this.#fault(done, code, detail)
    return failedRequest
  }

  #fault(done: Done<never>, code: NetworkFault['code'], detail: string): void {
    this.#later(() => done(failed({ code, detail })))
  }

  /** Calls into the node, in an event of its own. */
  #later(run: () => void): void {
    const { timeline } = this.#fabric
    timeline.at(timeline.nowUs, { fire: () => this.life.enter({ fire: run }) })
  }
}

/** Once counted where it left: what is under way counts as having come in. */
function carriedBy(end: ConnectionEnd): Carried {
  return { inBytes: end.far.outBytes, outBytes: end.outBytes }
}

function sumOf(a: Carried, b: Carried): Carried {
  return { inBytes: a.inBytes + b.inBytes, outBytes: a.outBytes + b.outBytes }
}
