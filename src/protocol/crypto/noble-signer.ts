/** A signer that holds its two secrets in memory and signs in pure TypeScript: the reference. */
import { blsPublicKey, signBls } from './bls.ts'
import { ed25519PublicKey, signEd25519 } from './ed25519.ts'
import type { Signer } from './signer.ts'

/**
 * `authorSecret` is any 32 bytes; `voteSecret` is a BLS secret key of 32 bytes (an assertion), such as
 * `blsSecretFrom` makes.
 */
export function nobleSigner(authorSecret: Uint8Array, voteSecret: Uint8Array): Signer {
  return {
    authorKey: ed25519PublicKey(authorSecret),
    voteKey: blsPublicKey(voteSecret),
    signAuthor: (message) => signEd25519(authorSecret, message),
    signVote: (message) => signBls(voteSecret, message),
  }
}
