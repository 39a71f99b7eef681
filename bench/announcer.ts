/**
 * A peer that spreads blocks, on any network: it announces its own, and whoever hears of one it does not have fetches the
 * body from the neighbour that told it, and only then lets the announcement travel on. Or the body is in the announcement.
 */
import { Writer } from '../src/base/codec.ts'
import type { GossipMessage, Network, Verdict } from '../src/kernel/environment.ts'

const deadlineMs = 5_000
const headBytes = 32

/** How a body travels: within the announcement, or by request. */
export type Way = 'gossiped' | 'fetched'

export interface AnnouncerOptions {
  readonly topic: string
  readonly protocol: string
  readonly bodyBytes: number
  readonly way: Way
  /** Told of each block of another peer, once its body is here. */
  readonly onBlock?: (number: number) => void
}

export class Announcer {
  readonly #network: Network
  readonly #options: AnnouncerOptions
  readonly #bodies = new Map<number, Uint8Array>()

  constructor(network: Network, neighbours: readonly string[], options: AnnouncerOptions) {
    this.#network = network
    this.#options = options
    network.open({
      peerUp: () => undefined,
      peerDown: () => undefined,
      peerFound: () => undefined,
      gossip: (message, verdict) => this.#hear(message, verdict),
      request: ({ body }, answer) => answer(this.#bodies.get(numberOf(body))),
    })
    network.subscribe(options.topic)
    for (const address of neighbours) network.dial(address, () => undefined)
  }

  /** Blocks that it has, its own among them. */
  get blocks(): number {
    return this.#bodies.size
  }

  /** Spreads a block of its own. Numbers are below 2^32, and not used twice. */
  announce(number: number): void {
    const { topic, bodyBytes, way } = this.#options
    const body = new Uint8Array(bodyBytes).fill(number)
    this.#bodies.set(number, body)
    const rest = way === 'gossiped' ? bodyBytes : headBytes
    const bytes = new Writer(rest)
      .u32(number)
      .bytes(body.subarray(0, rest - 4))
      .finish()
    this.#network.publish(topic, bytes)
  }

  #hear({ data, from }: GossipMessage, verdict: (verdict: Verdict) => void): void {
    const number = numberOf(data)
    if (this.#options.way === 'gossiped') return this.#keep(number, data, verdict)
    const { protocol } = this.#options
    this.#network.request({ peer: from, protocol, body: data, deadlineMs }, (outcome) => {
      if (outcome.ok) this.#keep(number, outcome.value, verdict)
      else verdict('ignore')
    })
  }

  #keep(number: number, body: Uint8Array, verdict: (verdict: Verdict) => void): void {
    this.#bodies.set(number, body)
    this.#options.onBlock?.(number)
    verdict('accept')
  }
}

function numberOf(announcement: Uint8Array): number {
  return announcement.subarray(0, 4).reduceRight((value, byte) => value * 256 + byte, 0)
}
