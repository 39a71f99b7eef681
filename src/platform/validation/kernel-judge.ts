/**
 * The judge on the WASM kernel: the fastest there is, where the engine can run it. Each has an instance of its own,
 * with some 8 MiB of memory, because a kernel has one user.
 *
 * Does not decide which kernel is to be used: `open-judge.ts` asks each for the known answers.
 */
import { randomFillSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { membersMax } from '../../protocol/committee.ts'
import { verifyEd25519 } from '../../protocol/crypto/ed25519.ts'
import type { SignatureKernel } from '../../validation/kernel-exports.ts'
import { KernelMemory } from '../../validation/kernel-memory.ts'
import { passBlocksMax, RunJudge } from '../../validation/run-judge.ts'
import type { BlockKernel } from '../../validation/run-kernel.ts'
import { SignatureBatch } from '../../validation/signature-batch.ts'
import type { Ed25519Check, WorkerJudge } from './judge.ts'
import { compileWasm, instantiateWasm } from './web-assembly.ts'

/** The kernel with fused multiply-add, and the one that is exact without. */
export type KernelVariant = 'fma' | 'exact'

/** Blocks or signatures that keep a thread busy for a millisecond or two. */
const sliceMax = 64
/** Room for the messages of a batch. What is longer by itself than this is not the kernel's. */
const messageBytesMax = 262_144

/** A judge on this kernel; undefined if the engine computes differently. Rejects if it cannot run it at all. */
export async function openKernelJudge(variant: KernelVariant): Promise<WorkerJudge | undefined> {
  const file = new URL(`../../validation/kernel/kernel.${variant}.wasm`, import.meta.url)
  const module = compileWasm(await readFile(file))
  const kernel = instantiateWasm(module) as SignatureKernel & BlockKernel
  return kernel.isFused() === 0 ? undefined : kernelJudge(variant, kernel)
}

function kernelJudge(variant: KernelVariant, kernel: SignatureKernel & BlockKernel): WorkerJudge {
  const memory = new KernelMemory(kernel)
  const limits = { signaturesMax: passBlocksMax, keysMax: membersMax, messageBytesMax }
  const signatures = new SignatureBatch(kernel, memory, fillRandomly, limits)
  const runs = new RunJudge({ kernel, memory, signatures })
  return {
    kind: `kernel-${variant}`,
    ...{ batchMax: passBlocksMax, sliceMax, memoryBytes: memory.bytes.length },
    judge: (rules, blocks) => runs.judge(rules, blocks),
    judgePacked: (rules, run, verdicts) => runs.judgePacked(rules, run, verdicts),
    verify: (checks) => verifyChecks(signatures, checks),
  }
}

/** Factors of a batch must be unforeseeable, so they come from the operating system and from nowhere else. */
function fillRandomly(into: Uint8Array): void {
  randomFillSync(into)
}

/** A message that is too long for the kernel's memory goes to the reference, which has the same verdicts. */
function verifyChecks(
  signatures: SignatureBatch,
  checks: readonly Ed25519Check[],
): readonly boolean[] {
  if (checks.every(({ message }) => message.length <= messageBytesMax)) {
    return signatures.verify(checks)
  }
  const isShort = (check: Ed25519Check): boolean => check.message.length <= messageBytesMax
  const verdicts = signatures.verify(checks.filter(isShort)).values()
  return checks.map((check) =>
    isShort(check)
      ? verdicts.next().value === true
      : verifyEd25519(check.publicKey, check.message, check.signature),
  )
}
