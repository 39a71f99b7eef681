/**
 * What the peer actor keeps in memory, with so many peers connected and a full book, in bytes on the heap and in
 * buffers. Argument: the peers.
 */
import { assert, present } from '../../src/base/assert.ts'
import { numberArgument, timed, writeReport } from '../program.ts'
import { loneActor } from './lone-actor.ts'

const peersCount = numberArgument(0)

function bytesInUse(): number {
  const collect = present(globalThis.gc, 'the flag --expose-gc')
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

// What is compiled at the first time is not counted.
loneActor(10, 1_000)
const before = bytesInUse()
const kept: unknown[] = []
const sample = await timed(() => {
  kept.push(loneActor(peersCount, 60_000))
  return bytesInUse() - before
})
assert(kept.length === 1, 'it is still there')
writeReport({ samples: [sample], check: '' })
