/**
 * Connecting: one flight there, one back. Whoever is dialled decides when the first arrives, whoever
 * dialled concludes when the second does; a dial without an answer ends by its timeout.
 */
import { failed, ok, type Result } from '../src/base/result.ts'
import type { NetworkFault, PeerId } from '../src/kernel/environment.ts'
import { ConnectionEnd, connectionTimeoutUs, type EndOwner } from './connection.ts'
import type { Fabric } from './fabric.ts'
import { Delivery } from './life.ts'
import type { TimelineEntry, TimelineEvent } from './timeline.ts'

/** About the size of a handshake. */
const handshakeBytes = 200

/** What a dial needs of either side. */
export interface Dialable extends EndOwner {
  /** A receiver has been named, and the process lives. */
  readonly isListening: boolean
  refuses(peer: PeerId): boolean
  endTo(peer: PeerId): ConnectionEnd | undefined
  /** A connection has come about; its receiver is told later. */
  connected(end: ConnectionEnd): void
}

/** Who is where. */
export interface Directory {
  /** The host at a place, or undefined if there is none. Its port is undefined while it is down. */
  find(place: string): Place | undefined
}

export interface Place {
  readonly name: PeerId
  readonly port: Dialable | undefined
}

/** Whom somebody wants to reach, and who is there. */
export interface Target {
  readonly peer: PeerId
  readonly there: Place
}

/** One attempt to connect. Must not be begun towards a peer that is connected. */
export class Dial implements TimelineEvent {
  readonly #fabric: Fabric
  readonly #from: Dialable
  readonly #place: Place
  /** Who should be there. */
  readonly #peer: PeerId
  readonly #done: (outcome: Result<PeerId, NetworkFault>) => void
  readonly #deadline: TimelineEntry
  #isSettled = false

  constructor(
    fabric: Fabric,
    from: Dialable,
    { peer, there }: Target,
    done: (outcome: Result<PeerId, NetworkFault>) => void,
  ) {
    this.#fabric = fabric
    this.#from = from
    this.#place = there
    this.#peer = peer
    this.#done = done
    const { timeline } = fabric
    this.#deadline = timeline.at(timeline.nowUs + connectionTimeoutUs, this)
    this.#fly(from.self, there.name, 'dial', () => this.#arrive())
  }

  /** The deadline has passed. */
  fire(): void {
    this.#settle(failed({ code: 'timeout', detail: `${this.#place.name} is silent` }))
  }

  #arrive(): void {
    const there = this.#place.port
    // Nobody is there to accept: the machine itself refuses.
    if (there === undefined || !there.isListening) return this.#answer(undefined)
    there.life.enter({
      fire: () => this.#answer(there.refuses(this.#from.self) ? undefined : there),
    })
  }

  #answer(there: Dialable | undefined): void {
    const { name } = this.#place
    this.#fly(name, this.#from.self, 'accept', () =>
      this.#from.life.enter({ fire: () => this.#conclude(there) }),
    )
  }

  #conclude(there: Dialable | undefined): void {
    if (this.#isSettled) return
    const { name } = this.#place
    const isWilling = there?.isListening === true && !there.refuses(this.#from.self)
    if (there === undefined || !isWilling || this.#from.refuses(name)) {
      return this.#settle(failed({ code: 'refused', detail: `${name} does not listen` }))
    }
    if (name !== this.#peer) {
      const detail = `${name} is where ${this.#peer} should be`
      return this.#settle(failed({ code: 'unreachable', detail }))
    }
    connect(this.#fabric, this.#from, there)
    this.#settle(ok(name))
  }

  #settle(outcome: Result<PeerId, NetworkFault>): void {
    if (this.#isSettled) return
    this.#isSettled = true
    const { timeline } = this.#fabric
    timeline.cancel(this.#deadline)
    // An event of its own, behind the news of the connection.
    timeline.at(timeline.nowUs, new Delivery(this.#from.life, this.#done, outcome))
  }

  #fly(from: string, to: string, kind: 'dial' | 'accept', arrive: () => void): void {
    const cargo = { kind, label: '', bytes: handshakeBytes }
    const departure = this.#fabric.send(this.#fabric.link(from, to), cargo, { fire: arrive })
    if (departure !== 'reset') return
    this.#settle(failed({ code: 'refused', detail: `the way to ${this.#place.name} is refused` }))
  }
}

/** Connects two hosts, unless another dial was quicker. What is left of an old connection goes first. */
function connect(fabric: Fabric, from: Dialable, to: Dialable): void {
  const known = from.endTo(to.self)
  if (known?.isWhole === true) return
  known?.drop()
  to.endTo(from.self)?.drop()
  const [near, far] = ConnectionEnd.pair(fabric, from, to)
  from.connected(near)
  to.connected(far)
}
