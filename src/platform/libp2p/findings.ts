/**
 * Which of the addresses that this network has found are worth telling. Whoever is asked may answer with anything:
 * so each source is heard to a limit, all of them together to another, and nobody may send this node to its own
 * house but one who lives there.
 */
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Reach } from '../../base/ip.ts'
import type { PeerId } from '../../kernel/environment.ts'
import { tokenBuckets } from '../token-bucket.ts'
import { ipOf, isDirect, isQuic, isWithin, tcpFirst, withoutPeer } from './multiaddrs.ts'

/** Of one answer. Kademlia's own bound. */
const peersPerAnswerMax = 20
const addressesPerPeerMax = 4
/** From one source in ten minutes. */
const perSourceMax = 128
const perSourceMs = 600_000
/** From all of them in a minute. */
const totalMax = 512
const totalMs = 60_000
/** An address is not told again in so long, and of so many it is known. */
const againMs = 3_600_000
const rememberedMax = 4_096

/** Who has told: a peer, or a means. `reach`: from how near it is seen; undefined where there is no nearness. */
export interface Source {
  readonly name: string
  readonly reach: Reach | undefined
}

export interface Finding {
  readonly id: { toString(): string }
  readonly multiaddrs: readonly Multiaddr[]
}

export interface FindingsOptions {
  readonly self: PeerId
  /** Whether addresses of QUIC can be dialled here. */
  readonly hasQuic: boolean
  /** Monotonic milliseconds. */
  readonly now: () => number
}

export class Findings {
  readonly #options: FindingsOptions
  readonly #fromSource = tokenBuckets(perSourceMax)
  readonly #fromAll = tokenBuckets(totalMax)
  /** When each was told, the oldest first. */
  readonly #told = new Map<string, number>()

  constructor(options: FindingsOptions) {
    this.#options = options
  }

  /** What of an answer is to be told: full addresses, each with its peer id. */
  sift(source: Source, answer: readonly Finding[]): readonly string[] {
    const nowMs = this.#options.now()
    return answer.slice(0, peersPerAnswerMax).flatMap((finding) => {
      return this.#addresses(source, finding).filter((text) => this.#take(text, source, nowMs))
    })
  }

  #addresses(source: Source, { id, multiaddrs }: Finding): readonly string[] {
    const { self, hasQuic } = this.#options
    const peer = id.toString()
    if (peer === self) return []
    const usable = multiaddrs.slice(0, 4 * addressesPerPeerMax).filter((address) => {
      const isNear = isWithin(address, source.reach)
      // What is on no network of IP comes only from there.
      const isSameKind = (ipOf(address) === undefined) === (source.reach === undefined)
      return isNear && isSameKind && isDirect(address) && (hasQuic || !isQuic(address))
    })
    return tcpFirst(usable)
      .slice(0, addressesPerPeerMax)
      .map((address) => `${withoutPeer(address)}/p2p/${peer}`)
  }

  #take(text: string, { name }: Source, nowMs: number): boolean {
    const toldMs = this.#told.get(text)
    if (toldMs !== undefined && nowMs - toldMs < againMs) return false
    // A bucket fills in a second of its own clock, which here goes slowly.
    if (!this.#fromSource(name, 1, (nowMs * 1_000) / perSourceMs)) return false
    if (!this.#fromAll('all', 1, (nowMs * 1_000) / totalMs)) return false
    this.#told.delete(text)
    this.#told.set(text, nowMs)
    const [oldest] = this.#told.keys()
    if (oldest !== undefined && this.#told.size > rememberedMax) this.#told.delete(oldest)
    return true
  }
}
