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
  GossipMessage,
  Network,
  NetworkFault,
  NetworkReceiver,
  OpenRequest,
  PeerId,
  PeerRequest,
  Verdict,
} from '../src/kernel/environment.ts'
import { AnswerFlight } from './answer.ts'
import { type ConnectionEnd, failedRequest, PendingRequest } from './connection.ts'
import { Dial, type Dialable, type Directory } from './dial.ts'
import type { Fabric } from './fabric.ts'
import { Gossip } from './gossip.ts'
import type { Life } from './life.ts'
import type { Rumour } from './rumour.ts'

/** The most bytes of one request, and of one answer. */
export const requestBytesMax = 2 * 1_024 * 1_024

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
  readonly #gossip: Gossip
  readonly #ends = new Map<PeerId, ConnectionEnd>()
  /** Peers that are refused. A ban list lasts as long as the process. */
  readonly #banned = new Set<PeerId>()
  #receiver: NetworkReceiver | undefined
  /** Requests sent from here that wait for their answer. Each knows its place. */
  readonly #pending: PendingRequest[] = []

  constructor(fabric: Fabric, directory: Directory, host: PortHost, life: Life) {
    this.self = host.name
    this.host = host.number
    this.listener = fabric.rumours.addListener()
    this.address = host.address
    this.msAt = host.msAt
    this.life = life
    this.#fabric = fabric
    this.#directory = directory
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
    const place = this.#directory.find(address)
    if (place === undefined) return this.#fault(done, 'unreachable', `no host at ${address}`)
    const { name } = place
    if (name === this.self) return this.#fault(done, 'refused', 'this is myself')
    if (this.#ends.has(name)) return this.#later(() => done(ok(name)))
    if (this.#banned.has(name)) return this.#fault(done, 'refused', `${name} is banned`)
    new Dial(this.#fabric, this, place, done)
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

  subscribe(topic: string): void {
    if (this.topics.has(topic)) return
    this.topics.add(topic)
    for (const { far } of this.#ends.values()) far.owner.neighbourSubscribed(far, topic)
  }

  publish(topic: string, message: Uint8Array): void {
    this.#gossip.publish(topic, message)
  }

  request(request: PeerRequest, done: Done<Uint8Array>): OpenRequest {
    const { peer, protocol, body } = request
    const end = this.#ends.get(peer)
    if (body.length > requestBytesMax) {
      this.#fabric.counts.oversize += 1
      return this.#failed(done, 'too-large', `${body.length} bytes`)
    }
    if (end === undefined) return this.#failed(done, 'unreachable', `${peer} is not connected`)
    if (this.#pending.length >= pendingMax)
      return this.#failed(done, 'refused', 'too many requests')
    const pending = new PendingRequest(this.#fabric, end, request, done)
    pending.place = this.#pending.push(pending) - 1
    const cargo = { kind: 'request' as const, label: protocol, bytes: body.length }
    const arrive = (): void => {
      if (end.isWhole) end.far.owner.requestArrived(end.far, request, pending)
    }
    if (this.#fabric.send(end.link, cargo, { fire: arrive }) === 'reset') end.close()
    return pending
  }

  // ----- what comes in -----

  neighbourSubscribed(end: ConnectionEnd, topic: string): void {
    if (end.isOpen) this.#gossip.neighbourSubscribed(end, topic)
  }

  rumourArrived(end: ConnectionEnd, rumour: Rumour): void {
    this.#gossip.arrive(end, rumour)
  }

  deliver(message: GossipMessage, verdict: (verdict: Verdict) => void): void {
    this.#receiver?.gossip(message, verdict)
  }

  requestArrived(end: ConnectionEnd, request: PeerRequest, pending: PendingRequest): void {
    this.life.enter({ fire: () => this.#serve(end, request, pending) })
  }

  /** The last one takes the place of the one that leaves. */
  requestSettled({ place }: PendingRequest): void {
    const last = this.#pending.pop()
    if (last === undefined || last.place === place) return
    this.#pending[place] = last
    last.place = place
  }

  closed(end: ConnectionEnd): void {
    if (this.#ends.get(end.peer) === end) this.#ends.delete(end.peer)
    this.#gossip.removeNeighbour(end)
    const { timeline } = this.#fabric
    const fault = failed({ code: 'closed' as const, detail: `${end.peer} is gone` })
    for (const pending of this.#pending) {
      if (pending.end !== end) continue
      timeline.at(timeline.nowUs, { fire: () => pending.settle(fault) })
    }
    this.#later(() => {
      if (this.#receiver === undefined || end.announcedTo !== this.#receiver) return
      this.#fabric.digest.mixEvent(this.#fabric.timeline.nowUs, this.host, 0, 'peer-down')
      this.#receiver.peerDown(end.peer)
    })
  }

  #serve(end: ConnectionEnd, request: PeerRequest, pending: PendingRequest): void {
    const { protocol, body } = request
    const { digest } = this.#fabric
    digest.mixEvent(this.#fabric.timeline.nowUs, this.host, 0, protocol)
    digest.mixBytes(body)
    let isAnswered = false
    const answer = (answerBody: Uint8Array | undefined): void => {
      if (isAnswered) return
      isAnswered = true
      this.#answer(end, protocol, answerBody, pending)
    }
    this.#receiver?.request({ from: end.peer, protocol, body }, answer)
  }

  #answer(
    end: ConnectionEnd,
    protocol: string,
    body: Uint8Array | undefined,
    pending: PendingRequest,
  ): void {
    if (!end.isWhole || pending.isReset) return
    const outcome = outcomeOf(body)
    const bytes = outcome.ok ? outcome.value.length : 0
    const arrive = (): void => {
      if (!end.isWhole || pending.isCancelled) return
      this.#fabric.digest.mixBytes(outcome.ok ? outcome.value : new Uint8Array(0))
      pending.settle(outcome)
    }
    const cargo = { kind: 'answer' as const, label: protocol, bytes }
    const flight = new AnswerFlight(this.#fabric.timeline, end.link, bytes, arrive)
    pending.answer = flight
    if (this.#fabric.send(end.link, cargo, flight) === 'reset') end.close()
  }

  // ----- connecting -----

  refuses(peer: PeerId): boolean {
    return this.#banned.has(peer)
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

function outcomeOf(body: Uint8Array | undefined): Result<Uint8Array, NetworkFault> {
  if (body === undefined) return failed({ code: 'refused', detail: 'the peer refused' })
  if (body.length > requestBytesMax) {
    return failed({ code: 'too-large', detail: `an answer of ${body.length} bytes` })
  }
  return ok(body)
}
