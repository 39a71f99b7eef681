/** An authority's secret keys, as two things they can do. Real or ideal; the node does not know. */
export interface Signer {
  /** Ed25519 public key, 32 bytes. */
  readonly authorKey: Uint8Array
  /** BLS12-381 public key, 48 bytes. */
  readonly voteKey: Uint8Array
  /** Ed25519 signature of 64 bytes: headers and nullify votes. */
  signAuthor(message: Uint8Array): Uint8Array
  /** BLS signature of 96 bytes: notarise and finalise votes. */
  signVote(message: Uint8Array): Uint8Array
}
