/**
 * Whether a checkpoint is of this chain, and whether what lies on a disk is what it says. Three levels,
 * each with what the one before asks:
 *
 *   checksum     the bytes are those that were written
 *   certificate  its block is of this chain, and a genuine quorum of this committee committed it
 *   full         the blocks that it covers are on the disk, can be read, and lead to its block
 *
 * Pure: signatures are verified by whoever asks (`certificateCheck`).
 */
import { assert } from '../../base/assert.ts'
import { equalBytes } from '../../base/bytes.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Chain, TrustedPlace } from '../chain.ts'
import { quorumOf } from '../committee.ts'
import { type Hash, hashToBytes } from '../hash.ts'
import { MerkleFrontier } from '../merkle-frontier.ts'
import { type Checkpoint, coveredFrom, federationPart } from './checkpoint.ts'
import { decodeCheckpoint } from './codec.ts'

/** How closely a checkpoint was looked at. */
export type VerificationLevel = 'checksum' | 'certificate' | 'full'

/** What is wrong with a checkpoint, or with the blocks below it. */
export interface CheckpointFault {
  readonly code: /** The bytes are not those that were written. */
    | 'damaged'
    | 'malformed'
    | 'other-chain'
    | 'other-committee'
    /** The certificate does not commit the block, or too few signed it. */
    | 'not-finalised'
    /** The certificate's signature is wrong. */
    | 'forged'
    /** The blocks end below it. */
    | 'ahead-of-store'
    /** At its height is another block. */
    | 'other-history'
    /** A block that it covers cannot be read. */
    | 'block-unreadable'
    /** The blocks that it covers do not have its Merkle root. */
    | 'root-differs'
  readonly detail: string
}

/** The rules of a checkpoint by itself. Undefined: none is broken. */
export function checkpointFault(chain: Chain, checkpoint: Checkpoint): CheckpointFault | undefined {
  const { chainTag, genesis, signed, certificate } = checkpoint.chain
  const isOfChain =
    equalBytes(chainTag, chain.tag) &&
    equalBytes(signed.header.chainTag, chain.tag) &&
    genesis === chain.genesis.hash
  if (!isOfChain) return { code: 'other-chain', detail: `its genesis is ${genesis}` }
  const ours = federationPart(chain.committee)
  const theirs = checkpoint.federation
  if (
    theirs.epoch !== ours.epoch ||
    theirs.committee !== ours.committee ||
    theirs.quorum !== ours.quorum ||
    theirs.members !== ours.members
  ) {
    return { code: 'other-committee', detail: `epoch ${theirs.epoch}, ${theirs.committee}` }
  }
  const isOnBlock =
    certificate.kind === 'finalise' &&
    certificate.epoch === ours.epoch &&
    certificate.block === signed.hash &&
    certificate.slot === signed.header.slot
  if (!isOnBlock) return { code: 'not-finalised', detail: `no certificate on ${signed.hash}` }
  const signers = certificate.signers.filter((signer) => signer < ours.members)
  const isQuorum =
    signers.length === certificate.signers.length && signers.length >= quorumOf(chain.committee)
  if (isQuorum) return undefined
  return { code: 'not-finalised', detail: `${signers.length} of ${ours.quorum} signed` }
}

/** The checkpoint of a record at `height`, if it is whole and of this chain. No signature is verified. */
export function readCheckpoint(
  chain: Chain,
  height: number,
  bytes: Uint8Array | undefined,
): Result<Checkpoint, CheckpointFault> {
  if (bytes === undefined) return failed({ code: 'damaged', detail: 'its checksum differs' })
  const read = decodeCheckpoint(bytes)
  if (!read.ok) {
    return failed({ code: 'malformed', detail: `${read.fault.field} ${read.fault.detail}` })
  }
  const fault = checkpointFault(chain, read.value)
  if (fault !== undefined) return failed(fault)
  const found = read.value.chain.signed.header.height
  if (found === height) return read
  return failed({ code: 'malformed', detail: `it is of height ${found}` })
}

/** A block on the disk, by what ties it to its neighbours. */
export interface BlockLink {
  readonly hash: Hash
  readonly parent: Hash
}

/** The blocks that a checkpoint covers, as they are read from the disk in order. */
export class CoveredCheck {
  readonly #checkpoint: Checkpoint
  readonly #frontier = new MerkleFrontier()
  readonly #from: number
  #last: Hash | undefined

  constructor(checkpoint: Checkpoint) {
    this.#checkpoint = checkpoint
    this.#from = coveredFrom(checkpoint)
  }

  /** The height of the block that is to be added next. */
  get nextHeight(): number {
    return this.#from + this.#frontier.count
  }

  /** Blocks that are still to be added. */
  get left(): number {
    return this.#checkpoint.chain.covered.count - this.#frontier.count
  }

  /** Adds the next block. Answers a fault if it does not stand on the one before. */
  add({ hash, parent }: BlockLink): CheckpointFault | undefined {
    assert(this.left > 0, 'only what is covered is added')
    const height = this.nextHeight
    if (this.#last !== undefined && parent !== this.#last) {
      return { code: 'other-history', detail: `block ${height} is not on the one below it` }
    }
    this.#last = hash
    this.#frontier.add(hashToBytes(hash))
    return undefined
  }

  /** What is wrong with all of them together. */
  finish(): CheckpointFault | undefined {
    assert(this.left === 0, 'every covered block was added')
    const { signed, covered } = this.#checkpoint.chain
    if (this.#last !== signed.hash) {
      return { code: 'other-history', detail: `the disk has ${this.#last} at its height` }
    }
    const root = this.#frontier.root()
    if (root === covered.root) return undefined
    return { code: 'root-differs', detail: `is ${root}, not ${covered.root}` }
  }
}

/** Why a chain that ends at `height` is not the one that an operator trusts. */
export interface TrustFault {
  readonly code: 'not-trusted'
  readonly detail: string
}

/** Blocks that this node holds to be of its chain, whatever its peers say: by rising height. */
export function trustedPlaces(
  chain: Chain,
  trusted: TrustedPlace | undefined,
): Result<readonly TrustedPlace[], TrustFault> {
  const places = [chain.spec.minFinalized, trusted].filter((place) => place !== undefined)
  const [first, second] = places
  if (first === undefined || second === undefined) return ok(places)
  if (first.height === second.height && first.hash !== second.hash) {
    const detail = `block ${first.height} is ${first.hash} by the chain's settings and ${second.hash} by this node's`
    return failed({ code: 'not-trusted', detail })
  }
  if (first.height === second.height) return ok([first])
  return ok(places.toSorted((a, b) => a.height - b.height))
}

/** What is said of a block at a trusted height that is another one, or cannot be read. */
export function trustFault(trusted: TrustedPlace, hash: Hash | undefined): TrustFault | undefined {
  if (hash === trusted.hash) return undefined
  const { height } = trusted
  const found = hash === undefined ? 'cannot be read here' : `is ${hash} here`
  return { code: 'not-trusted', detail: `block ${height} ${found}, and ${trusted.hash} is trusted` }
}
