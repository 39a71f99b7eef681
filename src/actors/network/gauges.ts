/**
 * How the network does: who is connected, how fast bytes go in and out, how wide gossip goes. Looked at once a second;
 * rates are over the last ten. What was served to peers is told to sync, whose monitor sees what comes in already.
 */
import type { Millis } from '../../base/units.ts'
import type { Carried, NetworkReport, PeerId } from '../../kernel/environment.ts'
import { protocolId } from '../../protocol/wire/requests.ts'
import type { ConnectedPeer } from '../peer/messages.ts'
import type { Handshake } from './handshake.ts'
import type { DownloadPart, NetworkStatus, PeerTraffic } from './messages.ts'
import type { NetworkParts } from './parts.ts'

export const lookEveryMs: Millis = 1_000
/** Rates are between the newest look and the oldest. */
const looksMax = 11
/** What is told to whoever reads the trace comes at this pace. */
const tellEveryLooks = 15

interface Look {
  readonly atMs: Millis
  readonly report: NetworkReport
}

const nothing: Carried = { inBytes: 0, outBytes: 0 }

export class Gauges {
  readonly #parts: NetworkParts
  readonly #handshake: Handshake
  #looks: readonly Look[] = []
  #looked = 0
  /** Since the last look. */
  readonly #served = new Map<DownloadPart, number>()

  constructor(parts: NetworkParts, handshake: Handshake) {
    this.#parts = parts
    this.#handshake = handshake
  }

  /** Bytes of the chain were given to a peer. */
  served(part: DownloadPart, bytes: number): void {
    this.#served.set(part, (this.#served.get(part) ?? 0) + bytes)
  }

  /** A second has passed. */
  tick(): void {
    const { context, sync } = this.#parts
    this.#look()
    for (const [part, bytes] of this.#served) {
      const given = { protocol: protocolId[part], direction: 'up', bytes } as const
      context.send(sync, { kind: 'bytes-given', given })
    }
    this.#served.clear()
    this.#looked += 1
    if (this.#looked % tellEveryLooks === 0) this.#tell()
  }

  status(): NetworkStatus {
    const look = this.#look()
    const { total, neighbours } = look.report
    const peers = this.#handshake.connected().map((each) => this.#peer(each, look))
    return {
      ...{ self: this.#parts.network.self, connected: peers.length, total },
      ready: peers.filter(({ class: peerClass }) => peerClass !== undefined).length,
      dialled: peers.filter(({ isDialled }) => isDialled).length,
      ...this.#ratesOf(look, ({ report }) => report.total),
      neighbours: Object.fromEntries(neighbours),
      peers,
    }
  }

  #look(): Look {
    const look = { atMs: this.#parts.context.now(), report: this.#parts.network.report() }
    const isNew = look.atMs - (this.#looks.at(-1)?.atMs ?? -Infinity) >= lookEveryMs
    if (isNew) this.#looks = [...this.#looks, look].slice(-looksMax)
    return look
  }

  #tell(): void {
    const { connected, ready, inBytesPerSecond, outBytesPerSecond, neighbours } = this.status()
    const reached = Object.values(neighbours)
    this.#parts.context.emit({
      ...{ kind: 'network-looked', connected, ready, inBytesPerSecond, outBytesPerSecond },
      neighboursMin: reached.length === 0 ? 0 : Math.min(...reached),
    })
  }

  #peer({ peer, address, isDialled }: ConnectedPeer, look: Look): PeerTraffic {
    const carriedIn = ({ report }: Look): Carried => report.peers.get(peer) ?? nothing
    return {
      ...{ peer, address, isDialled, class: this.#classOf(peer) },
      ...carriedIn(look),
      ...this.#ratesOf(look, carriedIn),
    }
  }

  #classOf(peer: PeerId): PeerTraffic['class'] {
    return this.#handshake.isReady(peer) ? this.#handshake.classOf(peer) : undefined
  }

  #ratesOf(
    newest: Look,
    of: (look: Look) => Carried,
  ): Pick<PeerTraffic, 'inBytesPerSecond' | 'outBytesPerSecond'> {
    const [oldest = newest] = this.#looks
    const ms = newest.atMs - oldest.atMs
    const [before, after] = [of(oldest), of(newest)]
    return {
      inBytesPerSecond: rate(after.inBytes - before.inBytes, ms),
      outBytesPerSecond: rate(after.outBytes - before.outBytes, ms),
    }
  }
}

/** A peer that came back has carried less than before. */
function rate(bytes: number, ms: Millis): number {
  return ms <= 0 || bytes <= 0 ? 0 : Math.round((1_000 * bytes) / ms)
}
