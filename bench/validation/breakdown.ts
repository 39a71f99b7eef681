/**
 * One part of what the kernel does with a block, by itself, on the kernel that is shipped. Arguments: the part, the file of
 * a chain, its blocks, how many measurements, their milliseconds. The amount is blocks. How the parts add up is in `breakdown-figures.ts`.
 */
import { present } from '../../src/base/assert.ts'
import { numberArgument, writeReport } from '../program.ts'
import { readChain } from './chain.ts'
import { repeatLong } from './long-enough.ts'
import { partsOfWork } from './work-parts.ts'

const [name = '', file = ''] = process.argv.slice(2)
const [count = 0, measurements = 0, sampleMs = 0] = [2, 3, 4].map(numberArgument)
const chain = readChain(file, count)
const work = present(partsOfWork[name], `a part named ${name}`)(chain)

const report = await repeatLong(
  { measurements, sampleMs },
  {
    work: () => {
      work()
      return count
    },
  },
)
writeReport(report)
