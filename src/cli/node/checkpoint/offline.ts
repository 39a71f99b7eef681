/**
 * What the checkpoint actor does in a running node, for a store at rest: lists checkpoints, looks
 * whether they are good, and makes one. The rules are the same functions; only the waiting differs.
 */
import {
  checkpointRecords,
  checkpointsReadMax,
  checkpointWrites,
  linksOf,
  outlived,
} from '../../../actors/storage/checkpoint-records.ts'
import { everyKey, heightOfFinalisation, keys } from '../../../actors/storage/keys.ts'
import type { CheckpointRecord } from '../../../actors/storage/messages.ts'
import { readRecord } from '../../../actors/storage/record.ts'
import { present } from '../../../base/assert.ts'
import { failed, ok, type Result } from '../../../base/result.ts'
import type { Entry, Store } from '../../../kernel/environment.ts'
import { nativeCrypto } from '../../../platform/crypto.ts'
import type { Chain } from '../../../protocol/chain.ts'
import { type Checkpoint, federationPart } from '../../../protocol/checkpoint/checkpoint.ts'
import {
  type BlockLink,
  type CheckpointFault,
  CoveredCheck,
  readCheckpoint,
  type VerificationLevel,
} from '../../../protocol/checkpoint/checks.ts'
import { checkpointId, encodeCheckpoint } from '../../../protocol/checkpoint/codec.ts'
import { certificateCheck } from '../../../protocol/consensus/checks.ts'
import { decodeCertificate } from '../../../protocol/consensus/codec.ts'
import type { Certificate } from '../../../protocol/consensus/vote.ts'
import { type Hash, hashToBytes } from '../../../protocol/hash.ts'
import { MerkleFrontier } from '../../../protocol/merkle-frontier.ts'
import type { SetupFault } from '../setup-fault.ts'
import { storeCommit, storeScan } from '../store-reads.ts'
import { blockAt } from '../trusted-history.ts'

/** A checkpoint on the disk, or why there is none. */
export interface FoundCheckpoint {
  readonly height: number
  readonly bytes: Uint8Array | undefined
  readonly id: Hash | undefined
  readonly read: Result<Checkpoint, CheckpointFault>
}

type Setup<Value> = Promise<Result<Value, SetupFault>>

const linksPerScan = 64
/** Certificates looked at for the newest that belongs to its block. */
const rootSearchMax = 64

/** Every checkpoint, the newest first. */
export async function findCheckpoints(
  store: Store,
  chain: Chain,
): Setup<readonly FoundCheckpoint[]> {
  const records = await recordsIn(store)
  if (!records.ok) return records
  return ok(
    records.value.map(({ height, bytes }) => ({
      ...{ height, bytes, id: bytes && checkpointId(bytes) },
      read: readCheckpoint(chain, height, bytes),
    })),
  )
}

async function recordsIn(store: Store): Setup<readonly CheckpointRecord[]> {
  const range = { ...everyKey('checkpoint'), limit: checkpointsReadMax, reverse: true }
  const entries = await storeScan(store, range)
  return entries.ok ? ok(checkpointRecords(entries.value)) : entries
}

/** What is wrong with a checkpoint at this level; undefined if it is good. */
export async function checkpointFaultIn(
  store: Store,
  chain: Chain,
  found: FoundCheckpoint,
  level: VerificationLevel,
): Setup<CheckpointFault | undefined> {
  if (!found.read.ok) return ok(found.read.fault)
  const checkpoint = found.read.value
  if (level === 'checksum') return ok(undefined)
  const forgery = forgeryOf(chain, checkpoint.chain.certificate)
  if (forgery !== undefined) return ok(forgery)
  const { hash } = checkpoint.chain.signed
  const block = await blockAt(store, chain, found.height)
  if (block === undefined) {
    const detail = `block ${found.height} cannot be read here`
    return ok({ code: 'ahead-of-store', detail })
  }
  if (block.signed.hash !== hash) {
    const detail = `block ${found.height} is ${block.signed.hash} here`
    return ok({ code: 'other-history', detail })
  }
  return level === 'full' ? await coveredFault(store, chain, checkpoint) : ok(undefined)
}

async function coveredFault(
  store: Store,
  chain: Chain,
  checkpoint: Checkpoint,
): Setup<CheckpointFault | undefined> {
  const check = new CoveredCheck(checkpoint)
  while (check.left > 0) {
    const countMax = Math.min(check.left, linksPerScan)
    const links = await linksIn(store, chain, check.nextHeight, countMax)
    if (!links.ok) return links
    if (links.value.length === 0) {
      return ok({ code: 'block-unreadable', detail: `block ${check.nextHeight}` })
    }
    for (const link of links.value) {
      const fault = check.add(link)
      if (fault !== undefined) return ok(fault)
    }
  }
  return ok(check.finish())
}

async function linksIn(
  store: Store,
  chain: Chain,
  fromHeight: number,
  countMax: number,
): Setup<readonly BlockLink[]> {
  const range = { from: keys.blockAt(fromHeight), to: keys.blockAt(fromHeight + countMax) }
  const entries = await storeScan(store, { ...range, limit: countMax })
  if (!entries.ok) return entries
  return ok(linksOf(entries.value, fromHeight, chain.committee.members.length))
}

/** The fault of a certificate whose signature is wrong. That it is by a quorum was looked at before. */
export function forgeryOf(chain: Chain, certificate: Certificate): CheckpointFault | undefined {
  const check = certificateCheck(chain, certificate)
  const { publicKeys, message, signature } = present(
    check.kind === 'bls' ? check : undefined,
    'a check of an aggregate',
  )
  if (nativeCrypto().verifyBls(publicKeys, message, signature)) return undefined
  return { code: 'forged', detail: 'the signature of its certificate is wrong' }
}

// ----- making one -----

/** What came of making one: the same as before, if it was there already. */
export interface MadeCheckpoint {
  readonly id: Hash
  readonly checkpoint: Checkpoint
  readonly isNew: boolean
  readonly dropped: number
}

/** Makes one of the highest committed block, as a node does; sync and peers are not asked. */
export async function makeCheckpoint(
  store: Store,
  chain: Chain,
  keptMax: number,
  nowMs: number,
): Setup<MadeCheckpoint> {
  const found = await findCheckpoints(store, chain)
  if (!found.ok) return found
  const certificate = await newestCertificate(store, chain)
  if (!certificate.ok) return certificate
  const { height, signed } = certificate.value
  const last = found.value.find((each) => each.read.ok && each.height <= height)
  if (last?.read.ok === true && last.height === height && last.id !== undefined) {
    return ok({ id: last.id, checkpoint: last.read.value, isNew: false, dropped: 0 })
  }
  const covered = await coverBelow(store, chain, (last?.height ?? 0) + 1, height)
  if (!covered.ok) return covered
  const checkpoint: Checkpoint = {
    ...{ createdAtMs: nowMs, isVerified: true, sync: undefined, peers: [] },
    chain: {
      ...{ chainTag: chain.tag, genesis: chain.genesis.hash, signed },
      ...{ certificate: certificate.value.certificate, covered: covered.value },
      previous: last?.id,
    },
    federation: federationPart(chain.committee),
    governance: { events: 0 },
  }
  const bytes = encodeCheckpoint(checkpoint)
  const dropped = outlived(found.value, height, keptMax)
  const written = await storeCommit(store, checkpointWrites(height, bytes, dropped))
  if (!written.ok) return written
  return ok({ id: checkpointId(bytes), checkpoint, isNew: true, dropped: dropped.length })
}

interface Committed {
  readonly height: number
  readonly signed: Checkpoint['chain']['signed']
  readonly certificate: Certificate
}

/** The highest committed block with a genuine certificate of its own. */
async function newestCertificate(store: Store, chain: Chain): Setup<Committed> {
  const range = { ...everyKey('final'), limit: rootSearchMax, reverse: true }
  const entries = await storeScan(store, range)
  if (!entries.ok) return entries
  for (const entry of entries.value) {
    const committed = await committedOf(store, chain, entry)
    if (committed !== undefined) return ok(committed)
  }
  return failed({ code: 'data', detail: 'no block is committed here, so there is nothing to keep' })
}

async function committedOf(
  store: Store,
  chain: Chain,
  entry: Entry,
): Promise<Committed | undefined> {
  const size = chain.committee.members.length
  const certificate = readRecord(entry, (bytes) => decodeCertificate(bytes, size))
  if (!certificate.ok) return undefined
  const height = heightOfFinalisation(entry.key)
  const signed = (await blockAt(store, chain, height))?.signed
  const isOnBlock = signed !== undefined && certificate.value.block === signed.hash
  if (!isOnBlock || forgeryOf(chain, certificate.value) !== undefined) return undefined
  return { height, signed, certificate: certificate.value }
}

/** The readable blocks that end with the one at `height`. */
async function coverBelow(
  store: Store,
  chain: Chain,
  fromHeight: number,
  height: number,
): Setup<Checkpoint['chain']['covered']> {
  let frontier = new MerkleFrontier()
  let next = fromHeight
  while (next <= height) {
    const countMax = Math.min(linksPerScan, height - next + 1)
    const links = await linksIn(store, chain, next, countMax)
    if (!links.ok) return links
    for (const { hash } of links.value) frontier.add(hashToBytes(hash))
    next += links.value.length
    if (links.value.length === countMax) continue
    frontier = new MerkleFrontier()
    next += 1
  }
  return ok({ count: frontier.count, root: frontier.root() })
}
