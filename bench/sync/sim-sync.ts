/**
 * One sync in the simulator: of a chain of so many blocks, by one server and so many relays, over links of so many Mbit/s
 * and so many milliseconds one way. Arguments: the blocks, the relays, Mbit/s (0 is no limit), milliseconds.
 *
 * The parts are `virtual`: blocks and virtual time; `wire bytes` and `block bytes`; `peers` met; `memory`: by how much the
 * process grew while the node synced, with the simulator, the node's disk and all links in it.
 */

import { constant } from '../../sim/distribution.ts'
import { localLink } from '../../sim/link.ts'
import { assert, present } from '../../src/base/assert.ts'
import { numberArgument, timed, writeReport } from '../program.ts'
import { makeSimChain } from './sim-chain.ts'
import { SimWorld } from './sim-world.ts'

const servedBy = 8
const msMax = 600_000

const [blocks = 0, relays = 0, megabits = 0, latencyMs = 0] = [0, 1, 2, 3].map(numberArgument)

function bytesInUse(): number {
  present(globalThis.gc, 'the flag --expose-gc')()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const chain = await makeSimChain(blocks)
const link = {
  ...localLink,
  latency: constant(latencyMs * 1_000),
  bytesPerSecond: (megabits * 1_000_000) / 8,
}
const world = new SimWorld(chain, { servers: relays > 0 ? servedBy : 1, relays, link })
const before = bytesInUse()
let virtualMs = 0
const sample = await timed(() => {
  virtualMs = world.sync(msMax)
  return blocks
})
const grownBytes = Math.max(1, bytesInUse() - before)
assert(world.height === blocks, `the node has ${world.height} of ${blocks} blocks`)
const { bytesReceived, bytesSent } = world.traffic
const part = (name: string, amount: number) => ({ part: name, amount, cpuMs: 0 })
writeReport({
  samples: [
    { ...sample, part: 'virtual', wallMs: virtualMs },
    part('wire bytes', bytesReceived + bytesSent),
    part('block bytes', chain.blockBytes),
    part('peers', world.peersMet),
    part('memory', grownBytes),
  ],
  check: world.simulation.digest.hex(),
})
