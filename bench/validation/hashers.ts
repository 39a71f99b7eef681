/**
 * Who hashes many messages, by name. All but one begin and end with arrays of JavaScript; the messages of `kernel` lie in
 * the kernel's memory, as those of blocks do, and so do its hashes.
 *
 * BLAKE3 is keyed, as the chain's is; SHA-256 is not, being there for scale.
 */
import { hash } from 'node:crypto'
import { blake3 } from '@noble/hashes/blake3.js'
import { createBLAKE3 } from 'hash-wasm'
import { domainKey, hashLength } from '../../src/protocol/hash.ts'
import { BatchHash } from '../../src/validation/batch-hash.ts'
import { openKernel } from './kernel.ts'

type Messages = readonly Uint8Array[]

/** Hashes the same messages each time that it is called. */
type HashAll = () => Iterable<Uint8Array | string>

const key = domainKey('transaction-item')
const entryBytes = 16
/** What the kernel may read behind a message. */
const paddingBytes = 64

/** All that hash, by the name that a program is given. */
export const hashers: Readonly<Record<string, (messages: Messages) => HashAll | Promise<HashAll>>> =
  {
    kernel: inKernel,
    batch: (messages) => {
      const { kernel, memory } = openKernel('fma')
      const hashes = new BatchHash(kernel, memory)
      return () => hashes.hashMany(messages, key)
    },
    'hash-wasm': async (messages) => {
      const hasher = await createBLAKE3(hashLength * 8, key)
      return () => messages.map((message) => hasher.init().update(message).digest('binary'))
    },
    noble: (messages) => () => messages.map((message) => blake3(message, { key })),
    // As text it comes soonest: to make a buffer takes as long again.
    'node-sha256': (messages) => () => messages.map((message) => hash('sha256', message, 'latin1')),
  }

function inKernel(messages: Messages): HashAll {
  const { kernel, memory } = openKernel('fma')
  const length = messages.reduce((sum, message) => sum + message.length, 0)
  const keyAt = memory.take(hashLength)
  const messagesAt = memory.take(length + paddingBytes)
  const table = memory.take(entryBytes * messages.length)
  const hashes = memory.take(hashLength * messages.length)
  memory.bytes.set(key, keyAt)
  let at = messagesAt
  for (const [i, message] of messages.entries()) {
    memory.bytes.set(message, at)
    const entry = [at, message.length, keyAt, hashes + hashLength * i]
    for (const [field, value] of entry.entries()) {
      memory.words.setUint32(table + entryBytes * i + 4 * field, value, true)
    }
    at += message.length
  }
  return () => {
    kernel.hashMany(messages.length, table)
    return [memory.bytes.subarray(hashes, hashes + hashLength * messages.length)]
  }
}
