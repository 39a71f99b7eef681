/**
 * Ed25519 as the chain uses it: signatures are deterministic (RFC 8032), and verified by ZIP-215,
 * whose rules leave no two implementations room to differ on odd encodings and small-order points.
 *
 * This is the reference and the fallback. It is not fast: batches go to the platform's verifier.
 */
import { ed25519 } from '@noble/curves/ed25519.js'

const publicKeyBytes = 32
const signatureBytes = 64

/** The public key (32 bytes) of a secret (32 bytes, any). */
export function ed25519PublicKey(secret: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(secret)
}

/** Signs with a secret of 32 bytes. 64 bytes, the same each time. */
export function signEd25519(secret: Uint8Array, message: Uint8Array): Uint8Array {
  return ed25519.sign(message, secret)
}

/** Whether the signature holds under ZIP-215. A key or signature of another form is just wrong. */
export function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== publicKeyBytes || signature.length !== signatureBytes) return false
  return ed25519.verify(signature, message, publicKey, { zip215: true })
}
