/**
 * `npm run forgeries -- --count 10000 --seed 1`: forged signatures by the thousand, each judged by the reference, and
 * by both kernels, alone and in batches with others. Some minutes, nearly all of them in the reference.
 */
import { parseArgs } from 'node:util'
import { toHex } from '../../../src/base/bytes.ts'
import { verifyEd25519 } from '../../../src/protocol/crypto/ed25519.ts'
import { variants } from '../../../src/validation/kernel/build.ts'
import { Forger } from './forgeries.ts'
import { batchOn, keptKernel } from './kernel.ts'

const { values } = parseArgs({
  options: { count: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
})
const count = Number(values.count)
const forger = new Forger(Number(values.seed))
const batches = variants.map((variant) => ({ variant, batch: batchOn(keptKernel(variant)) }))
const chunkMax = 200
let held = 0
let differing = 0

for (let done = 0; done < count; done += chunkMax) {
  const checks = Array.from({ length: Math.min(chunkMax, count - done) }, () => forger.forge())
  const expected = checks.map(({ publicKey, message, signature }) =>
    verifyEd25519(publicKey, message, signature),
  )
  held += expected.filter((verdict) => verdict).length
  for (const { variant, batch } of batches) {
    const together = batch.verify(checks)
    for (const [i, check] of checks.entries()) {
      const [alone] = batch.verify([check])
      if (together[i] === expected[i] && alone === expected[i]) continue
      differing += 1
      const { publicKey, message, signature } = check
      console.log(`${variant}: ${toHex(publicKey)} ${toHex(message)} ${toHex(signature)}`)
      console.log(`  reference ${expected[i]}, alone ${alone}, in a batch ${together[i]}`)
    }
  }
}

console.log(`${count} forgeries, ${held} of them hold, ${differing} verdicts differ`)
process.exitCode = differing === 0 ? 0 : 1
