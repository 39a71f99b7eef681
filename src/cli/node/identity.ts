/** What follows from a node's secrets and may be told to everybody. */
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { NodeKeys } from '../../platform/keys.ts'
import { blsPublicKey, provePossession } from '../../protocol/crypto/bls.ts'
import { ed25519PublicKey } from '../../protocol/crypto/ed25519.ts'
import { addressOf } from '../../protocol/execution/transaction.ts'

export interface PublicIdentity {
  readonly peerId: string
  readonly authorKey: Uint8Array
  readonly voteKey: Uint8Array
  readonly possession: Uint8Array
  /** The account of the author key, 20 bytes: where its fees go by default. */
  readonly address: Uint8Array
}

export async function publicIdentity(keys: NodeKeys): Promise<PublicIdentity> {
  const authorKey = ed25519PublicKey(keys.authorSecret)
  return {
    peerId: await peerIdOf(keys.peerSeed),
    authorKey,
    voteKey: blsPublicKey(keys.voteSecret),
    possession: provePossession(keys.voteSecret),
    address: addressOf(authorKey),
  }
}

/** The libp2p peer id of an Ed25519 seed of 32 bytes. */
async function peerIdOf(seed: Uint8Array): Promise<string> {
  return peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', seed)).toString()
}
