/**
 * Whom this node is connected to: dials the addresses it was given, again and again with growing
 * pauses, for ever; keeps the score of what peers did wrong; bans those that did too much of it, for
 * a while. Slowness, silence and disconnects are nobody's offence.
 *
 * Does not discover addresses by itself, and does not rank peers by speed (sync does what it needs).
 */
import type { Actor, Address, Context } from '../../kernel/actor.ts'
import type { PeerId, Timer } from '../../kernel/environment.ts'
import { committedOf } from '../../protocol/wire/status.ts'
import type { NetworkMessage } from '../network/messages.ts'
import { banMs, type Conduct, conductAfter, conductAt, isBannable } from './conduct.ts'
import type {
  Offence,
  PeerClass,
  PeerEvent,
  PeerMessage,
  PeerReport,
  ReadyPeer,
} from './messages.ts'

export interface PeerOptions {
  /** Where peers listen, in the network's own notation. */
  readonly addresses: readonly string[]
  readonly dialPauseMsMin: number
  readonly dialPauseMsMax: number
}

export interface PeerParts {
  readonly context: Context<PeerMessage, PeerEvent>
  readonly network: Address<NetworkMessage>
}

interface Known {
  class: PeerClass
  isConnected: boolean
  conduct: Conduct
  bans: number
  bannedUntilMs: number | undefined
  committedHeight: number | undefined
}

interface Dialled {
  pauseMs: number
  isDialling: boolean
  /** The next try, if one is waiting: never more than one, or pauses would be for nothing. */
  redial: Timer | undefined
  /** Undefined while nobody answers there. */
  peer: PeerId | undefined
}

const housekeepingMs = 15_000
const dialDeadlineMs = 15_000
/** Peers remembered; the longest known that are neither connected nor banned go first. */
const knownMax = 1_024

export class PeerActor implements Actor<PeerMessage> {
  readonly #parts: PeerParts
  readonly #options: PeerOptions
  readonly #known = new Map<PeerId, Known>()
  readonly #dialled = new Map<string, Dialled>()

  constructor(parts: PeerParts, options: PeerOptions) {
    this.#parts = parts
    this.#options = options
    const { context } = parts
    for (const address of options.addresses) {
      this.#dialled.set(address, {
        pauseMs: options.dialPauseMsMin,
        isDialling: false,
        redial: context.sendAfter(0, { kind: 'redial', address }),
        peer: undefined,
      })
    }
    // After a restart of this actor the network still knows who vouches for whom.
    context.send(parts.network, { kind: 'announce-peers' })
    context.sendAfter(housekeepingMs, { kind: 'housekeeping' })
  }

  receive(message: PeerMessage): void {
    switch (message.kind) {
      case 'peer-up':
        this.#entry(message.peer).isConnected = true
        return
      case 'peer-down':
        return this.#onDown(message.peer)
      case 'peer-status':
        return this.#onStatus(message.ready)
      case 'report-peer':
        return this.#report(message.peer, message.offence)
      case 'get-peers':
        return message.reply([...this.#known].map(([peer, known]) => this.#reportOf(peer, known)))
      case 'housekeeping':
        return this.#housekeeping()
      case 'redial':
        return this.#dial(message.address)
      default:
        return message satisfies never
    }
  }

  // ----- dialling -----

  #dial(address: string): void {
    const dialled = this.#dialled.get(address)
    if (dialled === undefined || dialled.isDialling) return
    dialled.isDialling = true
    dialled.redial = undefined
    const { context, network } = this.#parts
    const question = {
      to: network,
      deadlineMs: dialDeadlineMs,
      ask: (reply: DialReply): NetworkMessage => ({ kind: 'dial', address, reply }),
    }
    context.ask(question, (outcome) => {
      dialled.isDialling = false
      const answer = outcome.ok ? outcome.value : outcome
      if (answer.ok) {
        dialled.pauseMs = this.#options.dialPauseMsMin
        dialled.peer = answer.value
        this.#entry(answer.value).isConnected = true
        return
      }
      context.emit({ kind: 'dial-failed', address, code: answer.fault.code })
      this.#redialLater(address)
    })
  }

  /** Tries again after a pause that doubles up to its limit, with a fifth of it left to chance. */
  #redialLater(address: string): void {
    const dialled = this.#dialled.get(address)
    if (dialled === undefined) return
    dialled.peer = undefined
    if (dialled.redial !== undefined) return
    const { context } = this.#parts
    const { pauseMs } = dialled
    dialled.pauseMs = Math.min(pauseMs * 2, this.#options.dialPauseMsMax)
    const jitterMs = context.random.below(Math.max(1, Math.floor(pauseMs / 5)))
    dialled.redial = context.sendAfter(pauseMs + jitterMs, { kind: 'redial', address })
  }

  #onDown(peer: PeerId): void {
    this.#entry(peer).isConnected = false
    for (const [address, dialled] of this.#dialled) {
      if (dialled.peer === peer) this.#redialLater(address)
    }
  }

  // ----- conduct -----

  #onStatus({ peer, class: peerClass, status }: ReadyPeer): void {
    const known = this.#entry(peer)
    known.class = peerClass
    const committedHeight = committedOf(status).height
    known.committedHeight = committedHeight
    this.#parts.context.emit({ kind: 'peer-ready', peer, class: peerClass, committedHeight })
  }

  #report(peer: PeerId, offence: Offence): void {
    const { context } = this.#parts
    const known = this.#entry(peer)
    known.conduct = conductAfter(known.conduct, offence, context.now())
    context.emit({ kind: 'peer-reported', peer, offence, conduct: known.conduct.value })
    if (known.bannedUntilMs !== undefined || !isBannable(known.conduct, known.class)) return
    const forMs = banMs(known.bans)
    known.bans += 1
    known.bannedUntilMs = context.now() + forMs
    context.emit({ kind: 'peer-banned', peer, forMs })
    context.send(this.#parts.network, { kind: 'ban', peer, isBanned: true })
  }

  #housekeeping(): void {
    const { context, network } = this.#parts
    const nowMs = context.now()
    for (const [peer, known] of this.#known) {
      if (known.bannedUntilMs === undefined || known.bannedUntilMs > nowMs) continue
      known.bannedUntilMs = undefined
      known.conduct = { value: 0, atMs: nowMs }
      context.emit({ kind: 'peer-unbanned', peer })
      context.send(network, { kind: 'ban', peer, isBanned: false })
    }
    // Dialling a connected peer does nothing; and no lost message can leave an address undialled.
    for (const [address, { redial }] of this.#dialled) if (redial === undefined) this.#dial(address)
    context.sendAfter(housekeepingMs, { kind: 'housekeeping' })
  }

  #entry(peer: PeerId): Known {
    const known = this.#known.get(peer)
    if (known !== undefined) return known
    if (this.#known.size >= knownMax) this.#forgetOne()
    const conduct = { value: 0, atMs: this.#parts.context.now() }
    const fresh: Known = {
      class: 'regular',
      isConnected: false,
      conduct,
      bans: 0,
      bannedUntilMs: undefined,
      committedHeight: undefined,
    }
    this.#known.set(peer, fresh)
    return fresh
  }

  #forgetOne(): void {
    for (const [peer, known] of this.#known) {
      if (known.isConnected || known.bannedUntilMs !== undefined) continue
      this.#known.delete(peer)
      return
    }
  }

  #reportOf(peer: PeerId, known: Known): PeerReport {
    const { class: peerClass, isConnected, committedHeight } = known
    const conduct = conductAt(known.conduct, this.#parts.context.now())
    const isBanned = known.bannedUntilMs !== undefined
    const addresses = [...this.#dialled].flatMap(([address, dialled]) =>
      dialled.peer === peer ? [address] : [],
    )
    const report = { peer, class: peerClass, isConnected, conduct, isBanned, committedHeight }
    return addresses.length === 0 ? report : { ...report, addresses }
  }
}

type DialReply = Extract<NetworkMessage, { kind: 'dial' }>['reply']
