/**
 * A simulated world in which one node syncs: it has nothing, some servers have the whole chain, and as many others as
 * are wanted hand on what they are asked for to one of the servers, so that to the node they are servers too, each at
 * the end of a link of its own. All that is in the node is that of production.
 */

import { addressOf } from '../../sim/address.ts'
import { Machine } from '../../sim/cluster/machine.ts'
import { forwarding, forwardingReceiver } from '../../sim/forwarding.ts'
import type { LinkModel } from '../../sim/link.ts'
import { Simulation } from '../../sim/simulation.ts'
import { present } from '../../src/base/assert.ts'
import type {
  Environment,
  InboundRequest,
  Network,
  NetworkReceiver,
} from '../../src/kernel/environment.ts'
import { defaultTuning } from '../../src/node/config.ts'
import type { NodeEvent } from '../../src/node/event.ts'
import { protocolId } from '../../src/protocol/wire/requests.ts'
import type { SimChain } from './sim-chain.ts'

export interface SimWorldOptions {
  readonly servers: number
  readonly relays: number
  readonly link: LinkModel
}

/** What the node has taken from its network, and put on it. */
export interface Traffic {
  bytesReceived: number
  bytesSent: number
}

const clientName = 'client'
/** Relays dial one after another: a node greets so many at a time, and turns away who comes meanwhile. */
const relaysPerMs = 0.48
/** One that was turned away comes again. */
const turnedAwayMs = 1_000
/** Relays live in as many neighbourhoods: of one a node takes in a few alone. */
const netgroups = 251
/** The world begins so long after the last block. */
const laterMs = 20_000

export class SimWorld {
  readonly simulation: Simulation
  readonly traffic: Traffic = { bytesReceived: 0, bytesSent: 0 }
  readonly #chain: SimChain
  readonly #options: SimWorldOptions
  readonly #servers: readonly Machine[]
  readonly #receivers = new Map<string, NetworkReceiver>()
  /** Answers that are the same whoever asks, by protocol. */
  readonly #known = new Map<string, Uint8Array>()
  #asked = 0
  #height = 0
  #peers = 0

  constructor(chain: SimChain, options: SimWorldOptions) {
    this.#chain = chain
    this.#options = options
    const { slots } = chain.chain
    const wallMsAtStart = slots.genesisMs + slots.slotMs * (chain.blocks + 1) + laterMs
    const link = (): LinkModel => options.link
    this.simulation = new Simulation({ seed: 'sync', wallMsAtStart, link })
    this.#servers = Array.from({ length: options.servers }, (_, i) => this.#server(`server-${i}`))
    for (const server of this.#servers) server.boot()
    this.#node(clientName, this.#servers, (environment) => this.#counted(environment)).boot()
    for (let i = 0; i < options.relays; i += 1) {
      const host = this.simulation.addHost(`${i % netgroups}.relay.${i}`)
      host.boot((environment) => this.#relay(environment, i / relaysPerMs))
    }
  }

  /** The height that the node has committed. */
  get height(): number {
    return this.#height
  }

  /** Peers that the node has met and found to be of its chain. */
  get peersMet(): number {
    return this.#peers
  }

  /** Lets time pass until the node has the chain, or for so long. Answers the virtual milliseconds it took. */
  sync(msMax: number): number {
    const { simulation } = this
    const begin = simulation.nowMs
    simulation.runFor(msMax, () => this.#height >= this.#chain.blocks)
    return simulation.nowMs - begin
  }

  #server(name: string): Machine {
    const machine = this.#node(name, [], (environment) => ({
      ...environment,
      network: withReceiver(environment.network, (receiver) => {
        this.#receivers.set(name, receiver)
        return receiver
      }),
    }))
    machine.host.disk.apply(this.#chain.entries)
    machine.host.disk.syncAll()
    return machine
  }

  #node(
    name: string,
    peers: readonly Machine[],
    wrap: (environment: Environment) => Environment,
  ): Machine {
    const { chain, crypto } = this.#chain
    const peerAddresses = peers.map((peer) => addressOf(peer.name))
    // A crowd is what is looked at, so there is room for it besides the places that are kept for others.
    const peersMax = Math.ceil(1.2 * this.#options.relays) + defaultTuning.peersMax
    const tuning = { ...defaultTuning, peersMax }
    const config = { chain, authority: undefined, peerAddresses, tuning }
    const observe = (event: { readonly kind: string }): void => this.#observe(event as NodeEvent)
    return new Machine(this.simulation, { name, config, crypto, host: {}, wrap }, () =>
      name === clientName ? [{ event: (_now, _path, event) => observe(event) }] : [],
    )
  }

  #observe(event: NodeEvent): void {
    if (event.kind === 'block-committed') this.#height = Math.max(this.#height, event.height)
    if (event.kind === 'peer-ready') this.#peers += 1
  }

  /** The client's environment, whose bodies are counted both ways. */
  #counted(environment: Environment): Environment {
    const { traffic } = this
    const { network } = environment
    const counted = withReceiver(network, (receiver) => ({
      ...forwardingReceiver(receiver),
      gossip: (message, verdict) => {
        traffic.bytesReceived += message.data.length
        receiver.gossip(message, verdict)
      },
      request: (request, answer) => {
        traffic.bytesReceived += request.body.length
        receiver.request(request, (body) => {
          traffic.bytesSent += body?.length ?? 0
          answer(body)
        })
      },
    }))
    const request: Network['request'] = (asked, done) => {
      traffic.bytesSent += asked.body.length
      return network.request(asked, (outcome) => {
        if (outcome.ok) traffic.bytesReceived += outcome.value.length
        done(outcome)
      })
    }
    return { ...environment, network: { ...counted, request } }
  }

  #relay({ network, clock }: Environment, afterMs: number): { stop: () => void } {
    const dialAfter = (ms: number): void => {
      clock.wakeAt(clock.now() + ms, () => network.dial(addressOf(clientName), () => undefined))
    }
    network.open({
      peerUp: () => undefined,
      peerDown: () => dialAfter(turnedAwayMs),
      peerFound: () => undefined,
      gossip: (_, verdict) => verdict('ignore'),
      request: (request, answer) => this.#handOn(request, answer),
    })
    dialAfter(afterMs)
    return { stop: () => undefined }
  }

  /** Servers are asked in turns, in the name of the client, whom they know. */
  #handOn(
    { protocol, body }: InboundRequest,
    answer: (body: Uint8Array | undefined) => void,
  ): void {
    const known = this.#known.get(protocol)
    if (known !== undefined) return answer(known)
    this.#asked += 1
    const server = present(this.#servers[this.#asked % this.#options.servers], 'a server')
    const receiver = this.#receivers.get(server.name)
    if (receiver === undefined) return answer(undefined)
    receiver.request({ from: clientName, protocol, body }, (given) => {
      const isSame = protocol === protocolId.status || protocol === protocolId.exchange
      if (isSame && given !== undefined) this.#known.set(protocol, given)
      answer(given)
    })
  }
}

/** A network that hands what arrives to another receiver than it was told. */
function withReceiver(
  network: Network,
  wrap: (receiver: NetworkReceiver) => NetworkReceiver,
): Network {
  return { ...forwarding(network), open: (receiver) => network.open(wrap(receiver)) }
}
