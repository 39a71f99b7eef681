/** The kernel in a test: the binaries of the project, or ones that are built for the occasion. */
import { randomFillSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { kernelPath, type Variant } from '../../../src/validation/kernel/build.ts'
import type { KernelMemoryObject, SignatureKernel } from '../../../src/validation/kernel-exports.ts'
import { KernelMemory } from '../../../src/validation/kernel-memory.ts'
import type { BlockKernel } from '../../../src/validation/run-kernel.ts'
import {
  type Entropy,
  SignatureBatch,
  type SignatureBatchLimits,
} from '../../../src/validation/signature-batch.ts'

/** What is used here of the WebAssembly JavaScript Interface; the types of Node.js leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: {
    new (binary: Uint8Array): object
    imports(module: object): readonly object[]
  }
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

/** Entropy of the operating system. */
export const systemEntropy: Entropy = (into) => {
  randomFillSync(into)
}

/** A fresh instance of a binary, with exports of which the caller knows what they are. */
export function instanceOf<Exports extends { readonly memory: KernelMemoryObject }>(
  binary: Uint8Array,
): Exports {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), {})
  return instance.exports as unknown as Exports
}

/** What a binary asks for to be given an instance. */
export function importsOf(binary: Uint8Array): readonly object[] {
  return WebAssembly.Module.imports(new WebAssembly.Module(binary))
}

/** A fresh instance of the binary that is kept in the project. */
export function keptKernel(variant: Variant): SignatureKernel & BlockKernel {
  return instanceOf<SignatureKernel & BlockKernel>(readFileSync(kernelPath(variant)))
}

/** A batch on a kernel of its own. */
export function batchOn(
  kernel: SignatureKernel,
  limits: Partial<SignatureBatchLimits> = {},
): SignatureBatch {
  const memory = new KernelMemory(kernel)
  const all = { signaturesMax: 256, keysMax: 16, messageBytesMax: 65_536, ...limits }
  return new SignatureBatch(kernel, memory, systemEntropy, all)
}
