/**
 * Reads an encoded block in place: first all bounds, then, of a block that is well-formed, its messages for the hash.
 * Does not judge anything else.
 */
import { addMessage, tasksOf } from './blake3'
import { hashBytes } from './blake3-state'
import {
  bodyAt,
  bodyBytesMax,
  bodyItemsMax,
  countLimit,
  headerBytes,
  headerVersion,
  heightAt,
  itemBytesMax,
  itemCountAt,
  itemHeadBytes,
  itemLengthAt,
  itemsAt,
  payloadKind,
  slotAt,
  transactionKind,
  versionAt,
} from './block-layout'

/** The keys of the domains in which a block is hashed, 32 bytes each; the caller writes them once. */
const keyTable: usize = memory.data(4 * hashBytes, 16)
export const headerKey: usize = keyTable
export const payloadKey: usize = keyTable + hashBytes
export const transactionKey: usize = keyTable + 2 * hashBytes
export const nodeKey: usize = keyTable + 3 * hashBytes

/** Where the keys go, one after another: of headers, payload items, transaction items, and inner nodes. */
export function domainKeys(): usize {
  return keyTable
}

/**
 * The number of tasks that hashing this block takes; 0 if its bytes are not one well-formed encoding. Nothing beyond
 * them is read.
 */
export function tasksOfBlock(at: usize, length: u32): u32 {
  if (length < itemsAt || length - bodyAt > bodyBytesMax) return 0
  if (load<u16>(at, versionAt) !== headerVersion) return 0
  if (load<u64>(at, heightAt) >= countLimit || load<u64>(at, slotAt) >= countLimit) return 0
  const count: u32 = load<u16>(at + bodyAt)
  if (count > bodyItemsMax || load<u32>(at, itemCountAt) !== count) return 0
  // An empty body has one leaf, too.
  if (count === 0) return length === itemsAt ? 2 : 0
  const tasks = tasksOfItems(at + itemsAt, length - itemsAt, count)
  return tasks === 0 ? 0 : tasks + 1
}

/** As {@link tasksOfBlock}, of `count` items that are to fill the `left` bytes from `head` on. */
function tasksOfItems(head: usize, left: u32, count: u32): u32 {
  let tasks: u32 = 0
  for (let item: u32 = 0; item < count; item += 1) {
    if (left < itemHeadBytes) return 0
    const kind: u32 = load<u8>(head)
    const length = load<u32>(head, itemLengthAt)
    left -= itemHeadBytes
    if (kind !== payloadKind && kind !== transactionKind) return 0
    if (length > itemBytesMax || length > left) return 0
    head += itemHeadBytes + length
    left -= length
    tasks += tasksOf(length)
  }
  return left === 0 ? tasks : 0
}

/** The number of leaves of its tree: an empty body counts as one, whose hash is that of nothing. */
export function leavesOfBlock(at: usize): u32 {
  return max<u32>(load<u16>(at + bodyAt), 1)
}

/** Adds the header, whose hash goes to `hash`, and the items, whose hashes go to `leaves`, of a well-formed block. */
export function addBlock(at: usize, hash: usize, leaves: usize): void {
  addMessage(at, headerBytes, headerKey, hash)
  const count: u32 = load<u16>(at + bodyAt)
  if (count === 0) addMessage(at, 0, nodeKey, leaves)
  let head = at + itemsAt
  for (let item: u32 = 0; item < count; item += 1) {
    const length = load<u32>(head, itemLengthAt)
    const key = load<u8>(head) === payloadKind ? payloadKey : transactionKey
    addMessage(head + itemHeadBytes, length, key, leaves + hashBytes * item)
    head += itemHeadBytes + length
  }
}
