/** A peer without a node: a test says what it sends, and what it answers. */

import { addressOf } from '../../../sim/address.ts'
import type { Simulation } from '../../../sim/simulation.ts'
import type { Result } from '../../../src/base/result.ts'
import type {
  GossipMessage,
  InboundRequest,
  Network,
  NetworkFault,
  PeerId,
} from '../../../src/kernel/environment.ts'

type Serve = (request: InboundRequest) => Uint8Array | undefined

export class RawPeer {
  readonly name: PeerId
  readonly gossip: GossipMessage[] = []
  readonly requests: InboundRequest[] = []
  /** Leaves every request open. */
  answersNothing = false
  /** Answers requests; refuses them at first. */
  serve: Serve = () => undefined
  readonly #simulation: Simulation
  #network: Network | undefined

  constructor(simulation: Simulation, name: PeerId) {
    this.name = name
    this.#simulation = simulation
    simulation.addHost(name).boot(({ network }) => {
      this.#network = network
      network.open({
        peerUp: () => undefined,
        peerDown: () => undefined,
        peerFound: () => undefined,
        gossip: (message, verdict) => {
          this.gossip.push(message)
          verdict('accept')
        },
        request: (request, answer) => {
          this.requests.push(request)
          if (!this.answersNothing) answer(this.serve(request))
        },
      })
      return { stop: () => undefined }
    })
  }

  get network(): Network {
    if (this.#network === undefined) throw new Error(`${this.name} does not run`)
    return this.#network
  }

  /** Dials a host by its name, and lets the connection come about. */
  connect(to: PeerId): void {
    this.network.dial(addressOf(to), () => undefined)
    this.#simulation.runFor(50)
  }

  publish(topic: string, message: Uint8Array): void {
    this.network.publish(topic, message)
  }

  /** Asks a connected peer, and lets time pass until the outcome is known. */
  request(peer: PeerId, protocol: string, body: Uint8Array): Result<Uint8Array, NetworkFault> {
    let found: Result<Uint8Array, NetworkFault> | undefined
    this.network.request({ peer, protocol, body, deadlineMs: 20_000 }, (outcome) => {
      found = outcome
    })
    this.#simulation.runFor(30_000, () => found !== undefined)
    return found ?? { ok: false, fault: { code: 'timeout', detail: 'no outcome' } }
  }
}
