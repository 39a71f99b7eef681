/**
 * How members find one another. Each shall be connected to every other, so that votes reach them in one hop, and the
 * configuration of one need not name them all: while a member misses somebody, it asks those that it has where the
 * others are, looks for those that were lost, and dials them before any stranger. Only a federation peer is told, and only it is asked, so strangers
 * neither learn where members are nor have members dial whom they like.
 */
import type { Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type { PeerId } from '../../kernel/environment.ts'
import type { NetworkMessage, PeerFault } from '../network/messages.ts'
import { isTellable, peerIn } from './place.ts'
import type { PeerRecord } from './roster.ts'
import type { PeerScene } from './scene.ts'

/** One is asked in so long; and one is told in so long. */
const askEveryMs: Millis = 10_000
const tellEveryMs: Millis = 5_000
const askDeadlineMs: Millis = 5_000
/** Addresses that are asked for. A committee of more members meets bit by bit. */
const countWanted = 64

export class Reunion {
  readonly #scene: PeerScene
  #askedMs: Millis = -Infinity

  constructor(scene: PeerScene) {
    this.#scene = scene
  }

  /** Somebody is missing. Nodes that only follow miss nobody: they hear of votes all the same. */
  tick(nowMs: Millis): void {
    const { committee, context } = this.#scene.parts
    if (committee.own === undefined || nowMs - this.#askedMs < askEveryMs) return
    this.#askedMs = nowMs
    this.#seekLost()
    const present = this.#present()
    const chosen = present[present.length === 0 ? 0 : context.random.below(present.length)]
    if (chosen !== undefined) this.#ask(chosen)
  }

  /** Who was here is looked for where it was: one that always dialled this node may have forgotten it. */
  #seekLost(): void {
    for (const { class: peerClass, connection, address } of this.#scene.roster.all()) {
      if (peerClass === 'federation' && connection === undefined) this.#want(address)
    }
  }

  /** Where the federation peers are that this node is connected to; undefined if that is nothing for `from`. */
  tell(from: PeerId, countMax: number): readonly string[] | undefined {
    const { roster, parts } = this.#scene
    const record = roster.find(from)
    const nowMs = parts.context.now()
    if (record?.class !== 'federation' || record.connection?.isReady !== true) return undefined
    if (nowMs - (record.toldMembersMs ?? -Infinity) < tellEveryMs) return undefined
    record.toldMembersMs = nowMs
    return this.#present()
      .flatMap(({ peer, address }) => (peerIn(address) === peer && peer !== from ? [address] : []))
      .filter((address) => isTellable(address, record.place))
      .slice(0, countMax)
  }

  /** Federation peers that are connected and have proven to be. */
  #present(): readonly PeerRecord[] {
    return [...this.#scene.roster.all()].filter((record) => {
      return record.class === 'federation' && record.connection?.isReady === true
    })
  }

  #ask({ peer, place }: PeerRecord): void {
    const { context, network } = this.#scene.parts
    const question = {
      to: network,
      deadlineMs: askDeadlineMs,
      ask: (reply: (outcome: Told) => void): NetworkMessage => ({
        ...{ kind: 'fetch-addresses', peer, countMax: countWanted, of: 'federation', reply },
      }),
    }
    context.ask(question, (outcome) => {
      if (!outcome.ok || !outcome.value.ok) return
      const told = outcome.value.value.slice(0, countWanted)
      for (const address of told) if (isTellable(address, place)) this.#want(address)
    })
  }

  #want(address: string): void {
    const { queue, roster, parts } = this.#scene
    const peer = peerIn(address)
    if (peer === undefined || peer === parts.self) return
    const record = roster.find(peer)
    if (record?.connection !== undefined || record?.ban !== undefined) return
    // Before all strangers, and kept once it has shown who it is.
    queue.want({ address, purpose: 'anchor' })
  }
}

type Told = Result<readonly string[], PeerFault>
