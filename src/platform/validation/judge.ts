/**
 * Who judges: something that says which blocks of a run and which Ed25519 signatures are right, and how much of them
 * it likes at once. The pool neither knows nor cares what is behind it. BLS is not its business; see `crypto.ts`.
 */
import type { Check } from '../../kernel/environment.ts'
import { type RunRules, type RunVerdict, runFaultCode } from '../../protocol/block/run.ts'
import { type HashFunction, hashBytes, hashLength } from '../../protocol/hash.ts'
import { judgeRunWith } from '../../validation/reference-run.ts'
import type { PackedRun, PackedVerdicts } from '../../validation/run-judge.ts'
import { type NativeCrypto, nativeCrypto } from '../crypto.ts'

/** The kernel with fused multiply-add, the kernel without, or TypeScript and OpenSSL. */
export type JudgeKind = 'kernel-fma' | 'kernel-exact' | 'native'

/** A check of one Ed25519 signature, of 64 bytes, by a key of 32. */
export type Ed25519Check = Extract<Check, { kind: 'ed25519' }>

/** A judge of one thread. What it is given may be a view of shared memory, which holds still until it returns. */
export interface WorkerJudge {
  readonly kind: JudgeKind
  /** Blocks or signatures that it takes at once with profit: 1 to `recordsMax` of the layout. */
  readonly batchMax: number
  /** As many keep a thread busy for a millisecond or two: what the calling thread does in one go. */
  readonly sliceMax: number
  /** Memory besides the heap of JavaScript, in bytes; at most `judgeBytesMax` of the layout. */
  readonly memoryBytes: number
  /** One verdict for each block, in order. Never throws for what is in the blocks. */
  judge(rules: RunRules, blocks: readonly Uint8Array[]): readonly RunVerdict[]
  /** As {@link judge}, from a slot into a slot. */
  judgePacked(rules: RunRules, run: PackedRun, verdicts: PackedVerdicts): void
  /** One verdict for each check, in order, by the rules of ZIP-215. */
  verify(checks: readonly Ed25519Check[]): readonly boolean[]
}

/**
 * The reference with OpenSSL's signatures, and with whatever hashes fastest: some 120 µs for a small block, 100 µs for
 * a signature.
 */
export function nativeJudge(hash: HashFunction = hashBytes): WorkerJudge {
  const { verifyEd25519 } = nativeCrypto()
  const primitives = { verifySignature: verifyEd25519, hash }
  const judge: WorkerJudge['judge'] = (rules, blocks) => judgeRunWith(primitives, rules, blocks)
  return {
    kind: 'native',
    // It gains nothing by larger batches, and whoever is urgent waits for less.
    ...{ batchMax: 64, sliceMax: 8, memoryBytes: 0 },
    judge,
    judgePacked: packed(judge),
    verify: (checks) =>
      checks.map(({ publicKey, message, signature }) =>
        verifyEd25519(publicKey, message, signature),
      ),
  }
}

/** `judgePacked` by means of `judge`. */
export function packed(judge: WorkerJudge['judge']): WorkerJudge['judgePacked'] {
  return (rules, { bytes, lengths }, { faults, hashes }) => {
    let at = 0
    const blocks = Array.from(lengths, (length) => {
      at += length
      return bytes.subarray(at - length, at)
    })
    hashes.fill(0, 0, hashLength * blocks.length)
    for (const [i, { fault, hash }] of judge(rules, blocks).entries()) {
      faults[i] = fault === undefined ? 0 : runFaultCode[fault]
      hashes.set(hash, hashLength * i)
    }
  }
}

/** One verdict for each check, in order: Ed25519 by the judge, all of them together, and so BLS by blst. */
export function verifyAll(
  checks: readonly Check[],
  judge: Pick<WorkerJudge, 'verify'>,
  crypto: Pick<NativeCrypto, 'verifyBlsBatch'>,
): readonly boolean[] {
  const ed25519 = checks.filter((check) => check.kind === 'ed25519')
  const bls = checks.filter((check) => check.kind === 'bls')
  const verdicts = {
    ed25519: judge.verify(ed25519).values(),
    bls: crypto.verifyBlsBatch(bls).values(),
  }
  return checks.map(({ kind }) => verdicts[kind].next().value === true)
}
