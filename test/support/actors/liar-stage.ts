/**
 * A stage for one liar of a federation of four: a test is the node inside and the world outside, and looks at what the
 * liar makes of what goes through it. Peers are called `a`, `b` and `c`.
 */
import type { LiarParts } from '../../../sim/cluster/cluster.ts'
import type { WrapEnvironment } from '../../../sim/cluster/machine.ts'
import { SimRandom } from '../../../sim/random.ts'
import { topicsOf } from '../../../src/actors/network/topics.ts'
import { present } from '../../../src/base/assert.ts'
import type { Environment, Network, NetworkReceiver } from '../../../src/kernel/environment.ts'
import { decodeExchange, type Exchange } from '../../../src/protocol/wire/exchange.ts'
import {
  decodeGossip,
  encodeGossip,
  type GossipPayload,
} from '../../../src/protocol/wire/gossip.ts'
import { protocolId } from '../../../src/protocol/wire/requests.ts'
import type { Federation } from './federation.ts'

const peers = ['a', 'b', 'c']

export class LiarStage {
  /** What it has published and can be read, oldest first. */
  readonly said: GossipPayload[] = []
  /** Messages that it has published, as they are. */
  readonly messages: Uint8Array[] = []
  /** What it has told single peers. */
  readonly told: { readonly peer: string; readonly exchange: Exchange }[] = []
  readonly #federation: Federation
  readonly #inside: Network
  readonly #timers: { readonly dueMs: number; readonly wake: () => void }[] = []
  #outside: NetworkReceiver | undefined
  #honest: Uint8Array = new Uint8Array(0)
  #wallMs: number

  /** Lies as `member`, at the beginning of `slot`. */
  constructor(
    federation: Federation,
    liar: (parts: LiarParts) => WrapEnvironment,
    { member, slot }: { readonly member: number; readonly slot: number },
  ) {
    const { chain, signers } = federation
    this.#federation = federation
    this.#wallMs = chain.slots.genesisMs + slot * chain.slots.slotMs
    const signer = present(signers[member], 'a member')
    const nowMs = (): number => this.#wallMs
    const wrap = liar({ chain, random: new SimRandom('liar'), nowMs, member, signer })
    this.#inside = wrap(this.#environment()).network
    this.#inside.open({
      peerUp() {},
      peerDown() {},
      peerFound() {},
      gossip: (_message, verdict) => verdict('accept'),
      request: (_asked, answer) => answer(this.#honest),
    })
    for (const peer of peers) this.#outside?.peerUp(peer, peer, true)
  }

  /** The node inside publishes. */
  publishes(payload: GossipPayload): void {
    this.#inside.publish(topicsOf(this.#federation.chain).consensus, encodeGossip(payload))
  }

  /** Somebody else has published. */
  hears(payload: GossipPayload, from = 'a'): void {
    const { consensus: topic } = topicsOf(this.#federation.chain)
    this.#outside?.gossip({ topic, data: encodeGossip(payload), from }, () => undefined)
  }

  /** What `a` gets, if the honest answer is `honest`; 'nothing' if there is no answer at all. */
  answers(
    protocol: string,
    honest: Uint8Array,
    asked: Uint8Array = honest,
  ): Uint8Array | undefined | 'nothing' {
    let answered: Uint8Array | undefined | 'nothing' = 'nothing'
    this.#honest = honest
    this.#outside?.request({ from: 'a', protocol, body: asked }, (body) => {
      answered = body
    })
    return answered
  }

  pass(ms: number): void {
    this.#wallMs += ms
    const due = this.#timers.filter(({ dueMs }) => dueMs <= this.#wallMs)
    for (const timer of due) this.#timers.splice(this.#timers.indexOf(timer), 1)
    for (const { wake } of due) wake()
  }

  #environment(): Environment {
    const size = this.#federation.chain.committee.members.length
    const network = {
      self: 'liar',
      open: (receiver: NetworkReceiver) => {
        this.#outside = receiver
      },
      publish: (_topic: string, message: Uint8Array) => {
        this.messages.push(message)
        const decoded = decodeGossip(message, size)
        if (decoded.ok) this.said.push(decoded.value)
      },
      request: ({ peer, protocol, body }: { peer: string; protocol: string; body: Uint8Array }) => {
        const decoded = decodeExchange(body, size)
        if (protocol === protocolId.exchange && decoded.ok) {
          this.told.push({ peer, exchange: decoded.value })
        }
      },
    }
    const clock = {
      now: () => this.#wallMs,
      wall: () => this.#wallMs,
      wakeAt: (dueMs: number, wake: () => void) => {
        this.#timers.push({ dueMs, wake })
        return {}
      },
    }
    const { aggregate } = this.#federation.scheme
    return { network, clock, verifier: { aggregate } } as unknown as Environment
  }
}
