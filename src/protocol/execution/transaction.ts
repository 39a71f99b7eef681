/**
 * A transfer between accounts, signed by its sender: 149 bytes in one fixed layout, so that each
 * transaction has exactly one encoding and one hash.
 *
 * Types narrow on the way in: bytes → {@link KnownTransaction} (read, hashed, sender derived) →
 * {@link GenuineTransaction} (signature checked). Only the last can be executed. Whether nonce and
 * balance allow it is the transition's matter.
 */
import { assert, present } from '../../base/assert.ts'
import { toHex } from '../../base/bytes.ts'
import { type CodecFault, Reader, Writer } from '../../base/codec.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { HashWords } from '../blake3.ts'
import { chainTagBytes } from '../block/header.ts'
import type { SignatureCheck } from '../consensus/checks.ts'
import { type Hash, hashBytes, hashOf, hashOfWords, hashWords } from '../hash.ts'

/** What a sender signs, together with the chain's tag. */
export interface TransactionFields {
  /** The sender's Ed25519 public key, 32 bytes. */
  readonly from: Uint8Array
  /** The receiver's address, 20 bytes. */
  readonly to: Uint8Array
  /** Transactions this sender had executed before this one. Below 2^53. */
  readonly nonce: number
  /** Goes to the receiver, in the smallest unit. Below 2^64. */
  readonly amount: bigint
  /** Goes to the payload's fee recipient. Below 2^64. */
  readonly fee: bigint
}

export interface Transaction extends TransactionFields {
  /** Ed25519 over {@link transactionSigningBytes}, 64 bytes. */
  readonly signature: Uint8Array
}

/** A transaction with what is derived from it once: its bytes, its hash and the sender's address. */
export interface KnownTransaction extends Transaction {
  readonly bytes: Uint8Array
  readonly hash: Hash
  /** The same hash. */
  readonly hashWords: HashWords
  /** 20 bytes. */
  readonly sender: Uint8Array
}

declare const stage: unique symbol
/** A transaction that its sender signed. Only {@link judged} makes one. */
export interface GenuineTransaction extends KnownTransaction {
  readonly [stage]: 'genuine'
}

/** Is this Ed25519 signature right? Keys and signatures of a wrong form are false, never a throw. */
export type VerifySignature = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean

export const addressBytes = 20
/** Version 1, chain tag 8, from 32, to 20, nonce 8, amount 8, fee 8, signature 64. */
export const transactionBytes = 149
/** First of the signed bytes: no other kind of statement that a key may sign starts with it. */
export const transactionPurpose = 16

const version = 1
/** What is signed, as of {@link transactionSigningBytes}. */
const signedBytes = transactionBytes - 64

/** The address of an Ed25519 key: the first 20 bytes of its hash in the domain `address`. */
export function addressOf(publicKey: Uint8Array): Uint8Array {
  return hashBytes('address', publicKey).slice(0, addressBytes)
}

/** The hash of an encoded transaction, its signature included. */
export function transactionHash(bytes: Uint8Array): Hash {
  return hashOf('transaction', bytes)
}

/** As {@link transactionHash}, in words. */
export function transactionHashWords(bytes: Uint8Array): HashWords {
  return hashWords('transaction', bytes)
}

/** What is signed: the purpose, the chain's tag of 8 bytes, then the fields in order. 85 bytes. */
export function transactionSigningBytes(
  fields: TransactionFields,
  chainTag: Uint8Array,
): Uint8Array {
  const writer = new Writer(transactionBytes).u8(transactionPurpose)
  return writeFields(writer, fields, chainTag).finish()
}

/** Signs `fields` with `sign`, which must hold the secret of `fields.from`. */
export function signTransaction(
  fields: TransactionFields,
  chainTag: Uint8Array,
  sign: (message: Uint8Array) => Uint8Array,
): Transaction {
  return { ...fields, signature: sign(transactionSigningBytes(fields, chainTag)) }
}

/** The one encoding of a transaction, {@link transactionBytes} long. Asserts the fields' ranges. */
export function encodeTransaction(transaction: Transaction, chainTag: Uint8Array): Uint8Array {
  assert(transaction.signature.length === 64, 'a signature has 64 bytes')
  const writer = new Writer(transactionBytes).u8(version)
  return writeFields(writer, transaction, chainTag).bytes(transaction.signature).finish()
}

/**
 * Reads a transaction of the chain `chainTag`; another chain's or version's is an unknown kind. Its fields are views on
 * `bytes`.
 */
export function decodeTransaction(
  bytes: Uint8Array,
  chainTag: Uint8Array,
): Result<Transaction, CodecFault> {
  const reader = new Reader(bytes)
  if (reader.u8('version') !== version) reader.fail('unknown-kind', 'version', 'is not 1')
  if (!reader.isNext('chainTag', chainTag)) {
    const tag = bytes.subarray(1, 1 + chainTagBytes)
    reader.fail('unknown-kind', 'chainTag', `is ${toHex(tag)}, another chain`)
  }
  const transaction: Transaction = {
    from: reader.view('from', 32),
    to: reader.view('to', addressBytes),
    nonce: reader.u53('nonce'),
    amount: reader.u64('amount'),
    fee: reader.u64('fee'),
    signature: reader.view('signature', 64),
  }
  const fault = reader.finish('transaction')
  return fault === undefined ? ok(transaction) : failed(fault)
}

/** What is derived from a transaction's bytes, for whoever knows it already, or knows how to tell it sooner. */
export interface Derived {
  readonly hashWords: HashWords
  /** The address of a key. */
  readonly addressOf: (publicKey: Uint8Array) => Uint8Array
}

/** Reads a transaction and derives its sender and its hash. Keeps the bytes. */
export function identifyTransaction(
  bytes: Uint8Array,
  chainTag: Uint8Array,
  derived: Derived = { hashWords: transactionHashWords(bytes), addressOf },
): Result<KnownTransaction, CodecFault> {
  const read = decodeTransaction(bytes, chainTag)
  return read.ok ? ok(new IdentifiedTransaction(read.value, bytes, derived)) : read
}

/** A class for the sake of the hash: as text it is needed seldom, and takes longer to write than to compute. */
class IdentifiedTransaction implements KnownTransaction {
  readonly from: Uint8Array
  readonly to: Uint8Array
  readonly nonce: number
  readonly amount: bigint
  readonly fee: bigint
  readonly signature: Uint8Array
  readonly bytes: Uint8Array
  readonly hashWords: HashWords
  readonly sender: Uint8Array
  #hash: Hash | undefined

  constructor(
    { from, to, nonce, amount, fee, signature }: Transaction,
    bytes: Uint8Array,
    derived: Derived,
  ) {
    this.from = from
    this.to = to
    this.nonce = nonce
    this.amount = amount
    this.fee = fee
    this.signature = signature
    this.bytes = bytes
    this.hashWords = derived.hashWords
    this.sender = derived.addressOf(from)
  }

  get hash(): Hash {
    this.#hash ??= hashOfWords(this.hashWords)
    return this.#hash
  }
}

/** What has to be right for transactions to be genuine: an Ed25519 signature each, by the rules of ZIP-215. */
export function transactionChecks(
  transactions: readonly KnownTransaction[],
): readonly Extract<SignatureCheck, { kind: 'ed25519' }>[] {
  // One array for all messages: for each its own would cost more than to fill it.
  const messages = new Uint8Array(transactions.length * signedBytes)
  return transactions.map(({ from: publicKey, signature, bytes }, i) => {
    const at = i * signedBytes
    // The encoding begins with what is signed, behind another first byte.
    for (let k = 1; k < signedBytes; k += 1) messages[at + k] = bytes[k] ?? 0
    messages[at] = transactionPurpose
    return {
      kind: 'ed25519',
      publicKey,
      message: messages.subarray(at, at + signedBytes),
      signature,
    }
  })
}

/** As {@link transactionChecks}, of one. */
export function transactionCheck(
  transaction: KnownTransaction,
): Extract<SignatureCheck, { kind: 'ed25519' }> {
  return present(transactionChecks([transaction])[0], 'a check')
}

/** The same transaction, known to be signed by its sender if its check `isRight`; else undefined. */
export function judged(
  transaction: KnownTransaction,
  isRight: boolean,
): GenuineTransaction | undefined {
  return isRight ? (transaction as GenuineTransaction) : undefined
}

/** The same transaction, known to be signed by its sender; undefined if it is not. */
export function checkSignature(
  transaction: KnownTransaction,
  verify: VerifySignature,
): GenuineTransaction | undefined {
  const { publicKey, message, signature } = transactionCheck(transaction)
  return judged(transaction, verify(publicKey, message, signature))
}

function writeFields(writer: Writer, fields: TransactionFields, chainTag: Uint8Array): Writer {
  assert(chainTag.length === chainTagBytes, 'a chain tag has 8 bytes')
  assert(fields.from.length === 32, 'a public key has 32 bytes')
  assert(fields.to.length === addressBytes, 'an address has 20 bytes')
  return writer
    .bytes(chainTag)
    .bytes(fields.from)
    .bytes(fields.to)
    .u53(fields.nonce)
    .u64(fields.amount)
    .u64(fields.fee)
}
