/**
 * The parts of what the kernel does with a block, each by itself, on the kernel that is shipped. Arguments: the file of a
 * chain, its blocks, for how many milliseconds. There is a sample for each part, whose amount is blocks.
 *
 * Parts are compared with each other and subtracted, so they are measured in turns within one process, a pass of blocks at
 * a time: a millisecond or so. The shortest time of a part counts, by the clock on the wall, since others on the machine
 * can only make it longer; the processor's own clock does not tick that fast.
 */
import { numberArgument, type Sample, writeReport } from '../program.ts'
import { readChain } from './chain.ts'
import { partsOfWork } from './work-parts.ts'

/** A part is done so often in its turn: afterwards its pass is in the cache, as it is in the judge after it was copied. */
const timesInTurn = 3
/** Turns that are not counted: until then the engine compiles. */
const warmUpPart = 0.5

const file = process.argv[2] ?? ''
const [count = 0, durationMs = 0] = [1, 2].map(numberArgument)
const chain = readChain(file, count)
const works = Object.entries(partsOfWork).map(([part, open]) => ({
  ...{ part, ...open(chain) },
  shortestMs: Number.POSITIVE_INFINITY,
}))

const begin = performance.now()
let elapsedMs = 0
while (elapsedMs < durationMs) {
  for (const work of works) {
    for (let i = 0; i < timesInTurn; i += 1) {
      const start = performance.now()
      work.run()
      const tookMs = performance.now() - start
      if (elapsedMs >= warmUpPart * durationMs) work.shortestMs = Math.min(work.shortestMs, tookMs)
    }
  }
  elapsedMs = performance.now() - begin
}

const samples = works.map(({ part, blocks, shortestMs }): Sample => {
  return { part, amount: blocks, cpuMs: shortestMs, wallMs: shortestMs }
})
writeReport({ samples, check: '' })
