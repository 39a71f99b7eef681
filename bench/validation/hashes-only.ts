/**
 * Judges blocks by the kernel, but that all signatures are believed: what hashes and links alone would allow. Arguments:
 * the file of a chain, its blocks, how many measurements, their milliseconds. The amount is blocks.
 */
import type { RunVerdict } from '../../src/protocol/block/run.ts'
import { numberArgument, writeReport } from '../program.ts'
import { readChain } from './chain.ts'
import { digestOfAccepted } from './digest.ts'
import { repeatLong } from './long-enough.ts'
import { believingJudge } from './work-parts.ts'

const file = process.argv[2] ?? ''
const [count = 0, measurements = 0, sampleMs = 0] = [1, 2, 3].map(numberArgument)
const { rules, blocks } = readChain(file, count)
const judge = believingJudge()

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
