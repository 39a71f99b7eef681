import { expect, test } from 'vitest'
import { type GossipNode, startGossipNode } from '../../bench/kernel/gossip/node.ts'
import { drawNeighbours } from '../../bench/topology.ts'
import { addressOf } from '../../sim/address.ts'
import { localLink } from '../../sim/link.ts'
import { SimRandom } from '../../sim/random.ts'
import { Simulation } from '../../sim/simulation.ts'
import { Trace } from '../../src/kernel/trace.ts'

test('a block that one node makes is stored by every node', () => {
  const simulation = new Simulation({ seed: 1, link: () => localLink })
  const names = ['a', 'b', 'c', 'd', 'e']
  const nodes: GossipNode[] = []
  const hosts = names.map((name) => simulation.addHost(name))
  hosts.forEach((host, index) => {
    const next = names[index + 1]
    host.boot((environment) => {
      const neighbours = next === undefined ? [] : [addressOf(next)]
      const node = startGossipNode(environment, neighbours, new Trace([host.turns()]))
      nodes.push(node)
      return node
    })
  })
  simulation.runFor(1_000)
  nodes[2]?.produce()
  simulation.runFor(1_000)
  nodes[4]?.produce()
  simulation.runFor(1_000)
  for (const { name, disk } of hosts) {
    expect(disk.read('block/00000001')?.length, name).toBe(128)
    expect(disk.read('block/00000002')?.length, name).toBe(128)
  }
})

test('neighbours are others, each once, and the next one is among them', () => {
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`)
  const random = new SimRandom('topology')
  for (const [index, name] of names.entries()) {
    const neighbours = drawNeighbours(random, names, name)
    expect(new Set(neighbours).size).toBe(neighbours.length)
    expect(neighbours).toContain(addressOf(`n${(index + 1) % 10}`))
    expect(neighbours).not.toContain(addressOf(name))
  }
})
