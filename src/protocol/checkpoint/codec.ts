/**
 * Checkpoints as bytes: a version, then six parts, each with its length and a version of its own, so
 * that one of them can change without the others. The id is a hash over these bytes, in a domain of
 * its own; no part of it is within them.
 *
 * Checks form only. Members are read as of the largest committee there can be: whose checkpoint it is
 * is decided afterwards (`checks.ts`), and told better than by a signer who does not exist.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, Reader, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { chainTagBytes, readSignedHeader, writeSignedHeader } from '../block/header.ts'
import { membersMax } from '../committee.ts'
import { readCertificate, writeCertificate } from '../consensus/codec.ts'
import { peerCharactersMax } from '../consensus/signing.ts'
import { type Hash, hashOf, readHash, writeHash } from '../hash.ts'
import {
  type ChainPart,
  type Checkpoint,
  checkpointPeersMax,
  type FederationPart,
  type GovernancePart,
  type PeerPart,
  peerAddressesMax,
  type SyncPart,
} from './checkpoint.ts'

const version = 1
const partVersion = 1
/** Bytes of an encoded checkpoint; peers take up most of it. */
export const checkpointBytesMax = 128 * 1_024
const stateCharactersMax = 32
const classCharactersMax = 16
const addressCharactersMax = 255
const ppmMax = 1_000_000

/** By what a checkpoint is known: a hash over its bytes. */
export function checkpointId(bytes: Uint8Array): Hash {
  return hashOf('checkpoint', bytes)
}

/** At most {@link checkpointBytesMax} bytes. Asserts the bounds that a decoder checks. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { createdAtMs, isVerified, chain, sync, peers, federation, governance } = checkpoint
  assert(peers.length <= checkpointPeersMax, 'a bounded number of peers')
  const writer = new Writer(1_024).u16(version)
  writer.blob(part((each) => each.u53(createdAtMs).flag(isVerified)))
  writer.blob(part((each) => writeChain(each, chain)))
  writer.blob(part((each) => writeSync(each, sync)))
  writer.blob(part((each) => each.list(peers, writePeer)))
  writer.blob(part((each) => writeFederation(each, federation)))
  writer.blob(part((each) => each.u32(governance.events)))
  return writer.finish()
}

/** A well-formed checkpoint. Nothing in it was compared or verified. */
export function decodeCheckpoint(bytes: Uint8Array): Result<Checkpoint, CodecFault> {
  return decodeWith(bytes, 'checkpoint', (reader) => {
    const found = reader.u16('checkpoint.version')
    if (found !== version) reader.fail('unknown-kind', 'checkpoint.version', `is ${found}`)
    const metadata = readPart(reader, 'metadata', (each) => ({
      createdAtMs: each.u53('metadata.createdAtMs'),
      isVerified: each.flag('metadata.isVerified'),
    }))
    return {
      ...metadata,
      chain: readPart(reader, 'chain', readChain),
      sync: readPart(reader, 'sync', readSync),
      peers: readPart(reader, 'peers', (each) => each.list('peers', checkpointPeersMax, readPeer)),
      federation: readPart(reader, 'federation', readFederation),
      governance: readPart(reader, 'governance', readGovernance),
    }
  })
}

/** A part by itself: its version, then what `write` writes. */
function part(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer().u8(partVersion)
  write(writer)
  return writer.finish()
}

function readPart<Value>(reader: Reader, name: string, read: (reader: Reader) => Value): Value {
  const inner = new Reader(reader.blob(name, checkpointBytesMax))
  const found = inner.u8(`${name}.version`)
  if (found !== partVersion) inner.fail('unknown-kind', `${name}.version`, `is ${found}`)
  const value = read(inner)
  const fault = inner.finish(name)
  if (fault !== undefined) reader.fail(fault.code, fault.field, fault.detail)
  return value
}

function writeChain(writer: Writer, chain: ChainPart): void {
  const { chainTag, genesis, signed, certificate, covered, previous } = chain
  assert(chainTag.length === chainTagBytes, 'a chain tag has 8 bytes')
  assert(covered.count >= 1, 'a checkpoint covers its own block')
  writeHash(writer.bytes(chainTag), genesis)
  writeSignedHeader(writer, signed)
  writeCertificate(writer, certificate)
  writeHash(writer.u32(covered.count), covered.root).flag(previous !== undefined)
  if (previous !== undefined) writeHash(writer, previous)
}

function readChain(reader: Reader): ChainPart {
  const chainTag = reader.bytes('chain.tag', chainTagBytes)
  const genesis = readHash(reader, 'chain.genesis')
  const signed = readSignedHeader(reader)
  const certificate = readCertificate(reader, membersMax)
  const count = reader.u32('covered.count')
  if (count < 1 || count > signed.header.height) {
    reader.fail('out-of-range', 'covered.count', `is ${count} at height ${signed.header.height}`)
  }
  const covered = { count, root: readHash(reader, 'covered.root') }
  const hasPrevious = reader.flag('chain.previous')
  const previous = hasPrevious ? readHash(reader, 'chain.previous') : undefined
  return { chainTag, genesis, signed, certificate, covered, previous }
}

function writeSync(writer: Writer, sync: SyncPart | undefined): void {
  writer.flag(sync !== undefined)
  if (sync === undefined) return
  const { state, currentHeight, targetHeight, progressPpm } = sync
  assert(state.length <= stateCharactersMax, 'a short name')
  assert(progressPpm <= ppmMax, 'a share of a million')
  writer.ascii(state).u53(currentHeight).u53(targetHeight).u32(progressPpm)
}

function readSync(reader: Reader): SyncPart | undefined {
  if (!reader.flag('sync')) return undefined
  const state = reader.ascii('sync.state', stateCharactersMax)
  const currentHeight = reader.u53('sync.currentHeight')
  const targetHeight = reader.u53('sync.targetHeight')
  const progressPpm = reader.u32('sync.progressPpm')
  if (progressPpm > ppmMax) {
    reader.fail('out-of-range', 'sync.progressPpm', `is ${progressPpm} of ${ppmMax}`)
  }
  return { state, currentHeight, targetHeight, progressPpm }
}

function writePeer(writer: Writer, { peer, class: peerClass, addresses }: PeerPart): void {
  assert(peer.length <= peerCharactersMax, 'a peer of at most 128 characters')
  assert(peerClass.length <= classCharactersMax, 'a class of at most 16 characters')
  assert(addresses.length <= peerAddressesMax, 'a bounded number of addresses')
  writer.ascii(peer).ascii(peerClass)
  writer.list(addresses, (each, address) => each.ascii(address))
}

function readPeer(reader: Reader): PeerPart {
  const peer = reader.ascii('peer.id', peerCharactersMax)
  const peerClass = reader.ascii('peer.class', classCharactersMax)
  const addresses = reader.list('peer.addresses', peerAddressesMax, (each) =>
    each.ascii('peer.address', addressCharactersMax),
  )
  return { peer, class: peerClass, addresses }
}

function writeFederation(writer: Writer, federation: FederationPart): void {
  const { epoch, committee, members, quorum } = federation
  writeHash(writer.u32(epoch), committee).u16(members).u16(quorum)
}

function readFederation(reader: Reader): FederationPart {
  const epoch = reader.u32('federation.epoch')
  const committee = readHash(reader, 'federation.committee')
  const members = reader.u16('federation.members')
  return { epoch, committee, members, quorum: reader.u16('federation.quorum') }
}

function readGovernance(reader: Reader): GovernancePart {
  const events = reader.u32('governance.events')
  if (events !== 0) reader.fail('out-of-range', 'governance.events', `is ${events}; none exist`)
  return { events: 0 }
}

/** Whether a peer fits into a checkpoint. The network's own notation may be longer than that. */
export function fitsCheckpoint({ peer, class: peerClass, addresses }: PeerPart): boolean {
  const isShort = (text: string, charactersMax: number): boolean =>
    text.length <= charactersMax && /^[\x20-\x7e]+$/.test(text)
  return (
    isShort(peer, peerCharactersMax) &&
    isShort(peerClass, classCharactersMax) &&
    addresses.length <= peerAddressesMax &&
    addresses.every((address) => isShort(address, addressCharactersMax))
  )
}
