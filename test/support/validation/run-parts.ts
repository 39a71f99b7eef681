/**
 * The kernel with what a judge of runs needs. Signatures are not the kernel's: they are
 * verified one by one, where the kernel has laid them out, by whatever function a test wants.
 */
import { present } from '../../../src/base/assert.ts'
import { KernelMemory } from '../../../src/validation/kernel-memory.ts'
import type { VerifySignature } from '../../../src/validation/reference-run.ts'
import type { BlockKernel, RunMemory, RunSignatures } from '../../../src/validation/run-kernel.ts'
import { keptKernel } from './kernel.ts'
import { verifyIdeal } from './runs.ts'

const signaturesMax = 512
const entryBytes = 12

/** What a judge of runs is made of, and what it has asked its batch of signatures. */
export interface TestParts {
  readonly kernel: BlockKernel
  readonly memory: RunMemory
  readonly signatures: RunSignatures
  /** How many signatures each question was about. */
  readonly asked: number[]
}

/** A kernel of its own. `verify` says which signatures hold. */
export function testParts(verify: VerifySignature = verifyIdeal): TestParts {
  const exports = keptKernel('exact')
  const memory = new KernelMemory(exports)
  const signatures = memory.take(64 * signaturesMax)
  const entries = memory.take(entryBytes * signaturesMax)
  const kernel = {
    ...exports,
    signatureAt: (i: number) => signatures + 64 * i,
    entryAt: (i: number) => entries + entryBytes * i,
  }
  const asked: number[] = []
  return { kernel, memory, signatures: plainSignatures({ kernel, memory, verify, asked }), asked }
}

function plainSignatures(
  batch: Omit<TestParts, 'signatures'> & { verify: VerifySignature },
): RunSignatures {
  const { kernel, memory, verify, asked } = batch
  /** Numbers that are not places in the committee, lest one is taken for the other. */
  let keys: Uint8Array[] = []
  const verdicts = (count: number): boolean[] =>
    Array.from({ length: count }, (_, i) => {
      const { bytes, words } = memory
      const entry = kernel.entryAt(i)
      const key = present(keys[words.getUint32(entry, true) - 100], 'a registered key')
      const message = words.getUint32(entry + 4, true)
      const length = words.getUint32(entry + 8, true)
      const signature = kernel.signatureAt(i)
      return verify(
        key,
        bytes.slice(message, message + length),
        bytes.slice(signature, signature + 64),
      )
    })
  return {
    register: (key) => {
      keys.push(key)
      return keys.length + 99
    },
    forgetKeys: () => {
      keys = []
    },
    allHold: (count) => {
      asked.push(count)
      return verdicts(count).every((holds) => holds)
    },
    verdicts,
  }
}
