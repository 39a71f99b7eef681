/**
 * Four hashes side by side: brings blocks of four messages into lanes, and hashes out of them.
 *
 * A task is a message of one chunk, or one chunk of a longer message; a pair is an inner node of a tree, 64 bytes in
 * one block. The messages of a group of tasks may have different lengths: a lane whose message has ended goes on with
 * nothing, and nobody looks at what comes of it. So lanes are idle unless groups are of similar lengths, for which
 * `blake3-order` cares.
 *
 * Blocks are read whole, and what is behind a message's end is masked: up to 64 bytes behind each message are read,
 * and must be memory.
 */
import { compress4 } from './blake3-compress'
import {
  blockBytes,
  chunkEndFlag,
  chunkStartFlag,
  hashBytes,
  initialKey,
  keyedFlag,
  messageWords,
  rootFlag,
  stateWords,
} from './blake3-state'

/** Fields of a task, each of 32 bits, so that four tasks are transposed to four fields. */
export const taskPointerAt: usize = 0
/** Its length, at most a chunk's, and in the bits above it what it is: see below. */
export const taskShapeAt: usize = 4
/** Address of the 8 words of the key; that of initialKey is the plain hash. */
export const taskKeyAt: usize = 8
/** Where the 32 bytes of the hash, or of the chunk's chaining value, are written. */
export const taskOutputAt: usize = 12
/** Bytes of a task. */
export const taskBytes: usize = 16

/** Parts of the shape: length, whether it is one chunk of a longer message, and which. */
export const shapeLength: u32 = 0x7ff
export const shapeChunk: u32 = 0x800
export const shapeCounterShift: u32 = 12

/** Bytes of a pair: where its 64 bytes are, and where its hash goes. */
export const pairBytes: usize = 8

/** 64 bytes of ones, then 64 of zeros: at `masks + 64 - n` begins a mask of n bytes. */
const masks: usize = memory.data<u64>([-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0], 16)

/** Addresses of four blocks, of their masks, and of where hashes go: once as a vector, once one by one. */
const blockPointers: usize = memory.data(16, 16)
const maskPointers: usize = memory.data(16, 16)
const outputPointers: usize = memory.data(16, 16)
/** The fields of a group of tasks, transposed. */
const fields: usize = memory.data(64, 16)

/** Hashes four tasks that lie one after another at `group`, in ascending order of their numbers of blocks. */
export function hashTasks4(group: usize): void {
  transpose(
    fields,
    v128.load(group),
    v128.load(group, 16),
    v128.load(group, 32),
    v128.load(group, 48),
  )
  const at = v128.load(fields, 4 * taskPointerAt)
  const shapes = v128.load(fields, 4 * taskShapeAt)
  const keys = v128.load(fields, 4 * taskKeyAt)
  v128.store(outputPointers, v128.load(fields, 4 * taskOutputAt))
  gatherKeys(keys)

  const lengths = v128.and(shapes, i32x4.splat(shapeLength))
  const counters = i32x4.shr_u(shapes, shapeCounterShift)
  const isChunk = i32x4.ne(v128.and(shapes, i32x4.splat(shapeChunk)), i32x4.splat(0))
  const lastFlags = v128.or(v128.andnot(i32x4.splat(rootFlag), isChunk), i32x4.splat(chunkEndFlag))
  const innerFlags = v128.andnot(i32x4.splat(keyedFlag), i32x4.eq(keys, i32x4.splat(initialKey)))
  let flags = v128.or(innerFlags, i32x4.splat(chunkStartFlag))
  // Nothing has one block too, an empty one.
  const lasts = i32x4.shr_u(i32x4.max_s(i32x4.sub(lengths, i32x4.splat(1)), i32x4.splat(0)), 6)
  const shortest = i32x4.extract_lane(lasts, 0)
  const longest = i32x4.extract_lane(lasts, 3)

  // As long as all go on, nothing needs a mask.
  let blocks = at
  for (let block = 0; block < shortest; block += 1) {
    v128.store(blockPointers, blocks)
    gatherBlocks()
    compress4(counters, i32x4.splat(blockBytes), flags)
    blocks = i32x4.add(blocks, i32x4.splat(blockBytes))
    flags = innerFlags
  }
  for (let block = shortest; block <= longest; block += 1) {
    const isLast = i32x4.eq(lasts, i32x4.splat(block))
    const left = i32x4.max_s(i32x4.sub(lengths, i32x4.splat(block * blockBytes)), i32x4.splat(0))
    const taken = i32x4.min_s(left, i32x4.splat(blockBytes))
    const reached = i32x4.min_s(lasts, i32x4.splat(block))
    v128.store(blockPointers, i32x4.add(at, i32x4.shl(reached, 6)))
    v128.store(maskPointers, i32x4.sub(i32x4.splat(masks + blockBytes), taken))
    gatherMaskedBlocks()
    compress4(counters, taken, v128.or(flags, v128.and(isLast, lastFlags)))
    scatterEnded(isLast)
    flags = innerFlags
  }
}

/** Hashes the four pairs at `pairs`, with the key at `key`, and the same flags for each. */
export function hashPairs4(pairs: usize, key: usize, flags: u32): void {
  const first = v128.load(pairs)
  const second = v128.load(pairs, 16)
  v128.store(blockPointers, i32x4.shuffle(first, second, 0, 2, 4, 6))
  v128.store(outputPointers, i32x4.shuffle(first, second, 1, 3, 5, 7))
  splatKey(key)
  gatherBlocks()
  compress4(i32x4.splat(0), i32x4.splat(blockBytes), i32x4.splat(flags))
  scatterAll()
}

/** Begins each lane with the key of its task. */
function gatherKeys(keys: v128): void {
  const key0: usize = i32x4.extract_lane(keys, 0)
  const key1: usize = i32x4.extract_lane(keys, 1)
  const key2: usize = i32x4.extract_lane(keys, 2)
  const key3: usize = i32x4.extract_lane(keys, 3)
  transpose(stateWords, v128.load(key0), v128.load(key1), v128.load(key2), v128.load(key3))
  transpose(
    stateWords + 64,
    v128.load(key0, 16),
    v128.load(key1, 16),
    v128.load(key2, 16),
    v128.load(key3, 16),
  )
}

/** Begins each lane with the same key. */
function splatKey(key: usize): void {
  for (let word: usize = 0; word < 8; word += 1) {
    v128.store(stateWords + 16 * word, v128.load32_splat(key + 4 * word))
  }
}

/** Transposes four blocks: word w of message l becomes lane l of word w. */
function gatherBlocks(): void {
  const at0 = load<u32>(blockPointers)
  const at1 = load<u32>(blockPointers, 4)
  const at2 = load<u32>(blockPointers, 8)
  const at3 = load<u32>(blockPointers, 12)
  for (let part: usize = 0; part < blockBytes; part += 16) {
    transpose(
      messageWords + 4 * part,
      v128.load(at0 + part),
      v128.load(at1 + part),
      v128.load(at2 + part),
      v128.load(at3 + part),
    )
  }
}

/** As {@link gatherBlocks}, with zeros behind the ends. */
function gatherMaskedBlocks(): void {
  const at0 = load<u32>(blockPointers)
  const at1 = load<u32>(blockPointers, 4)
  const at2 = load<u32>(blockPointers, 8)
  const at3 = load<u32>(blockPointers, 12)
  const mask0 = load<u32>(maskPointers)
  const mask1 = load<u32>(maskPointers, 4)
  const mask2 = load<u32>(maskPointers, 8)
  const mask3 = load<u32>(maskPointers, 12)
  for (let part: usize = 0; part < blockBytes; part += 16) {
    transpose(
      messageWords + 4 * part,
      v128.and(v128.load(at0 + part), v128.load(mask0 + part)),
      v128.and(v128.load(at1 + part), v128.load(mask1 + part)),
      v128.and(v128.load(at2 + part), v128.load(mask2 + part)),
      v128.and(v128.load(at3 + part), v128.load(mask3 + part)),
    )
  }
}

/** Writes the hashes of the lanes that have ended to where their tasks want them. */
function scatterEnded(isLast: v128): void {
  const ended = i32x4.bitmask(isLast)
  if (ended === 15) {
    scatterAll()
    return
  }
  for (let lane: usize = 0; lane < 4; lane += 1) {
    if (((ended >> (lane as i32)) & 1) === 0) continue
    const output: usize = load<u32>(outputPointers + 4 * lane)
    for (let word: usize = 0; word < 8; word += 1) {
      store<u32>(output + 4 * word, load<u32>(stateWords + 16 * word + 4 * lane))
    }
  }
}

/** Writes the hash of each lane to its address: the state, transposed back. */
function scatterAll(): void {
  for (let half: usize = 0; half < hashBytes; half += 16) {
    const from = stateWords + 4 * half
    transpose(
      fields,
      v128.load(from),
      v128.load(from, 16),
      v128.load(from, 32),
      v128.load(from, 48),
    )
    v128.store(load<u32>(outputPointers) + half, v128.load(fields))
    v128.store(load<u32>(outputPointers, 4) + half, v128.load(fields, 16))
    v128.store(load<u32>(outputPointers, 8) + half, v128.load(fields, 32))
    v128.store(load<u32>(outputPointers, 12) + half, v128.load(fields, 48))
  }
}

/** Stores four rows of four words as four columns, one after another. */
function transpose(to: usize, row0: v128, row1: v128, row2: v128, row3: v128): void {
  const low01 = i32x4.shuffle(row0, row1, 0, 4, 1, 5)
  const low23 = i32x4.shuffle(row2, row3, 0, 4, 1, 5)
  const high01 = i32x4.shuffle(row0, row1, 2, 6, 3, 7)
  const high23 = i32x4.shuffle(row2, row3, 2, 6, 3, 7)
  v128.store(to, i64x2.shuffle(low01, low23, 0, 2))
  v128.store(to, i64x2.shuffle(low01, low23, 1, 3), 16)
  v128.store(to, i64x2.shuffle(high01, high23, 0, 2), 32)
  v128.store(to, i64x2.shuffle(high01, high23, 1, 3), 48)
}
