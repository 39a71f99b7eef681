/** An instance of the kernel with its parts at hand, for programs that measure one part of it. */
import { randomFillSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { assert } from '../../src/base/assert.ts'
import type { KernelVariant } from '../../src/platform/validation/kernel-judge.ts'
import { compileWasm, instantiateWasm } from '../../src/platform/validation/web-assembly.ts'
import { membersMax } from '../../src/protocol/committee.ts'
import type { SignatureKernel } from '../../src/validation/kernel-exports.ts'
import { KernelMemory } from '../../src/validation/kernel-memory.ts'
import type { BlockKernel } from '../../src/validation/run-kernel.ts'
import { SignatureBatch } from '../../src/validation/signature-batch.ts'

/** Signatures that the kernel takes at once. */
const batchMax = 512

/** Keys that can be registered. Keys of this number and above are for others. */
export const registeredKeysMax = membersMax

const messageBytesMax = 262_144

export interface KernelParts {
  readonly kernel: SignatureKernel & BlockKernel
  readonly memory: KernelMemory
  readonly signatures: SignatureBatch
}

/** A fresh instance. Asserts that this engine computes as the kernel counts on. */
export function openKernel(variant: KernelVariant): KernelParts {
  const file = new URL(`../../src/validation/kernel/kernel.${variant}.wasm`, import.meta.url)
  const exports = instantiateWasm(compileWasm(readFileSync(file)))
  const kernel = exports as SignatureKernel & BlockKernel
  assert(kernel.isFused() !== 0, `an engine for the kernel ${variant}`)
  const memory = new KernelMemory(kernel)
  const limits = { signaturesMax: batchMax, keysMax: registeredKeysMax, messageBytesMax }
  const entropy = (into: Uint8Array): void => {
    randomFillSync(into)
  }
  return { kernel, memory, signatures: new SignatureBatch(kernel, memory, entropy, limits) }
}
