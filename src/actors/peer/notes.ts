/**
 * Keeps what is known of peers over a restart: where they are after half a minute and then every five, or half a minute
 * after the last time if half as many again are known by then; how they behaved as soon as a ban has changed; both once more
 * when the node stops in good order. What cannot be read is begun anew, and said so.
 */
import type { Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type { StorageFault, StorageMessage } from '../storage/messages.ts'
import { AddressBook } from './book/address-book.ts'
import { Placement } from './book/placement.ts'
import { shunAt } from './conduct.ts'
import { isMarked, type Judge } from './judge.ts'
import { isKeepable, placeOf } from './place.ts'
import {
  anchorsMax,
  decodeMarks,
  decodePlaces,
  encodeMarks,
  encodePlaces,
  federationAddressesMax,
  type MarkedPeer,
  type Moment,
  markedMax,
  type PlacesNote,
} from './record-codec.ts'
import { conductOf, keepAddress, type PeerScene } from './scene.ts'

type Name = 'peer-places' | 'peer-marks'
type Loaded = Result<Uint8Array | undefined, StorageFault>

const loadDeadlineMs = 5_000
const loadTriesMax = 3
const keepDeadlineMs = 5_000
const keepPlacesEveryMs = 300_000
const firstPlacesMs = 30_000
const grownPlacesMs = 30_000

export class Notes {
  readonly #scene: PeerScene
  readonly #judge: Judge
  /** From earlier lives, to stand in for those of this one. */
  #anchors: readonly string[] = []
  #arePlacesKnown = false
  #areMarksKnown = false
  #placesMs: Millis
  /** Addresses in the note on the disk. */
  #keptSize = 0
  /** Who waits for the bans to be on the disk: for the write under way, and for the one after it. */
  #writing: (() => void)[] | undefined
  #next: (() => void)[] | undefined

  constructor(scene: PeerScene, judge: Judge) {
    this.#scene = scene
    this.#judge = judge
    // What a new node learns first is kept soon: without it, it would know one address again.
    this.#placesMs = scene.parts.context.now() + firstPlacesMs - keepPlacesEveryMs
  }

  /** Good strangers, to be met again before others. */
  get anchors(): readonly string[] {
    return this.#anchors
  }

  /** Reads what was kept, one note after the other. Until then nothing is written over it. */
  recall(done: () => void): void {
    this.#load('peer-marks', 1, (bytes) => {
      const marks = bytes === undefined ? [] : this.#readMarks(bytes)
      this.#areMarksKnown = true
      if (this.#next !== undefined) this.#writeMarks()
      this.#load('peer-places', 1, (found) => {
        if (found !== undefined) this.#readPlaces(found)
        this.#arePlacesKnown = true
        const { book, parts } = this.#scene
        this.#keptSize = book.size
        const [addresses, peers, bans] = [book.size, marks.length, this.#judge.bans]
        if (addresses + peers > 0) {
          parts.context.emit({ kind: 'peers-recalled', addresses, peers, bans })
        }
        done()
      })
    })
  }

  /** Writes the marks soon: now, or after the write that is under way. */
  keepMarks(done: () => void): void {
    this.#next = [...(this.#next ?? []), done]
    if (this.#writing === undefined && this.#areMarksKnown) this.#writeMarks()
  }

  tick(nowMs: Millis): void {
    if (!this.#arePlacesKnown || nowMs - this.#placesMs < this.#pauseMs) return
    this.#placesMs = nowMs
    this.#keptSize = this.#scene.book.size
    this.#keep('peer-places', this.#placesBytes(), () => undefined)
    this.keepMarks(() => undefined)
  }

  get #pauseMs(): Millis {
    return 2 * this.#scene.book.size > 3 * this.#keptSize ? grownPlacesMs : keepPlacesEveryMs
  }

  /** At an orderly stop. Nobody waits for an answer. */
  stop(): void {
    const { context, storage } = this.#scene.parts
    const send = (name: Name, bytes: Uint8Array): void => {
      context.send(storage, { kind: 'keep-note', name, bytes, reply: () => undefined })
    }
    if (this.#arePlacesKnown) send('peer-places', this.#placesBytes())
    if (this.#areMarksKnown) send('peer-marks', encodeMarks(this.#marked(), this.#moment()))
  }

  // ----- writing -----

  #writeMarks(): void {
    const waiting = this.#next ?? []
    this.#writing = waiting
    this.#next = undefined
    this.#keep('peer-marks', encodeMarks(this.#marked(), this.#moment()), () => {
      this.#writing = undefined
      for (const done of waiting) done()
      if (this.#next !== undefined) this.#writeMarks()
    })
  }

  /** A disk that fails is told of by the storage actor; the next write may do better. */
  #keep(name: Name, bytes: Uint8Array, done: () => void): void {
    const { context, storage } = this.#scene.parts
    const question = {
      to: storage,
      deadlineMs: keepDeadlineMs,
      isRepeatable: true,
      ask: (reply: (outcome: Result<undefined, StorageFault>) => void): StorageMessage => ({
        kind: 'keep-note',
        name,
        bytes,
        reply,
      }),
    }
    context.ask(question, done)
  }

  #marked(): readonly MarkedPeer[] {
    const nowMs = this.#scene.parts.context.now()
    const marked = [...this.#scene.roster.all()].filter((each) => {
      return isMarked(this.#scene, each, nowMs)
    })
    // Those seen last stand last, and bans matter most.
    const bans = marked.filter(({ ban }) => ban !== undefined)
    const others = marked.filter(({ ban }) => ban === undefined)
    return [...others, ...bans].slice(-markedMax)
  }

  #placesBytes(): Uint8Array {
    const { placement, book, roster, queue } = this.#scene
    const federation = [...roster.all()].flatMap((record) => {
      const { connection, class: peerClass, address } = record
      const isDialled = connection?.purpose === 'kept' && queue.isKept(address)
      return peerClass === 'federation' && isDialled && isKeepable(address) ? [address] : []
    })
    const note: PlacesNote = {
      secret: placement.secret,
      addresses: book.facts(),
      anchors: this.#chooseAnchors(),
      federation: federation.slice(0, federationAddressesMax),
    }
    return encodePlaces(note, this.#moment())
  }

  /** Good strangers that this node dialled itself, longest connected first, each of another neighbourhood. */
  #chooseAnchors(): readonly string[] {
    const { roster, parts } = this.#scene
    const nowMs = parts.context.now()
    const good = [...roster.all()].flatMap((record) => {
      const { connection } = record
      const isOwn = connection?.purpose === 'stranger' || connection?.purpose === 'anchor'
      if (connection === undefined || !isOwn || !connection.isReady) return []
      if (!isKeepable(connection.address)) return []
      return conductOf(this.#scene, record, nowMs) > shunAt ? [connection] : []
    })
    const oldest = good.toSorted((a, b) => a.sinceMs - b.sinceMs).map(({ address }) => address)
    const chosen = new Map<string, string>()
    for (const address of [...oldest, ...this.#anchors]) {
      const { netgroup } = placeOf(address)
      if (chosen.size < anchorsMax && !chosen.has(netgroup)) chosen.set(netgroup, address)
    }
    this.#anchors = [...chosen.values()]
    return this.#anchors
  }

  // ----- reading -----

  /** A disk that is in trouble may answer the next time; a note that is damaged never does. */
  #load(name: Name, tries: number, done: (bytes: Uint8Array | undefined) => void): void {
    const { context, storage } = this.#scene.parts
    const question = {
      to: storage,
      deadlineMs: loadDeadlineMs,
      isRepeatable: true,
      ask: (reply: (outcome: Loaded) => void): StorageMessage => ({
        kind: 'load-note',
        name,
        reply,
      }),
    }
    context.ask(question, (outcome) => {
      const loaded = outcome.ok ? outcome.value : outcome
      if (loaded.ok) return done(loaded.value)
      const { code } = loaded.fault
      const isFinal = code === 'corrupt' || tries >= loadTriesMax
      if (!isFinal) return this.#load(name, tries + 1, done)
      this.#forgotten(name, code, 'detail' in loaded.fault ? loaded.fault.detail : 'no answer')
      done(undefined)
    })
  }

  #readMarks(bytes: Uint8Array): readonly MarkedPeer[] {
    const { roster } = this.#scene
    const moment = this.#moment()
    const decoded = decodeMarks(bytes, moment)
    if (!decoded.ok) {
      this.#forgotten('peer-marks', decoded.fault.code, decoded.fault.field)
      return []
    }
    for (const { peer, address, conduct, history, ban } of decoded.value) {
      const record = roster.meet(peer, moment.nowMs)
      // Whatever happened in this life already is the newer truth.
      if (record.connection === undefined)
        Object.assign(record, { address, place: placeOf(address) })
      if (record.conduct.value === 0) record.conduct = conduct
      record.history = history
      if (ban !== undefined && record.ban === undefined) this.#judge.recall(record, ban)
    }
    return decoded.value
  }

  #readPlaces(bytes: Uint8Array): void {
    const scene = this.#scene
    const { context } = scene.parts
    const moment = this.#moment()
    const decoded = decodePlaces(bytes, moment)
    if (!decoded.ok) return this.#forgotten('peer-places', decoded.fault.code, decoded.fault.field)
    const { secret, addresses, anchors, federation } = decoded.value
    const before = scene.book
    scene.placement = new Placement(secret)
    scene.book = new AddressBook(scene.placement, context.random)
    for (const facts of [...addresses, ...before.facts()]) scene.book.restore(facts, moment.nowMs)
    this.#anchors = anchors
    for (const address of anchors) scene.queue.want({ address, purpose: 'anchor' })
    for (const address of federation) keepAddress(scene, address)
  }

  #forgotten(note: Name, code: string, detail: string): void {
    this.#scene.parts.context.emit({ kind: 'peers-forgotten', note, code, detail })
  }

  #moment(): Moment {
    const { context } = this.#scene.parts
    return { nowMs: context.now(), wallMs: context.wall() }
  }
}
