/**
 * Which strangers this node goes to meet. As many as are missing, three times over since most do not answer; each
 * in a neighbourhood where it knows nobody yet, until it knows sixteen. Every two minutes one address is tried
 * that is hearsay so far, so that the tried ones are many before they are needed.
 */
import type { Millis } from '../../base/units.ts'
import type { PeerId } from '../../kernel/environment.ts'
import { isSecondChoice, placeOf } from './place.ts'
import type { PeerRecord } from './roster.ts'
import type { PeerScene } from './scene.ts'
import { outboundWanted, seatOf, seatsOf } from './slots.ts'

/** Dials for each stranger that is missing. */
const overshoot = 3
const diverseNetgroups = 16
/** Kept addresses and anchors are dialled first, alone. */
const headStartMs = 3_000
const feelerEveryMs = 120_000
/** A burst asks for so many more, one in so long, and lasts so long after it was last asked for. */
const extraMax = 8
const extraPerBurst = 2
const extraEveryMs = 10_000
const burstMs = 60_000
/** So long after a burst, those that came by it and are too many are let go. */
const trimMs = 300_000
/** When a search finds nobody, the next one waits. */
const fruitlessMs = 5_000

export class Outbound {
  readonly #scene: PeerScene
  #feelerMs: Millis
  #searchMs: Millis
  #extra = 0
  #extraMs: Millis = -Infinity
  #burstMs: Millis = -Infinity

  constructor(scene: PeerScene, nowMs: Millis) {
    this.#scene = scene
    this.#feelerMs = nowMs + feelerEveryMs
    this.#searchMs = nowMs + headStartMs
  }

  /** More are wanted for a while: whom we know may keep something from us. False: not so soon again. */
  burst(nowMs: Millis): boolean {
    if (nowMs - this.#burstMs < extraEveryMs) return false
    if (nowMs - this.#burstMs > burstMs) this.#extra = 0
    this.#burstMs = nowMs
    this.#searchMs = nowMs
    this.#extra = Math.min(extraMax, this.#extra + extraPerBurst)
    return true
  }

  /** Whether the peer of a feeler stays, as one of those that are missing. */
  keepFeeler(record: PeerRecord): boolean {
    const { roster, options } = this.#scene
    const { connection, place } = record
    if (connection === undefined) return false
    if (!place.isLocal && this.#netgroups(record).has(place.netgroup)) return false
    // It counts already.
    if (seatsOf(roster.all()).outbound > outboundWanted(options)) return false
    roster.connect(record, { ...connection, purpose: 'stranger' })
    return true
  }

  /** Strangers wanted just now. */
  wanted(nowMs: Millis): number {
    const { options } = this.#scene
    const extra = nowMs - this.#burstMs <= burstMs ? this.#extra : 0
    return outboundWanted(options) + extra
  }

  /** Puts into the queue whom to dial. */
  plan(nowMs: Millis): void {
    const { roster, book, queue, options } = this.#scene
    book.resolveChallenges(nowMs)
    if (book.size === 0) return
    const basic = outboundWanted(options)
    const { outbound } = seatsOf(roster.all())
    const missing = this.wanted(nowMs) - outbound
    if (missing < 0) this.#trim(nowMs)
    // Enough have answered: those that wait need not be dialled.
    if (missing <= 0) queue.dropStrangers()
    if (missing > 0 && nowMs >= this.#searchMs) this.#fill(missing, outbound < basic, nowMs)
    if (nowMs >= this.#feelerMs) this.#feel(nowMs)
  }

  #fill(missing: number, isBasic: boolean, nowMs: Millis): void {
    const { queue, roster, options } = this.#scene
    // What a burst adds comes slowly.
    if (!isBasic && nowMs - this.#extraMs < extraEveryMs) return
    if (!isBasic) this.#extraMs = nowMs
    const room = options.peersMax - roster.connected - queue.underWay
    const dials = Math.min(isBasic ? overshoot * missing : 1, room) - queue.pending('stranger')
    for (let i = 0; i < dials; i += 1) {
      const address = this.#chooseStranger(nowMs)
      if (address === undefined) {
        this.#searchMs = nowMs + fruitlessMs
        return
      }
      if (!queue.want({ address, purpose: 'stranger' })) return
    }
  }

  /** After a burst, one of those too many goes from time to time: who has brought nothing new for longest. */
  #trim(nowMs: Millis): void {
    const isOver = nowMs - this.#burstMs > burstMs && nowMs - this.#burstMs < trimMs
    if (!isOver || nowMs - this.#extraMs < extraEveryMs) return
    this.#extraMs = nowMs
    const { roster, parts } = this.#scene
    const [last] = [...roster.all()]
      .filter(({ connection }) => connection?.purpose === 'stranger' && connection.isReady)
      .toSorted((a, b) => (a.announcedMs ?? -1) - (b.announcedMs ?? -1))
    if (last !== undefined)
      parts.context.send(parts.network, { kind: 'disconnect', peer: last.peer })
  }

  #chooseStranger(nowMs: Millis): string | undefined {
    const { book } = this.#scene
    const groups = this.#netgroups()
    return book.choose('either', nowMs, (address, peer, netgroup) => {
      const isFresh = !groups.has(netgroup) || groups.size >= diverseNetgroups
      return (isFresh || placeOf(address).isLocal) && this.#isFree(address, peer)
    })
  }

  /** Where this node has gone to by itself, or is about to. */
  #netgroups(except?: PeerRecord): ReadonlySet<string> {
    const { roster, queue } = this.#scene
    const groups = new Set<string>()
    for (const record of roster.all()) {
      if (record !== except && seatOf(record) === 'outbound') groups.add(record.place.netgroup)
    }
    for (const address of queue.strangers()) groups.add(placeOf(address).netgroup)
    return groups
  }

  #feel(nowMs: Millis): void {
    const { book, queue } = this.#scene
    this.#feelerMs = nowMs + feelerEveryMs
    const tested = book.addressToTest(nowMs)
    const address = tested ?? book.choose('new', nowMs, (found, peer) => this.#isFree(found, peer))
    if (address !== undefined) queue.want({ address, purpose: 'feeler' })
  }

  #isFree(address: string, peer: PeerId): boolean {
    const { roster, queue, parts } = this.#scene
    const isKnown = queue.isKept(address) || queue.isPending(address)
    if (isKnown || peer === parts.self) return false
    const record = roster.find(peer)
    const isAbsent = record?.connection === undefined && record?.ban === undefined
    return isAbsent && !this.#hasBetter(address, peer)
  }

  /** The peer has an address of first choice that nothing speaks against. */
  #hasBetter(address: string, peer: PeerId): boolean {
    if (!isSecondChoice(address)) return false
    const { book } = this.#scene
    return book.addressesOf(peer).some((each) => !isSecondChoice(each) && !book.hasFailed(each))
  }
}
