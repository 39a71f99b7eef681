/**
 * Hashes messages of one length. Arguments: the contender, the length, how many measurements, their milliseconds. The
 * amount is messages.
 */
import { createHash } from 'node:crypto'
import { present } from '../../src/base/assert.ts'
import { numberArgument, writeReport } from '../program.ts'
import { hashers } from './hashers.ts'
import { repeatLong } from './long-enough.ts'

/** So many messages are hashed together, or as many as fit into a mebibyte. */
const batchMax = 256
const batchBytesMax = 1_048_576

const name = process.argv[2] ?? ''
const [length = 0, measurements = 0, sampleMs = 0] = [1, 2, 3].map(numberArgument)
const count = Math.min(batchMax, Math.floor(batchBytesMax / length))
const messages = Array.from({ length: count }, (_, i) =>
  Uint8Array.from({ length }, (_byte, at) => (7 * at + (at >> 8) + 31 * i) & 255),
)
const hash = await present(hashers[name], `hashes by ${name}`)(messages)

const report = await repeatLong(
  { measurements, sampleMs },
  {
    work: () => {
      hash()
      return count
    },
    check: () => {
      const digest = createHash('sha256')
      for (const each of hash()) digest.update(each)
      return digest.digest('hex')
    },
  },
)
writeReport(report)
