/**
 * Validates blocks on one thread. Arguments: the contender, the file of the chain, how many of its blocks, how many
 * measurements, their milliseconds. The amount is blocks.
 */
import { present } from '../../src/base/assert.ts'
import type { RunVerdict } from '../../src/protocol/block/run.ts'
import { numberArgument, writeReport } from '../program.ts'
import { readChain } from './chain.ts'
import { type BlockContender, blockContenders } from './contenders.ts'
import { digestOfAccepted } from './digest.ts'
import { repeatLong } from './long-enough.ts'

const [name = '', file = ''] = process.argv.slice(2)
const [count = 0, measurements = 0, sampleMs = 0] = [2, 3, 4].map(numberArgument)
const contenders: Readonly<Record<string, BlockContender>> = blockContenders
const judge = await present(contenders[name], `a contender named ${name}`).open()
const { rules, blocks } = readChain(file, count)

let verdicts: readonly RunVerdict[] = []
const report = await repeatLong(
  { measurements, sampleMs },
  {
    work: () => {
      verdicts = judge(rules, blocks)
      return count
    },
    check: () => digestOfAccepted(verdicts),
  },
)
writeReport(report)
