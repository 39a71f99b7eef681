/** Dials: takes from the queue what is due, hears what came of it, and tells the book. */
import { failed, ok, type Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type { AskFault, Reply } from '../../kernel/actor.ts'
import type { NetworkFault, PeerId, Timer } from '../../kernel/environment.ts'
import type { NetworkMessage } from '../network/messages.ts'
import type { Dial } from './dialling.ts'
import type { Doorkeeper } from './doorkeeper.ts'
import type { ConnectFault } from './messages.ts'
import { peerIn } from './place.ts'
import { keepAddress, type PeerScene } from './scene.ts'

type Dialled = Result<PeerId, ConnectFault>

/** Operators that wait for their dials. */
const operatorsMax = 64

export class Connector {
  readonly #scene: PeerScene
  readonly #door: Doorkeeper
  /** Who wants to know what comes of a dial. */
  readonly #askers = new Map<string, Reply<Dialled>>()
  #timer: Timer | undefined

  constructor(scene: PeerScene, door: Doorkeeper) {
    this.#scene = scene
    this.#door = door
  }

  /** Dials what is due, and wakes when the next one is. */
  pump(): void {
    const { queue, parts } = this.#scene
    const { context } = parts
    const nowMs = context.now()
    const isNeeded = (address: string): boolean => this.#isNeeded(address)
    let dial = queue.next(nowMs, isNeeded)
    while (dial !== undefined) {
      this.#dial(dial, nowMs)
      dial = queue.next(nowMs, isNeeded)
    }
    this.#settleAskers()
    if (this.#timer !== undefined) context.cancel(this.#timer)
    const dueMs = queue.nextDueMs(nowMs, isNeeded)
    this.#timer = dueMs === undefined ? undefined : this.#wakeAt(dueMs, nowMs)
  }

  /** By an operator's word. */
  connect(address: string, isKept: boolean, reply: Reply<Dialled>): void {
    const { queue, roster } = this.#scene
    const peer = peerIn(address)
    if (peer === undefined) {
      return reply(failed({ code: 'no-peer-id', detail: `${address} names no peer` }))
    }
    if (roster.find(peer)?.ban !== undefined || peer === this.#scene.parts.self) {
      return reply(failed({ code: 'refused', detail: 'it is banned, or this node itself' }))
    }
    if (isKept) keepAddress(this.#scene, address)
    if (roster.find(peer)?.connection !== undefined) return reply(ok(peer))
    if (this.#askers.size >= operatorsMax || !queue.want({ address, purpose: 'operator' })) {
      return reply(failed({ code: 'too-many', detail: 'too many dials wait already' }))
    }
    this.#askers.set(address, reply)
    queue.hastenOne(address, this.#scene.parts.context.now())
    this.pump()
  }

  /** The peer is lost: where it was kept, it is dialled again soon. */
  lost(peer: PeerId): void {
    const { queue, keptPeers, parts } = this.#scene
    if (!keptPeers.has(peer)) return
    for (const address of queue.kept) {
      if (peerIn(address) === peer) queue.lost(address, parts.context.now())
    }
    this.pump()
  }

  /** Answers those whose peer has come another way, or cannot be dialled any more. */
  #settleAskers(): void {
    const { queue, roster } = this.#scene
    for (const [address, reply] of this.#askers) {
      const peer = peerIn(address) ?? ''
      const isThere = roster.find(peer)?.connection !== undefined
      if (!isThere && (queue.isPending(address) || queue.isKept(address))) continue
      this.#askers.delete(address)
      reply(isThere ? ok(peer) : failed({ code: 'refused', detail: 'it is not dialled any more' }))
    }
  }

  #wakeAt(dueMs: Millis, nowMs: Millis): Timer {
    return this.#scene.parts.context.after(dueMs - nowMs, () => {
      this.#timer = undefined
      this.pump()
    })
  }

  /** Not who is connected, who is banned, who said that there is no use in it, or this node itself. */
  #isNeeded(address: string): boolean {
    const { parts, roster } = this.#scene
    const peer = peerIn(address)
    if (peer === parts.self) return false
    const record = peer === undefined ? undefined : roster.find(peer)
    const isClosed = parts.context.now() < (record?.closedUntilMs ?? 0)
    // Whoever asks for it by hand knows better.
    if (isClosed && !this.#askers.has(address)) return false
    return record?.connection === undefined && record?.ban === undefined
  }

  #dial(dial: Dial, nowMs: Millis): void {
    const { book, parts, options } = this.#scene
    const { address } = dial
    book.attempted(address, nowMs)
    const question = {
      to: parts.network,
      deadlineMs: options.dialDeadlineMs,
      ask: (reply: (outcome: Result<PeerId, NetworkFault>) => void): NetworkMessage => ({
        kind: 'dial',
        address,
        reply,
      }),
    }
    parts.context.ask(question, (outcome) => {
      this.#ended(dial, outcome.ok ? outcome.value : failed(unanswered(outcome.fault)))
    })
  }

  #ended({ address, purpose }: Dial, answer: Result<PeerId, NetworkFault>): void {
    const { queue, book, parts } = this.#scene
    const { context } = parts
    queue.ended(address, answer.ok, context.now())
    if (answer.ok) {
      const dialledFor = purpose === 'operator' ? 'stranger' : purpose
      this.#door.arrived({ peer: answer.value, address, isDialled: true }, dialledFor)
    } else {
      if (answer.fault.code !== 'cancelled') book.failed(address, context.now())
      context.emit({ kind: 'dial-failed', address, code: answer.fault.code })
    }
    this.#askers.get(address)?.(answer)
    this.#askers.delete(address)
    this.pump()
  }
}

/** A restart of this node's own network says nothing of the address. */
function unanswered({ code }: AskFault): NetworkFault {
  return { code: code === 'ended' ? 'cancelled' : code, detail: 'no answer' }
}
