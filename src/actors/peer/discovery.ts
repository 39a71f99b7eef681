/**
 * Learns of further peers, and tells of them. A peer is asked when it is new, and now and then while the book is
 * small; each is asked once an hour and gives at most 250 addresses, so no single one can fill the book. Among few
 * there is nothing to hide and nothing to fill: there it is once a minute, and everybody finds everybody.
 */
import type { Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type { PeerId } from '../../kernel/environment.ts'
import { addressesMax } from '../../protocol/wire/addresses.ts'
import type { NetworkMessage, PeerFault } from '../network/messages.ts'
import { isTellable, peerIn, placeOf } from './place.ts'
import type { PeerRecord } from './roster.ts'
import type { PeerScene } from './scene.ts'

/** The same peer is asked, and answered, once in so long; and while the book here is small. */
const everyPeerMs = 3_600_000
const everyPeerSmallMs = 60_000
const askDeadlineMs = 5_000
/** The source of what the network finds by itself. No neighbourhood has this name. */
const foundSource = 'found'
const localPlace = placeOf('/ip4/127.0.0.1')
/** With as many addresses, nobody is asked any more without a reason. */
const bookEnough = 1_000
const bookSmall = 256

export class Discovery {
  readonly #scene: PeerScene
  #askedMs: Millis
  #sample: readonly string[] = []
  #sampledMs: Millis = -Infinity

  constructor(scene: PeerScene) {
    this.#scene = scene
    this.#askedMs = scene.parts.context.now()
  }

  /** Notes where a ready peer can be found, and asks it whom it knows. */
  met(record: PeerRecord): void {
    const { connection, peer } = record
    if (connection === undefined) return
    const { book, parts } = this.#scene
    const nowMs = parts.context.now()
    const { address, place, purpose } = connection
    // Where an inbound peer can be dialled is its own claim, if it makes one.
    if (peerIn(address) === peer) {
      book.add(address, place.netgroup, nowMs)
      if (purpose !== 'inbound') book.succeeded(address, nowMs)
    }
    if (purpose !== 'inbound') this.#ask(record, nowMs)
  }

  tick(nowMs: Millis): void {
    const { book, options, roster, parts } = this.#scene
    if (book.size >= bookEnough || nowMs - this.#askedMs < options.discoveryMs) return
    this.#askedMs = nowMs
    const ready = [...roster.all()].filter((record) => {
      return record.connection?.isReady === true && this.#mayAsk(record, nowMs)
    })
    const chosen = ready[ready.length === 0 ? 0 : parts.context.random.below(ready.length)]
    if (chosen !== undefined) this.#ask(chosen, nowMs)
  }

  /**
   * Notes what the network has found by itself. All of that has one source, whoever said it to the network: so it
   * reaches no more of the book than one neighbourhood does.
   */
  found(address: string): void {
    const { book, parts } = this.#scene
    const { context, self } = parts
    // What is local is told by the network only to those who are there.
    if (!isTellable(address, localPlace) || peerIn(address) === self) return
    const isKnown = book.has(address)
    const isKept = book.add(address, foundSource, context.now())
    if (!isKnown) context.emit({ kind: 'address-found', address, isKept })
  }

  /** What this node tells `from`; undefined if it has been told lately. */
  tell(from: PeerId, countMax: number): readonly string[] | undefined {
    const { roster, parts } = this.#scene
    const record = roster.find(from)
    const nowMs = parts.context.now()
    if (record?.connection?.isReady !== true) return undefined
    const { gaveAddressesMs, place } = record
    if (gaveAddressesMs !== undefined && nowMs - gaveAddressesMs < this.#everyPeerMs)
      return undefined
    record.gaveAddressesMs = nowMs
    return this.#sampleAt(nowMs)
      .filter((address) => peerIn(address) !== from && isTellable(address, place))
      .slice(0, countMax)
  }

  /** The same for everybody for an hour, so that asking under many names gains nothing; unless the book is small. */
  #sampleAt(nowMs: Millis): readonly string[] {
    const { book } = this.#scene
    const isSmall = book.size < bookSmall
    if (isSmall || nowMs - this.#sampledMs >= everyPeerMs) {
      this.#sample = book.tellable(addressesMax, nowMs)
      this.#sampledMs = isSmall ? -Infinity : nowMs
    }
    return this.#sample
  }

  get #everyPeerMs(): Millis {
    return this.#scene.book.size < bookSmall ? everyPeerSmallMs : everyPeerMs
  }

  #mayAsk({ askedAddressesMs }: PeerRecord, nowMs: Millis): boolean {
    return askedAddressesMs === undefined || nowMs - askedAddressesMs >= this.#everyPeerMs
  }

  #ask(record: PeerRecord, nowMs: Millis): void {
    if (!this.#mayAsk(record, nowMs)) return
    record.askedAddressesMs = nowMs
    const { context, network } = this.#scene.parts
    const { peer } = record
    const question = {
      to: network,
      deadlineMs: askDeadlineMs,
      ask: (reply: (outcome: Told) => void): NetworkMessage => ({
        kind: 'fetch-addresses',
        peer,
        countMax: addressesMax,
        reply,
      }),
    }
    context.ask(question, (outcome) => {
      if (outcome.ok && outcome.value.ok) this.#learn(record, outcome.value.value)
    })
  }

  #learn({ peer, place }: PeerRecord, addresses: readonly string[]): void {
    const { book, parts } = this.#scene
    const { context, self } = parts
    const nowMs = context.now()
    const sound = addresses
      .slice(0, addressesMax)
      .filter((address) => isTellable(address, place) && peerIn(address) !== self)
    const added = sound.filter((address) => book.add(address, place.netgroup, nowMs)).length
    context.emit({ kind: 'addresses-learned', peer, told: addresses.length, added })
  }
}

type Told = Result<readonly string[], PeerFault>
