/**
 * A connection as its two ends see it. They agree only after a flight: when one end closes, the other
 * learns of it a latency later, or by its keep-alive. What is in flight when an end closes is lost.
 */
import type { Millis } from '../src/base/units.ts'
import type { NetworkReceiver, PeerId } from '../src/kernel/environment.ts'
import type { Exchange } from './exchange.ts'
import type { Fabric } from './fabric.ts'
import type { Life } from './life.ts'
import type { LinkNumber } from './link.ts'
import type { Rumour } from './rumour.ts'
import type { TimelineEvent } from './timeline.ts'

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
  /** A peer's request has come in, over a connection that is open. */
  requestArrived(exchange: Exchange): void
  /** A request of this owner waits no longer. */
  requestSettled(exchange: Exchange): void
}

/** Gossip on its way to this end is an event of its own on the timeline, with the rumour as its value. */
export class ConnectionEnd implements TimelineEvent<Rumour> {
  // What each hop looks at comes first, so that it lies together.
  /** Both ends think that they are connected, so what is sent arrives. */
  isWhole = true
  readonly listener: number
  readonly owner: EndOwner
  far: ConnectionEnd = this
  /** What {@link listener} is to the far end, here so that a hop which changes nothing need not look there. */
  readonly farListener: number
  /** From here to there. */
  readonly link: LinkNumber
  isOpen = true
  /** It was closed in good order, and the far end may not know yet. */
  isParting = false
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
  /** Bytes that have left from here. What was lost on the way is among them. */
  outBytes = 0
  /** What the owner thinks of the peer. */
  conduct = 0
  isFavoured = false
  /** What the peer thinks of the owner, which only its own gossip knows in truth. */
  isFavouredThere = false
  readonly #fabric: Fabric

  private constructor(fabric: Fabric, owner: EndOwner, peer: EndOwner, isDialler: boolean) {
    this.#fabric = fabric
    this.owner = owner
    this.listener = owner.listener
    this.farListener = peer.listener
    this.peer = peer.self
    this.isDialler = isDialler
    this.link = fabric.link(owner.self, peer.self)
  }

  /** Connects two owners. The first one dialled, and the first end is its. */
  static pair(
    fabric: Fabric,
    from: EndOwner,
    to: EndOwner,
  ): readonly [ConnectionEnd, ConnectionEnd] {
    const near = new ConnectionEnd(fabric, from, to, true)
    const far = new ConnectionEnd(fabric, to, from, false)
    near.far = far
    far.far = near
    return [near, far]
  }

  /** A rumour comes in. Most have been heard of before, and end here. */
  fire(rumour: Rumour): void {
    if (rumour.wasSeenBy(this.listener)) return
    if (this.isWhole) this.owner.rumourArrived(this, rumour)
    else this.#fabric.miss(this.far.link, rumour.cargo, rumour.data)
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
    if (typeof departure === 'string') far.dropAfter(connectionTimeoutUs)
  }

  /** As {@link close}, in good order: what was sent before still arrives, since the close comes behind it. */
  part(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.isWhole = false
    this.isParting = true
    this.owner.closed(this)
    this.announceClosed()
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
