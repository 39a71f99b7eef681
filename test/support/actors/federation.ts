/**
 * A federation on paper: a chain, its members' keys, and what they can sign with them. Signatures are
 * ideal; payloads are well formed but nobody has executed them.
 */

import type { CryptoScheme } from '../../../sim/cluster/crypto.ts'
import { idealScheme } from '../../../sim/cluster/ideal.ts'
import { signBlock } from '../../../src/actors/chain/produce.ts'
import { present } from '../../../src/base/assert.ts'
import type { StoredBlock } from '../../../src/protocol/block/block.ts'
import { type Chain, chainOf } from '../../../src/protocol/chain.ts'
import { authorOf, quorumOf } from '../../../src/protocol/committee.ts'
import { statementSigningBytes, voteSigningBytes } from '../../../src/protocol/consensus/signing.ts'
import type { BlockRef } from '../../../src/protocol/consensus/tree.ts'
import type {
  Certificate,
  Justification,
  NullifyVote,
  SignedVote,
  Vote,
} from '../../../src/protocol/consensus/vote.ts'
import type { Signer } from '../../../src/protocol/crypto/signer.ts'
import { decodePayload, sealPayload } from '../../../src/protocol/execution/payload.ts'
import { type Hash, hashOf } from '../../../src/protocol/hash.ts'
import { slotMoment } from '../../../src/protocol/slots.ts'
import type { PeerStatement } from '../../../src/protocol/wire/status.ts'

export interface Federation {
  readonly chain: Chain
  readonly signers: readonly Signer[]
  readonly scheme: CryptoScheme
}

/** What a block can be built on. */
export interface Seat {
  readonly ref: BlockRef
  readonly payloadHash: Hash
  /** What proves that it is notarised; none for genesis. */
  readonly notarisation: Certificate | undefined
}

/** Slot 1 begins one second after the simulated world. */
const genesisMs = 1_700_000_000_000 - 1_000
const slotMs = 2_000

/** A chain of `size` members. Chains of different names share no tag, and no signature. */
export function federationOf(size: number, name = 'paper'): Federation {
  const scheme = idealScheme()
  const signers = Array.from({ length: size }, () => scheme.newSigner())
  const chain = chainOf({
    name,
    slots: { genesisMs, slotMs, toleranceMs: 500 },
    committee: {
      epoch: 0,
      members: signers.map(({ authorKey, voteKey }) => ({ authorKey, voteKey })),
    },
    allocations: [],
  })
  return { chain, signers, scheme }
}

export function genesisSeat({ chain }: Federation): Seat {
  return {
    ref: chain.genesis,
    payloadHash: chain.genesisPayload.blockHash,
    notarisation: undefined,
  }
}

/** The block of `slot` on `seat`, by the slot's author, with every slot between given up by all. */
export function blockOn(
  federation: Federation,
  seat: Seat,
  slot: number,
  transactions: readonly Uint8Array[] = [],
): StoredBlock {
  const { chain } = federation
  const member = authorOf(chain.committee, slot)
  const payload = sealPayload({
    parentHash: seat.payloadHash,
    number: seat.ref.height + 1,
    timestampMs: slotMoment(chain.slots, slot),
    feeRecipient: new Uint8Array(20),
    extraData: new Uint8Array(0),
    stateRoot: hashOf('trie', Uint8Array.of(slot % 256)),
    transactionsRoot: hashOf('node', Uint8Array.of(transactions.length % 256)),
  })
  const signer = signerOf(federation, member)
  const authority = { member, signer, feeRecipient: new Uint8Array(20) }
  const order = { slot, parent: seat.ref, justification: justificationOf(federation, seat, slot) }
  return signBlock(chain, authority, order, { payload, transactions })
}

function justificationOf(federation: Federation, seat: Seat, slot: number): Justification {
  const gap: NullifyVote = { kind: 'nullify', from: seat.ref.slot + 1, to: slot - 1 }
  const hasGap = gap.from <= gap.to
  const nullifies = hasGap
    ? federation.signers.map((_, member) => voteOf(federation, member, gap))
    : []
  return { notarisation: seat.notarisation, nullifies }
}

/** What a child of this block stands on, once it is notarised. */
export function seatOf(federation: Federation, block: StoredBlock): Seat {
  const { header, hash } = block.signed
  const payload = decodePayload(present(block.body[0], 'a payload').bytes)
  return {
    ref: { hash, parent: header.parentHash, slot: header.slot, height: header.height },
    payloadHash: payload.ok ? payload.value.blockHash : '',
    notarisation: certify(federation, 'notarise', block),
  }
}

/** Blocks of slots 1, 2, 3 … on genesis; or from another slot on, which is another past. */
export function grow(federation: Federation, count: number, firstSlot = 1): readonly StoredBlock[] {
  const blocks: StoredBlock[] = []
  let seat = genesisSeat(federation)
  for (let slot = firstSlot; slot < firstSlot + count; slot += 1) {
    const block = blockOn(federation, seat, slot)
    blocks.push(block)
    seat = seatOf(federation, block)
  }
  return blocks
}

export function voteOf<Kind extends Vote>(
  federation: Federation,
  member: number,
  vote: Kind,
): SignedVote<Kind> {
  const { chain } = federation
  const { epoch } = chain.committee
  const message = voteSigningBytes(chain.tag, epoch, vote)
  const signer = signerOf(federation, member)
  const signature = vote.kind === 'nullify' ? signer.signAuthor(message) : signer.signVote(message)
  return { vote, epoch, signer: member, signature }
}

/** A certificate on a block by its first quorum of members, or by those named. */
export function certify(
  federation: Federation,
  kind: Certificate['kind'],
  { signed }: Pick<StoredBlock, 'signed'>,
  signers?: readonly number[],
): Certificate {
  const { chain, scheme } = federation
  const { epoch } = chain.committee
  const { hash: block, header } = signed
  const { slot } = header
  const named = signers ?? Array.from({ length: quorumOf(chain.committee) }, (_, index) => index)
  const votes = named.map((member) => voteOf(federation, member, { kind, slot, block }).signature)
  const signature = present(scheme.aggregate(votes), 'an aggregate')
  return { kind, epoch, slot, block, signers: named, signature }
}

/** A member's word that `peer` speaks for it until `expiresAtMs`. */
export function vouchFor(
  federation: Federation,
  member: number,
  peer: string,
  expiresAtMs: number,
): PeerStatement {
  const { tag, committee } = federation.chain
  const claim = { member, peer, expiresAtMs }
  const message = statementSigningBytes(tag, committee.epoch, claim)
  return { ...claim, signature: signerOf(federation, member).signAuthor(message) }
}

function signerOf({ signers }: Federation, member: number): Signer {
  return present(signers[member], `member ${member}`)
}
