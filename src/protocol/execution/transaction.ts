/**
 * A transfer between accounts, signed by its sender: 149 bytes in one fixed layout, so that each
 * transaction has exactly one encoding and one hash.
 *
 * Types narrow on the way in: bytes → {@link KnownTransaction} (read, hashed, sender derived) →
 * {@link GenuineTransaction} (signature checked). Only the last can be executed. Whether nonce and
 * balance allow it is the transition's matter.
 */
import { assert } from '../../base/assert.ts'
import { equalBytes, toHex } from '../../base/bytes.ts'
import { type CodecFault, Reader, Writer } from '../../base/codec.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import { chainTagBytes } from '../block/header.ts'
import type { SignatureCheck } from '../consensus/checks.ts'
import { type Hash, hashBytes, hashOf } from '../hash.ts'

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

/** Reads a transaction of the chain `chainTag`; another chain's or version's is an unknown kind. */
export function decodeTransaction(
  bytes: Uint8Array,
  chainTag: Uint8Array,
): Result<Transaction, CodecFault> {
  const reader = new Reader(bytes)
  if (reader.u8('version') !== version) reader.fail('unknown-kind', 'version', 'is not 1')
  const tag = reader.bytes('chainTag', chainTagBytes)
  if (!equalBytes(tag, chainTag)) {
    reader.fail('unknown-kind', 'chainTag', `is ${toHex(tag)}, another chain`)
  }
  const transaction: Transaction = {
    from: reader.bytes('from', 32),
    to: reader.bytes('to', addressBytes),
    nonce: reader.u53('nonce'),
    amount: reader.u64('amount'),
    fee: reader.u64('fee'),
    signature: reader.bytes('signature', 64),
  }
  const fault = reader.finish('transaction')
  return fault === undefined ? ok(transaction) : failed(fault)
}

/** Reads a transaction and derives its sender, and its hash if it is not given. Keeps the bytes. */
export function identifyTransaction(
  bytes: Uint8Array,
  chainTag: Uint8Array,
  hash: Hash = transactionHash(bytes),
): Result<KnownTransaction, CodecFault> {
  const read = decodeTransaction(bytes, chainTag)
  if (!read.ok) return read
  const { from, to, nonce, amount, fee, signature } = read.value
  return ok({ from, to, nonce, amount, fee, signature, bytes, hash, sender: addressOf(from) })
}

/** What has to be right for a transaction to be genuine: one Ed25519 signature, by the rules of ZIP-215. */
export function transactionCheck(
  transaction: KnownTransaction,
): Extract<SignatureCheck, { kind: 'ed25519' }> {
  const { from: publicKey, signature } = transaction
  // The encoding begins with what is signed, behind another first byte.
  const message = new Uint8Array(signedBytes)
  message.set(transaction.bytes.subarray(0, signedBytes))
  message[0] = transactionPurpose
  return { kind: 'ed25519', publicKey, message, signature }
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
