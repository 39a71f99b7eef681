/** Runs the gossip model: the nodes, the virtual seconds, the iterations. */
import { type LinkModel, wideLink } from '../../../sim/link.ts'
import { Simulation } from '../../../sim/simulation.ts'
import { Trace, type TraceReader } from '../../../src/kernel/trace.ts'
import { numberArgument, repeat, type Task, writeReport } from '../../program.ts'
import { drawNeighbours } from '../../topology.ts'
import { type GossipNode, startGossipNode } from './node.ts'

/** Before the measurement begins: until everybody is connected. */
const settleMs = 5_000
const blockEveryMs = 1_000

/** Between continents, and one message in a hundred is lost. */
const lossyWan: LinkModel = { ...wideLink, lossPerMillion: 10_000 }

/** A settled world, and a count of the turns of its actors. */
function gossipWorld(nodes: number): { simulation: Simulation; turns: () => number } {
  const simulation = new Simulation({ seed: 'gossip', link: () => lossyWan })
  const random = simulation.random.fork('topology')
  const running: GossipNode[] = []
  let turns = 0
  /** One reader for two purposes, so that counting costs as good as nothing. */
  const counting = (reader: TraceReader<never>): TraceReader<never> => ({
    turn: (actor, message) => {
      turns += 1
      reader.turn?.(actor, message)
    },
  })
  const names = Array.from({ length: nodes }, (_, index) => `n${index}`)
  const hosts = names.map((name) => simulation.addHost(name))
  for (const host of hosts) {
    const neighbours = drawNeighbours(random, names, host.name)
    host.boot((environment) => {
      const trace = new Trace<never>([counting(host.turns())])
      const node = startGossipNode(environment, neighbours, trace)
      running.push(node)
      return node
    })
  }
  const produce = (): void => {
    random.pick(running).produce()
    simulation.after(blockEveryMs, produce)
  }
  simulation.after(settleMs, produce)
  simulation.runUntil(settleMs)
  return { simulation, turns: () => turns }
}

const [nodes = 0, seconds = 0, iterations = 0] = [0, 1, 2].map(numberArgument)

function prepare(): Task {
  const { simulation, turns } = gossipWorld(nodes)
  const eventsBefore = simulation.events + turns()
  return {
    run: () => {
      simulation.runFor(1_000 * seconds)
      return simulation.events + turns() - eventsBefore
    },
    check: () => simulation.digest.hex(),
  }
}

writeReport(await repeat(iterations, prepare))
