/**
 * Judges a run of blocks, all but their signatures: for each a fault or none, and its hash. The signatures of blocks
 * without a fault are laid out in the tables of a batch of signatures, which is for the caller to judge.
 *
 * Rules and verdicts are at fixed addresses, which are exported. A run of more than {@link blocksMax} is judged in
 * passes: the last block of one is what the first of the next has to stand on.
 */
import { copyHash, hashBytes, isSameHash } from './blake3-state'
import { finishBlocks, takeBlock } from './block-hashes'
import {
  authorAt,
  bodyRootAt,
  chainTagAt,
  heightAt,
  parentHashAt,
  signatureAt,
  signatureBytes,
  slotAt,
} from './block-layout'

/** Blocks in a pass. */
const blocksMax: u32 = 512

/** Codes of faults, as in `src/validation/run.ts`. */
const noFault: u32 = 0
const lengthFault: u32 = 1
const chainFault: u32 = 2
const slotFault: u32 = 3
const authorFault: u32 = 4
const rootFault: u32 = 5
const linkFault: u32 = 6
const heightFault: u32 = 7

/** A block in the table that a pass is given: where it begins, and its length. */
const entryLengthAt: usize = 4
const entryBytes: usize = 8

/** The rules, which the caller writes before the first pass, and what each pass leaves for the next. */
const rules: usize = memory.data(72, 16)
const ruleChainTagAt: usize = 0
/** The block before: height, slot, hash, and, at the end, whether it could be read (a byte, 1 or 0). */
const beforeHeightAt: usize = 8
const beforeSlotAt: usize = 16
const beforeHashAt: usize = 24
/** How the message of an author begins: its purpose, the chain tag and the epoch. */
const rulePrefixAt: usize = 56
/** How many authors there are, a byte. */
const ruleAuthorsAt: usize = 69
const isBeforeReadableAt: usize = 70

/** The number of each author's key in the batch of signatures, 32 bits each. */
const authorsMax: u32 = 64
const authorNumbers: usize = memory.data(4 * authorsMax, 16)

/** Of each block of the pass: fault, hash, and the root of its body. */
const faults: usize = memory.data(blocksMax, 16)
const hashes: usize = memory.data(hashBytes * blocksMax, 16)
const roots: usize = memory.data(hashBytes * blocksMax, 16)

/** Of each signature to be judged: which block of the pass it is of, and the message, 45 bytes. */
const places: usize = memory.data(4 * blocksMax, 16)
const messageStride: usize = 48
const messages: usize = memory.data(messageStride * blocksMax, 16)
const prefixBytes: usize = 13
const signedBytes: u32 = 45

/** The tables of the batch: its signatures, and its entries of key, message and length of the message. */
let signatureTable: usize = 0
let signatureEntries: usize = 0
const signatureEntryBytes: usize = 12
let signedCount: u32 = 0

/** Where rules go, 72 bytes: chain tag, height, slot and hash of the block before, prefix, authors, and 1. */
export function runRules(): usize {
  return rules
}

/** Where the numbers of the authors' keys go. */
export function runAuthors(): usize {
  return authorNumbers
}

/** Where the faults of a pass are. */
export function runFaults(): usize {
  return faults
}

/** Where the hashes of a pass are; zeros of a block that is not well-formed. */
export function runHashes(): usize {
  return hashes
}

/** Where the places of the signatures of a pass are. */
export function runPlaces(): usize {
  return places
}

/** From now on signatures are laid out in these tables, which have room for those of a pass. */
export function openRun(table: usize, entries: usize): void {
  signatureTable = table
  signatureEntries = entries
}

/**
 * Judges `count` blocks, at most {@link blocksMax}, each by the rules and the one before. Returns how many are without
 * a fault: so many signatures are laid out. Up to 64 bytes behind a block are read, but never matter.
 * Traps if there are more blocks.
 */
export function judgeBlocks(count: u32, table: usize): u32 {
  if (count > blocksMax) unreachable()
  for (let place: u32 = 0; place < count; place += 1) {
    const entry = table + entryBytes * place
    const hash = hashes + hashBytes * place
    const root = roots + hashBytes * place
    const isTaken = takeBlock(load<u32>(entry), load<u32>(entry, entryLengthAt), hash, root)
    store<u8>(faults + place, isTaken ? noFault : lengthFault)
  }
  finishBlocks()
  signedCount = 0
  for (let place: u32 = 0; place < count; place += 1) {
    if (load<u8>(faults + place) === noFault)
      judgeBlock(load<u32>(table + entryBytes * place), place)
    else passOver(place)
  }
  return signedCount
}

/** A block that is not well-formed: nothing links to it. */
function passOver(place: u32): void {
  memory.fill(hashes + hashBytes * place, 0, hashBytes)
  store<u8>(rules, 0, isBeforeReadableAt)
}

function judgeBlock(at: usize, place: u32): void {
  const hash = hashes + hashBytes * place
  const fault = faultOf(at, roots + hashBytes * place)
  store<u8>(faults + place, fault)
  if (fault === noFault) layOutSignature(at, place)
  store<u64>(rules, load<u64>(at, heightAt), beforeHeightAt)
  store<u64>(rules, load<u64>(at, slotAt), beforeSlotAt)
  store<u8>(rules, 1, isBeforeReadableAt)
  copyHash(rules + beforeHashAt, hash)
}

/** The first rule that a well-formed block breaks, in the order of `src/validation/run.ts`. */
function faultOf(at: usize, root: usize): u32 {
  const slot = load<u64>(at, slotAt)
  const height = load<u64>(at, heightAt)
  const author = slot % (load<u8>(rules, ruleAuthorsAt) as u64)
  if (load<u64>(at, chainTagAt) !== load<u64>(rules, ruleChainTagAt)) return chainFault
  if (slot === 0 || height === 0) return slotFault
  if ((load<u16>(at, authorAt) as u64) !== author) return authorFault
  if (!isSameHash(at + bodyRootAt, root)) return rootFault
  const isLinked = isSameHash(at + parentHashAt, rules + beforeHashAt)
  if (!isLinked || load<u8>(rules, isBeforeReadableAt) === 0) return linkFault
  if (height !== load<u64>(rules, beforeHeightAt) + 1) return heightFault
  if (slot <= load<u64>(rules, beforeSlotAt)) return slotFault
  return noFault
}

/** The signature, and what the author has signed: the prefix, then the hash. */
function layOutSignature(at: usize, place: u32): void {
  const message = messages + messageStride * signedCount
  const signature = signatureTable + signatureBytes * signedCount
  const entry = signatureEntries + signatureEntryBytes * signedCount
  v128.store(message, v128.load(rules + rulePrefixAt))
  copyHash(message + prefixBytes, hashes + hashBytes * place)
  copyHash(signature, at + signatureAt)
  copyHash(signature + hashBytes, at + signatureAt + hashBytes)
  store<u32>(entry, load<u32>(authorNumbers + 4 * (load<u16>(at, authorAt) as usize)))
  store<u32>(entry, message, 4)
  store<u32>(entry, signedBytes, 8)
  store<u32>(places + 4 * signedCount, place)
  signedCount += 1
}
