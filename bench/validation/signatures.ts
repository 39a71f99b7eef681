/**
 * Verifies Ed25519 signatures of blocks. Arguments: the contender, the file of a chain, how many signatures in a batch,
 * how many batches, how many measurements, their milliseconds. The amount is signatures. The authors' keys are known beforehand to whoever can make
 * use of that.
 */
import { assert, present } from '../../src/base/assert.ts'
import { nativeCrypto } from '../../src/platform/crypto.ts'
import type { KernelVariant } from '../../src/platform/validation/kernel-judge.ts'
import { verifyEd25519 } from '../../src/protocol/crypto/ed25519.ts'
import type { SignatureCheck } from '../../src/validation/signature-batch.ts'
import { numberArgument, writeReport } from '../program.ts'
import { readChain } from './chain.ts'
import { openKernel } from './kernel.ts'
import { repeatLong } from './long-enough.ts'
import { checksOf } from './signed-blocks.ts'

type VerifyAll = (checks: readonly SignatureCheck[]) => readonly boolean[]

const contenders: Readonly<Record<string, (keys: readonly Uint8Array[]) => VerifyAll>> = {
  'kernel-fma': (keys) => kernel('fma', keys),
  'kernel-exact': (keys) => kernel('exact', keys),
  noble: () => (checks) =>
    checks.map(({ publicKey, message, signature }) => verifyEd25519(publicKey, message, signature)),
  node: () => {
    const { verifyEd25519: verify } = nativeCrypto()
    return (checks) =>
      checks.map(({ publicKey, message, signature }) => verify(publicKey, message, signature))
  },
}

function kernel(variant: KernelVariant, keys: readonly Uint8Array[]): VerifyAll {
  const { signatures } = openKernel(variant)
  for (const key of keys) signatures.register(key)
  return (checks) => signatures.verify(checks)
}

const [name = '', file = ''] = process.argv.slice(2)
const [batch = 0, batches = 0, measurements = 0, sampleMs = 0] = [2, 3, 4, 5].map(numberArgument)
const chain = readChain(file, batch * batches)
const checks = checksOf(chain)
const verify = present(contenders[name], `a contender named ${name}`)(chain.rules.authorKeys)

let held = 0
const report = await repeatLong(
  { measurements, sampleMs },
  {
    work: () => {
      held = 0
      for (let at = 0; at < checks.length; at += batch) {
        for (const holds of verify(checks.slice(at, at + batch))) held += holds ? 1 : 0
      }
      return checks.length
    },
    check: () => {
      assert(held === checks.length, 'signatures that hold')
      return ''
    },
  },
)
writeReport(report)
