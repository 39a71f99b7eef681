/**
 * Where a node stands: what two peers tell each other when they meet, and from time to time.
 *
 * Does not verify the certificate or the statement, nor judge whether the heights fit together.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { chainTagBytes } from '../block/header.ts'
import { ed25519SignatureBytes, readMember } from '../consensus/codec.ts'
import { type PeerClaim, peerCharactersMax, writePeerClaim } from '../consensus/signing.ts'
import { type Hash, readHash, writeHash } from '../hash.ts'
import {
  type CertifiedHeader,
  readCertifiedHeader,
  writeCertifiedHeader,
} from './certified-header.ts'
import type { WireVersions } from './requests.ts'

/** One node's account of itself. Nothing in it was verified yet. */
export interface Status {
  /** 8 bytes. A peer of another chain is sent away. */
  readonly chainTag: Uint8Array
  readonly genesis: Hash
  /** Which versions of the protocols it speaks: at most 65,535, the oldest first. */
  readonly versions: WireVersions
  /** The last committed block, with what commits it; none while that is genesis. */
  readonly certified: CertifiedHeader | undefined
  /** The highest notarised block. */
  readonly head: { readonly height: number; readonly slot: number }
  /** The lowest height whose block this node still has. */
  readonly availableFrom: number
  /** An authority's word that this peer speaks for it, if it has one. */
  readonly statement: PeerStatement | undefined
}

/** A claim with the member's Ed25519 signature over it, 64 bytes. */
export interface PeerStatement extends PeerClaim {
  readonly signature: Uint8Array
}

/** Where a node says that its committed chain ends; unproven until the certificate was verified. */
export function committedOf({ certified }: Status): {
  readonly height: number
  readonly slot: number
} {
  const { height, slot } = certified?.signed.header ?? { height: 0, slot: 0 }
  return { height, slot }
}

/** 70 to 614 bytes. Asserts the bounds that a decoder checks. */
export function encodeStatus(status: Status): Uint8Array {
  assert(status.chainTag.length === chainTagBytes, 'a chain tag has 8 bytes')
  const { certified, head } = status
  const writer = new Writer(640)
  writeHash(writer.bytes(status.chainTag), status.genesis)
  writer.u16(status.versions.oldest).u16(status.versions.newest)
  writer.flag(certified !== undefined)
  if (certified !== undefined) writeCertifiedHeader(writer, certified)
  writer.u53(head.height).u53(head.slot).u53(status.availableFrom)
  writeStatement(writer, status.statement)
  return writer.finish()
}

/** A status whose members are of a committee of this size. */
export function decodeStatus(bytes: Uint8Array, committeeSize: number): Result<Status, CodecFault> {
  return decodeWith(bytes, 'status', (reader) => ({
    chainTag: reader.bytes('status.chainTag', chainTagBytes),
    genesis: readHash(reader, 'status.genesis'),
    versions: readVersions(reader),
    certified: reader.flag('status.certified')
      ? readCertifiedHeader(reader, committeeSize)
      : undefined,
    head: { height: reader.u53('status.head.height'), slot: reader.u53('status.head.slot') },
    availableFrom: reader.u53('status.availableFrom'),
    statement: readStatement(reader, committeeSize),
  }))
}

function readVersions(reader: Reader): WireVersions {
  const versions = { oldest: reader.u16('status.versions'), newest: reader.u16('status.versions') }
  if (versions.newest < versions.oldest) {
    const detail = `end at ${versions.newest} and begin at ${versions.oldest}`
    reader.fail('out-of-range', 'status.versions', detail)
  }
  return versions
}

/** Whether two nodes have a version in common. */
export function isUnderstood(theirs: WireVersions, ours: WireVersions): boolean {
  return theirs.oldest <= ours.newest && ours.oldest <= theirs.newest
}

function writeStatement(writer: Writer, statement: PeerStatement | undefined): void {
  writer.flag(statement !== undefined)
  if (statement === undefined) return
  assert(
    statement.signature.length === ed25519SignatureBytes,
    'a statement is signed with 64 bytes',
  )
  writePeerClaim(writer, statement)
  writer.bytes(statement.signature)
}

function readStatement(reader: Reader, committeeSize: number): PeerStatement | undefined {
  if (!reader.flag('statement')) return undefined
  return {
    member: readMember(reader, 'statement.member', committeeSize),
    peer: reader.ascii('statement.peer', peerCharactersMax),
    expiresAtMs: reader.u53('statement.expiresAtMs'),
    signature: reader.bytes('statement.signature', ed25519SignatureBytes),
  }
}
