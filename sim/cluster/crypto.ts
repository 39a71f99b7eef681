/** Signatures in a simulated world: real, or ideal (see `ideal.ts`), and runs of blocks that are signed so. */

import { present } from '../../src/base/assert.ts'
import { Writer } from '../../src/base/codec.ts'
import type { Check } from '../../src/kernel/environment.ts'
import { decodeRules } from '../../src/protocol/block/run.ts'
import { aggregateBls, blsSecretFrom, verifyBls } from '../../src/protocol/crypto/bls.ts'
import { verifyEd25519 } from '../../src/protocol/crypto/ed25519.ts'
import { nobleSigner } from '../../src/protocol/crypto/noble-signer.ts'
import type { Signer } from '../../src/protocol/crypto/signer.ts'
import { judgeRun } from '../../src/validation/reference-run.ts'
import { twoWorkers, type VerifierModel } from '../verifier.ts'

export interface CryptoScheme {
  readonly kind: 'ideal' | 'real'
  /** A new authority's, or user's, keys. The n-th of a world is always the same. */
  newSigner(): Signer
  check(check: Check): boolean
  /** Ed25519, for the engine. */
  verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
  aggregate(signatures: readonly Uint8Array[]): Uint8Array | undefined
}

/** The schemes of production, without worker threads: some milliseconds a vote. */
export function realScheme(): CryptoScheme {
  let keys = 0
  return {
    kind: 'real',
    newSigner: () => {
      keys += 1
      const seed = new Writer(32).u32(keys).bytes(new Uint8Array(28)).finish()
      return nobleSigner(seed, blsSecretFrom(seed))
    },
    check: (check) =>
      check.kind === 'bls'
        ? verifyBls(check.publicKeys, check.message, check.signature)
        : verifyEd25519(check.publicKey, check.message, check.signature),
    verifySignature: verifyEd25519,
    aggregate: aggregateBls,
  }
}

/** A machine's pool of validators, in a world with such signatures. Blocks are judged by the reference. */
export function verifierOf({ check, verifySignature, aggregate }: CryptoScheme): VerifierModel {
  return {
    check,
    validate: ({ rules, records }) => {
      const decoded = decodeRules(rules)
      const read = present(decoded.ok ? decoded.value : undefined, 'rules that can be read')
      return judgeRun(read, records, verifySignature)
    },
    aggregate,
    costs: twoWorkers,
  }
}
