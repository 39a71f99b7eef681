/**
 * What lies in a node's store: where its chain stands, how it has voted, what takes up the space. Reads
 * every record once and compares its checksum; verifies the certificate of the last committed block.
 * Changes nothing, and repairs nothing.
 */
import { heightIn, keys } from '../../actors/storage/keys.ts'
import { decodeVoteRecord, laterRecord, openRecord } from '../../actors/storage/record.ts'
import { toHex } from '../../base/bytes.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Entry, KeyRange, Store } from '../../kernel/environment.ts'
import {
  accountsFrom,
  finalisedKey,
  genesisKey,
  readAccountRecord,
  readPayloadRecord,
} from '../../ledger/records.ts'
import { nativeCrypto } from '../../platform/crypto.ts'
import { decodeStoredBlock } from '../../protocol/block/block.ts'
import type { Chain } from '../../protocol/chain.ts'
import { certificateCheck, isQuorum } from '../../protocol/consensus/checks.ts'
import { decodeCertificate } from '../../protocol/consensus/codec.ts'
import {
  type Contradiction,
  decidedAt,
  decodeContradiction,
  describeContradiction,
  encodeContradiction,
  remedyOf,
} from '../../protocol/consensus/contradiction.ts'
import type { VoteRecord } from '../../protocol/consensus/record.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { SetupFault } from './setup-fault.ts'

/** A place in the chain. */
interface BlockPlace {
  readonly height: number
  readonly slot: number
  readonly hash: Hash
}

/** Records of one kind. */
interface KindSize {
  records: number
  /** Of keys and values, as they were stored; LevelDB compresses them. */
  bytes: number
}

export interface DataReport {
  readonly isOfChain: boolean
  /** The last committed block; undefined at genesis. */
  readonly root:
    | (BlockPlace & { readonly stateRoot: Hash; readonly certificate: CertificateState })
    | undefined
  /** Undefined: lost, or this store is new. */
  readonly voteRecord: VoteRecord | undefined
  /** Blocks above the root, by slot. */
  readonly openBlocks: readonly BlockPlace[]
  /** Slots above the root with a notarisation. */
  readonly notarisedSlots: readonly number[]
  readonly ledger: { readonly number: number; readonly stateRoot: Hash } | undefined
  readonly sizes: Readonly<Record<string, KindSize>>
  /** Keys of records that are not what was written, the first ones. */
  readonly damaged: readonly string[]
  readonly damagedCount: number
  /** What was shown to this node beside its committed blocks, and made it stop; undefined if nothing was. */
  readonly contradiction: ContradictionReport | undefined
  /** Heights below the last block at which there is none, the first ones. */
  readonly missing: readonly number[]
  readonly missingCount: number
}

export interface ContradictionReport {
  /** In a few words. */
  readonly detail: string
  readonly remedy: string
  /** The lowest height of a trusted block that settles it. */
  readonly decidedAt: number
  /** As it is kept, in hexadecimal: everybody can check it. */
  readonly proof: string
}

type CertificateState = 'genuine' | 'forged' | 'unreadable'

const entriesPerScan = 500
const damagedShownMax = 20
const missingShownMax = 20
/** Above every key: keys are ASCII. */
const endOfKeys = '\x7f'

/** What is gathered on the way through all records, which come in the order of their keys. */
interface Gathered {
  genesis: string | undefined
  votes: VoteRecord | undefined
  lastBlock: Entry | undefined
  lastFinalisation: Entry | undefined
  ledger: DataReport['ledger']
  contradiction: DataReport['contradiction']
  readonly openBlocks: BlockPlace[]
  readonly notarisedSlots: number[]
  readonly sizes: Record<string, KindSize>
  readonly damaged: string[]
  damagedCount: number
  readonly missing: number[]
  missingCount: number
  /** Of the last block record, damaged or not; 0 before any. */
  blockHeight: number
}

/** Reads the whole store. */
export async function reportOnData(
  store: Store,
  chain: Chain,
): Promise<Result<DataReport, SetupFault>> {
  const gathered: Gathered = {
    ...{ genesis: undefined, votes: undefined, lastBlock: undefined, lastFinalisation: undefined },
    ...{
      ledger: undefined,
      contradiction: undefined,
      openBlocks: [],
      notarisedSlots: [],
      sizes: {},
    },
    ...{ damaged: [], damagedCount: 0, missing: [], missingCount: 0, blockHeight: 0 },
  }
  let from = ''
  for (;;) {
    const page = await scan(store, { from, to: endOfKeys, limit: entriesPerScan })
    if (!page.ok) return page
    for (const entry of page.value) gather(gathered, entry, chain)
    const last = page.value.at(-1)
    if (last === undefined) return ok(report(gathered, chain))
    from = `${last.key}\0`
  }
}

function scan(store: Store, range: KeyRange): Promise<Result<readonly Entry[], SetupFault>> {
  const { promise, resolve } = Promise.withResolvers<Result<readonly Entry[], SetupFault>>()
  store.scan(range, (outcome) => {
    if (outcome.ok) return resolve(outcome)
    resolve(failed({ code: 'data', detail: `cannot read: ${outcome.fault.detail}` }))
  })
  return promise
}

function gather(gathered: Gathered, entry: Entry, chain: Chain): void {
  const kind = entry.key.split('/', entry.key.startsWith('ledger/') ? 2 : 1).join('/')
  const size = gathered.sizes[kind] ?? { records: 0, bytes: 0 }
  gathered.sizes[kind] = size
  size.records += 1
  size.bytes += entry.key.length + entry.value.length
  if (kind === 'block') gatherHeight(gathered, heightIn(entry.key))
  const isSound = kind.startsWith('ledger/')
    ? gatherLedger(gathered, entry)
    : gatherChain(gathered, entry, kind, chain)
  if (isSound) return
  gathered.damagedCount += 1
  if (gathered.damaged.length < damagedShownMax) gathered.damaged.push(entry.key)
}

/** Blocks come by height: one that was left out is not there. */
function gatherHeight(gathered: Gathered, height: number): void {
  for (let missing = gathered.blockHeight + 1; missing < height; missing += 1) {
    gathered.missingCount += 1
    if (gathered.missing.length < missingShownMax) gathered.missing.push(missing)
  }
  gathered.blockHeight = height
}

/** False if the record is damaged. */
function gatherLedger(gathered: Gathered, entry: Entry): boolean {
  const { key } = entry
  if (key.startsWith(accountsFrom)) return readAccountRecord(entry).ok
  if (key !== finalisedKey && key !== genesisKey) return true
  const payload = readPayloadRecord(entry)
  if (payload.ok && key === finalisedKey) {
    const { number, stateRoot } = payload.value
    gathered.ledger = { number, stateRoot }
  }
  return payload.ok
}

/** False if the record is damaged. */
function gatherChain(gathered: Gathered, entry: Entry, kind: string, chain: Chain): boolean {
  const bytes = openRecord(entry.key, entry.value)
  if (bytes === undefined) return false
  const committeeSize = chain.committee.members.length
  switch (kind) {
    case keys.genesis:
      gathered.genesis = toHex(bytes)
      return true
    case 'votes': {
      const votes = decodeVoteRecord(bytes)
      if (votes.ok) gathered.votes = laterRecord(gathered.votes, votes.value)
      return votes.ok
    }
    case 'block':
      gathered.lastBlock = { key: entry.key, value: bytes }
      return true
    case 'final':
      gathered.lastFinalisation = { key: entry.key, value: bytes }
      return true
    case 'open': {
      const block = decodeStoredBlock(bytes, committeeSize)
      if (!block.ok) return false
      const { header, hash } = block.value.signed
      gathered.openBlocks.push({ height: header.height, slot: header.slot, hash })
      return true
    }
    case 'notarised': {
      const certificate = decodeCertificate(bytes, committeeSize)
      if (certificate.ok) gathered.notarisedSlots.push(certificate.value.slot)
      return certificate.ok
    }
    case 'contradiction': {
      const contradiction = decodeContradiction(bytes, committeeSize)
      if (contradiction.ok) gathered.contradiction = reportOf(contradiction.value)
      return contradiction.ok
    }
    default:
      return true
  }
}

function reportOf(contradiction: Contradiction): ContradictionReport {
  return {
    detail: describeContradiction(contradiction),
    remedy: remedyOf(contradiction),
    decidedAt: decidedAt(contradiction),
    proof: toHex(encodeContradiction(contradiction)),
  }
}

function report(gathered: Gathered, chain: Chain): DataReport {
  const { genesis, votes, ledger, sizes, damaged, damagedCount, missing, missingCount } = gathered
  const root = rootOf(gathered, chain)
  // What a commit replaces is dropped with the next one; until then it lies there twice.
  const isAbove = (slot: number): boolean => slot > (root?.slot ?? 0)
  const openBlocks = gathered.openBlocks.filter(({ slot }) => isAbove(slot))
  const notarisedSlots = gathered.notarisedSlots.filter(isAbove)
  return {
    isOfChain: genesis === undefined || genesis === chain.genesis.hash,
    root,
    voteRecord: votes,
    contradiction: gathered.contradiction,
    ...{ openBlocks, notarisedSlots, ledger, sizes, damaged, damagedCount, missing, missingCount },
  }
}

function rootOf({ lastBlock, lastFinalisation }: Gathered, chain: Chain): DataReport['root'] {
  const committeeSize = chain.committee.members.length
  const block = lastBlock && decodeStoredBlock(lastBlock.value, committeeSize)
  if (block?.ok !== true) return undefined
  const { header, hash } = block.value.signed
  const { height, slot, stateRoot } = header
  const certificate = certificateState(lastFinalisation, hash, chain)
  return { height, slot, hash, stateRoot, certificate }
}

function certificateState(entry: Entry | undefined, hash: Hash, chain: Chain): CertificateState {
  const decoded = entry && decodeCertificate(entry.value, chain.committee.members.length)
  if (decoded?.ok !== true) return 'unreadable'
  const certificate = decoded.value
  const check = certificateCheck(chain, certificate)
  const isRight =
    certificate.kind === 'finalise' &&
    certificate.block === hash &&
    isQuorum(chain, certificate) &&
    check.kind === 'bls' &&
    nativeCrypto().verifyBls(check.publicKeys, check.message, check.signature)
  return isRight ? 'genuine' : 'forged'
}
