/**
 * The abstract network without the chain: the peers, the virtual seconds of one measurement, and the iterations. Every two
 * seconds one peer announces a block of its own; whoever hears of it fetches the body from the announcer, and only
 * then lets the announcement travel on.
 */
import { wideLink } from '../../sim/link.ts'
import { Simulation } from '../../sim/simulation.ts'
import { assert } from '../../src/base/assert.ts'
import { Writer } from '../../src/base/codec.ts'
import type { GossipMessage, Network, Verdict } from '../../src/kernel/environment.ts'
import { numberArgument, repeat, type Task, writeReport } from '../program.ts'
import { drawNeighbours } from '../topology.ts'

const topic = 'announcements'
const protocol = 'body'
const blockEveryMs = 2_000
const bodyBytes = 20_000
const deadlineMs = 5_000
const settleMs = 5_000

/** One peer: what it has is served, what it hears of is fetched. */
class Peer {
  readonly #network: Network
  readonly #bodies = new Map<number, Uint8Array>()

  constructor(network: Network, neighbours: readonly string[]) {
    this.#network = network
    network.open({
      peerUp: () => undefined,
      peerDown: () => undefined,
      peerFound: () => undefined,
      gossip: (message, verdict) => this.#fetch(message, verdict),
      request: ({ body }, answer) => answer(this.#bodies.get(numberOf(body))),
    })
    network.subscribe(topic)
    for (const address of neighbours) network.dial(address, () => undefined)
  }

  get blocks(): number {
    return this.#bodies.size
  }

  announce(number: number): void {
    const body = new Uint8Array(bodyBytes).fill(number)
    this.#bodies.set(number, body)
    this.#network.publish(topic, new Writer(32).u32(number).bytes(new Uint8Array(28)).finish())
  }

  #fetch({ data, from }: GossipMessage, verdict: (verdict: Verdict) => void): void {
    const number = numberOf(data)
    this.#network.request({ peer: from, protocol, body: data, deadlineMs }, (outcome) => {
      if (!outcome.ok) return verdict('ignore')
      this.#bodies.set(number, outcome.value)
      verdict('accept')
    })
  }
}

function numberOf(announcement: Uint8Array): number {
  return (announcement[0] ?? 0) | ((announcement[1] ?? 0) << 8)
}

const [count = 0, seconds = 0, iterations = 0] = [0, 1, 2].map(numberArgument)

/** A settled world in which one peer after another announces a block. */
function peersWorld(): { simulation: Simulation; peers: readonly Peer[]; announced: () => number } {
  const simulation = new Simulation({ seed: 'peers', link: () => wideLink })
  const random = simulation.random.fork('topology')
  const names = Array.from({ length: count }, (_, index) => `p${index}`)
  const peers: Peer[] = []
  const hosts = names.map((name) => simulation.addHost(name))
  for (const host of hosts) {
    const neighbours = drawNeighbours(random, names, host.name)
    host.boot(({ network }) => {
      peers.push(new Peer(network, neighbours))
      return { stop: () => undefined }
    })
  }
  let announced = 0
  const announce = (): void => {
    announced += 1
    random.pick(peers).announce(announced)
    simulation.after(blockEveryMs, announce)
  }
  simulation.after(settleMs, announce)
  simulation.runUntil(settleMs)
  return { simulation, peers, announced: () => announced }
}

function prepare(): Task {
  const { simulation, peers, announced } = peersWorld()
  return {
    run: () => {
      simulation.runFor(1_000 * seconds)
      return seconds
    },
    check: () => {
      const blocks = peers.reduce((sum, peer) => sum + peer.blocks, 0) / count
      // The last one is still on its way, and some messages are lost.
      assert(blocks > 0.95 * (announced() - 1), `blocks reach everybody: ${blocks} a peer`)
      return simulation.digest.hex()
    },
  }
}

writeReport(await repeat(iterations, prepare))
