/**
 * BLAKE3-256 of many messages of any length: messages are added, then hashed together. One of at most a chunk is a
 * task; a longer one is a task for each chunk, and a tree over their chaining values.
 *
 * J. O'Connor, J.-P. Aumasson, S. Neves, Z. Wilcox-O'Hearn, "BLAKE3: one function, fast everywhere", 2021. Keyed
 * mode and plain hash; neither longer outputs nor the derivation of keys.
 */
import {
  hashTasks4,
  shapeChunk,
  shapeCounterShift,
  shapeLength,
  taskBytes,
  taskKeyAt,
  taskOutputAt,
  taskPointerAt,
  taskShapeAt,
} from './blake3-lanes'
import { orderTasks, tallyTask } from './blake3-order'
import { chunkBytes, hashBytes, initialKey, keyedFlag, parentFlag, rootFlag } from './blake3-state'
import { hashListed, levelAbove, listLevel, listPair } from './blake3-tree'

/** Tasks that are held at once: more than the largest block has, and those of a message of 8 MiB. */
export const tasksMax: u32 = 8_192

/** As they came, and shortest first; with three more, so that the last group is whole. */
const taskTable: usize = memory.data(taskBytes * (tasksMax + 3), 16)
const sortedTable: usize = memory.data(taskBytes * (tasksMax + 3), 16)
/** Chaining values of the chunks of long messages. */
const chainingValues: usize = memory.data(hashBytes * tasksMax, 16)

/** A long message: where its chaining values are, how many, its key, and where its hash goes. */
const longNodesAt: usize = 0
const longCountAt: usize = 4
const longKeyAt: usize = 8
const longOutputAt: usize = 12
const longBytes: usize = 16
const longTable: usize = memory.data(longBytes * (tasksMax / 2), 16)

let tasksCount: u32 = 0
let chunksCount: u32 = 0
let longsCount: u32 = 0

/** Tasks that are added and not yet hashed. */
export function addedTasks(): u32 {
  return tasksCount
}

/** How many tasks a message takes. */
export function tasksOf(length: u32): u32 {
  return length <= chunkBytes ? 1 : (length + chunkBytes - 1) / chunkBytes
}

/**
 * Adds a message whose 32 bytes are to be written to `output`, hashed with the key at `key`; with {@link initialKey}
 * it is the plain hash. The caller has seen to it that there is room for its tasks. Up to 64 bytes behind it are read.
 */
export function addMessage(at: usize, length: u32, key: usize, output: usize): void {
  if (length <= chunkBytes) addTask(at, length, key, output)
  else addLong(at, length, key, output)
}

function addTask(at: usize, shape: u32, key: usize, output: usize): void {
  const task = taskTable + taskBytes * tasksCount
  store<u32>(task, at, taskPointerAt)
  store<u32>(task, shape, taskShapeAt)
  store<u32>(task, key, taskKeyAt)
  store<u32>(task, output, taskOutputAt)
  tallyTask(shape & shapeLength)
  tasksCount += 1
}

function addLong(at: usize, length: u32, key: usize, output: usize): void {
  const count = tasksOf(length)
  const nodes = chainingValues + hashBytes * chunksCount
  for (let chunk: u32 = 0; chunk < count; chunk += 1) {
    const begin = chunkBytes * chunk
    const shape = min(length - begin, chunkBytes) | shapeChunk | (chunk << shapeCounterShift)
    addTask(at + begin, shape, key, nodes + hashBytes * chunk)
  }
  const long = longTable + longBytes * longsCount
  store<u32>(long, nodes, longNodesAt)
  store<u32>(long, count, longCountAt)
  store<u32>(long, key, longKeyAt)
  store<u32>(long, output, longOutputAt)
  chunksCount += count
  longsCount += 1
}

/** Hashes what was added, and forgets it. */
export function hashAdded(): void {
  if (tasksCount === 0) return
  const tasks = orderTasks(tasksCount, taskTable, sortedTable)
  const end = tasks + taskBytes * tasksCount
  const longest = v128.load(end - taskBytes)
  for (let spare: usize = 0; spare < 3; spare += 1) v128.store(end + taskBytes * spare, longest)
  for (let group = tasks; group < end; group += 4 * taskBytes) hashTasks4(group)
  for (let long: u32 = 0; long < longsCount; long += 1) foldLong(longTable + longBytes * long)
  tasksCount = 0
  chunksCount = 0
  longsCount = 0
}

/** The tree over the chunks of one long message. Its root alone has the flag of a root. */
function foldLong(long: usize): void {
  const nodes = load<u32>(long, longNodesAt)
  const key = load<u32>(long, longKeyAt)
  const flags = parentFlag | (key === initialKey ? 0 : keyedFlag)
  let count = load<u32>(long, longCountAt)
  while (count > 2) {
    listLevel(nodes, count)
    hashListed(key, flags)
    count = levelAbove(nodes, count)
  }
  listPair(nodes, load<u32>(long, longOutputAt))
  hashListed(key, flags | rootFlag)
}

/** Fields of a message in the table of {@link hashMany}, each of 32 bits. */
const messagePointerAt: usize = 0
const messageLengthAt: usize = 4
const messageKeyAt: usize = 8
const messageOutputAt: usize = 12
const messageBytes: usize = 16

/**
 * Hashes `count` messages. For each, the table has where it begins, its length (at most 8 MiB), the address of the
 * 32 bytes of its key (0 for the plain hash), and where its hash goes. Up to 64 bytes behind a message are read.
 * Traps if a message is longer.
 */
export function hashMany(count: u32, table: usize): void {
  const end = table + messageBytes * count
  for (let message = table; message < end; message += messageBytes) {
    const length = load<u32>(message, messageLengthAt)
    if (tasksOf(length) > tasksMax) unreachable()
    if (tasksCount + tasksOf(length) > tasksMax) hashAdded()
    const key = load<u32>(message, messageKeyAt)
    addMessage(
      load<u32>(message, messagePointerAt),
      length,
      key === 0 ? initialKey : key,
      load<u32>(message, messageOutputAt),
    )
  }
  hashAdded()
}
