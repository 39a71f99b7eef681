/**
 * A connection as its two ends see it. They agree only after a flight: when one end closes, the other
 * learns of it a latency later, or by its keep-alive. What is in flight when an end closes is lost.
 */
import { failed, type Result } from '../src/base/result.ts'
import type { Millis } from '../src/base/units.ts'
import type {
  AnswerProgress,
  NetworkFault,
  NetworkReceiver,
  OpenRequest,
  PeerId,
  PeerRequest,
} from '../src/kernel/environment.ts'
import type { AnswerFlight } from './answer.ts'
import type { Fabric } from './fabric.ts'
import { Delivery, type Life } from './life.ts'
import type { Link } from './link.ts'
import type { Rumour } from './rumour.ts'
import type { TimelineEntry, TimelineEvent } from './timeline.ts'

/** After so long without a sign of life a connection is given up, and so is a dial. */
export const connectionTimeoutMs = 10_000
export const connectionTimeoutUs = connectionTimeoutMs * 1_000

/** Whose end it is. */
export interface EndOwner {
  readonly self: PeerId
  /** Where it can be dialled. */
  readonly address: string
  /** Its number in the book of rumours. */
  readonly listener: number
  readonly life: Life
  /** What its own clock shows at a true microsecond. */
  readonly msAt: (trueUs: number) => Millis
  /** Topics this host listens to. Neighbours are supposed to know. */
  readonly topics: ReadonlySet<string>
  /** The end has closed; its owner forgets it, and tells its receiver later. */
  closed(end: ConnectionEnd): void
  /** The peer at the far end of this one listens to a further topic. */
  neighbourSubscribed(end: ConnectionEnd, topic: string): void
  /** Gossip has come in over an end that is open. */
  rumourArrived(end: ConnectionEnd, rumour: Rumour): void
  /** A request has come in over an end that is open; `pending` waits for its answer. */
  requestArrived(end: ConnectionEnd, request: PeerRequest, pending: PendingRequest): void
  /** A request of this owner waits no longer. */
  requestSettled(pending: PendingRequest): void
}

/** Gossip on its way to this end is an event of its own on the timeline, with the rumour as its value. */
export class ConnectionEnd implements TimelineEvent<Rumour> {
  // What each hop looks at comes first, so that it lies together.
  /** Both ends think that they are connected, so what is sent arrives. */
  isWhole = true
  readonly listener: number
  readonly owner: EndOwner
  far: ConnectionEnd = this
  /** From here to there. */
  readonly link: Link
  isOpen = true
  /** Who is at the other end. */
  readonly peer: PeerId
  /** Whether the connection was dialled from here. */
  readonly isDialler: boolean
  /** The receiver that was told of this connection. */
  announcedTo: NetworkReceiver | undefined = undefined
  /** Since when the keep-alive has been getting no answer. */
  silentSinceUs: number | undefined = undefined
  /** Gossip from this neighbour that was found to be false. */
  rejected = 0
  readonly #fabric: Fabric

  private constructor(fabric: Fabric, owner: EndOwner, peer: PeerId, isDialler: boolean) {
    this.#fabric = fabric
    this.owner = owner
    this.listener = owner.listener
    this.peer = peer
    this.isDialler = isDialler
    this.link = fabric.link(owner.self, peer)
  }

  /** Connects two owners. The first one dialled, and the first end is its. */
  static pair(
    fabric: Fabric,
    from: EndOwner,
    to: EndOwner,
  ): readonly [ConnectionEnd, ConnectionEnd] {
    const near = new ConnectionEnd(fabric, from, to.self, true)
    const far = new ConnectionEnd(fabric, to, from.self, false)
    near.far = far
    far.far = near
    return [near, far]
  }

  /** A rumour comes in. Most have been heard of before, and end here. */
  fire(rumour: Rumour): void {
    if (this.isWhole && !rumour.wasSeenBy(this.listener)) this.owner.rumourArrived(this, rumour)
  }

  /** Gives this end up. The other one learns of it by a flight, or later by its own timeout. */
  close(): void {
    if (!this.isOpen) return
    this.drop()
    this.announceClosed()
  }

  /** Tells the other end that this one is closed. */
  announceClosed(): void {
    const { far } = this
    const departure = this.#fabric.send(
      this.link,
      { kind: 'close', label: '', bytes: 0 },
      { fire: () => far.drop() },
    )
    if (departure !== 'sent') far.dropAfter(connectionTimeoutUs)
  }

  /** Gives this end up without a word to the other. */
  drop(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.isWhole = false
    this.far.isWhole = false
    this.owner.closed(this)
  }

  dropAfter(us: number): void {
    const { timeline } = this.#fabric
    timeline.at(timeline.nowUs + us, { fire: () => this.drop() })
  }
}

/** A question that waits: for an answer, its deadline, its asker's patience, or the end of the connection. */
export class PendingRequest implements TimelineEvent, OpenRequest {
  readonly #fabric: Fabric
  /** Over which it was sent. */
  readonly end: ConnectionEnd
  readonly #protocol: string
  readonly #deadline: TimelineEntry
  readonly #done: (outcome: Result<Uint8Array, NetworkFault>) => void
  /** When the outcome was known. */
  #settledUs: number | undefined = undefined
  /** The asker gave up. */
  isCancelled = false
  /** The peer has learned of that. */
  isReset = false
  /** Once the peer has sent one. */
  answer: AnswerFlight | undefined = undefined
  /** Where its owner keeps it. */
  place = 0

  constructor(
    fabric: Fabric,
    end: ConnectionEnd,
    { protocol, deadlineMs }: PeerRequest,
    done: (outcome: Result<Uint8Array, NetworkFault>) => void,
  ) {
    this.#fabric = fabric
    this.end = end
    this.#protocol = protocol
    this.#done = done
    const { timeline } = fabric
    const deadlineUs = Math.ceil(Math.max(0, deadlineMs) * 1_000)
    this.#deadline = timeline.at(timeline.nowUs + deadlineUs, this)
  }

  /** The deadline has passed. */
  fire(): void {
    this.settle(failed({ code: 'timeout', detail: `no answer from ${this.end.peer}` }))
  }

  /** The first outcome counts. Called from the timeline, so the asker may be told at once. */
  settle(outcome: Result<Uint8Array, NetworkFault>): void {
    if (this.#settledUs === undefined) this.#settle(outcome).fire()
  }

  progress(): AnswerProgress {
    const arrived = this.answer?.arrivedAt(this.#settledUs ?? this.#fabric.timeline.nowUs)
    if (arrived === undefined) return nothingYet
    const { msAt } = this.end.owner
    const { bytes, firstUs, lastUs } = arrived
    return { bytes, firstByteMs: msAt(firstUs), lastByteMs: msAt(lastUs) }
  }

  cancel(): void {
    if (this.#settledUs !== undefined) return
    this.isCancelled = true
    const { timeline } = this.#fabric
    const fault = { code: 'cancelled' as const, detail: 'nobody waits for it any more' }
    timeline.at(timeline.nowUs, this.#settle(failed(fault)))
    this.answer?.drop()
    if (!this.end.isWhole) return
    const cargo = { kind: 'cancel' as const, label: this.#protocol, bytes: 0 }
    const departure = this.#fabric.send(this.end.link, cargo, { fire: () => this.#reset() })
    if (departure === 'reset') this.end.close()
  }

  #reset(): void {
    this.isReset = true
    this.answer?.stop()
  }

  #settle(outcome: Result<Uint8Array, NetworkFault>): Delivery<Result<Uint8Array, NetworkFault>> {
    const { timeline } = this.#fabric
    this.#settledUs = timeline.nowUs
    timeline.cancel(this.#deadline)
    const { owner } = this.end
    owner.requestSettled(this)
    return new Delivery(owner.life, this.#done, outcome)
  }
}

const nothingYet: AnswerProgress = { bytes: 0, firstByteMs: undefined, lastByteMs: undefined }

/** What is asked about a request that failed at once. */
export const failedRequest: OpenRequest = {
  progress: () => nothingYet,
  cancel: () => undefined,
}
