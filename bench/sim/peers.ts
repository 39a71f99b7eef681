/**
 * The abstract network without the chain: the peers, the virtual seconds of one measurement, and the iterations. Every two
 * seconds one peer announces a block of its own; whoever hears of it fetches the body from the announcer, and only
 * then lets the announcement travel on.
 */
import { wideLink } from '../../sim/link.ts'
import { Simulation } from '../../sim/simulation.ts'
import { assert } from '../../src/base/assert.ts'
import { Announcer } from '../announcer.ts'
import { numberArgument, repeat, type Task, writeReport } from '../program.ts'
import { drawNeighbours } from '../topology.ts'

const blockEveryMs = 2_000
const bodyBytes = 20_000
const settleMs = 5_000
const options = { topic: 'announcements', protocol: 'body', bodyBytes, way: 'fetched' } as const

const [count = 0, seconds = 0, iterations = 0] = [0, 1, 2].map(numberArgument)

/** A settled world in which one peer after another announces a block. */
function peersWorld(): {
  simulation: Simulation
  peers: readonly Announcer[]
  announced: () => number
} {
  const simulation = new Simulation({ seed: 'peers', link: () => wideLink })
  const random = simulation.random.fork('topology')
  const names = Array.from({ length: count }, (_, index) => `p${index}`)
  const peers: Announcer[] = []
  const hosts = names.map((name) => simulation.addHost(name))
  for (const host of hosts) {
    const neighbours = drawNeighbours(random, names, host.name)
    host.boot(({ network }) => {
      peers.push(new Announcer(network, neighbours, options))
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
