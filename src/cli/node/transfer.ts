/** Makes and submits a transfer, as a user's wallet would: the node never sees the secret. */
import { fromHex, toHex } from '../../base/bytes.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { NodeKeys } from '../../platform/keys.ts'
import { chainTagBytes } from '../../protocol/block/header.ts'
import { ed25519PublicKey, signEd25519 } from '../../protocol/crypto/ed25519.ts'
import {
  addressOf,
  encodeTransaction,
  signTransaction,
} from '../../protocol/execution/transaction.ts'
import { callNode, isRecord } from './rpc-client.ts'
import type { SetupFault } from './setup-fault.ts'

export interface Transfer {
  /** The URL of a node that is trusted to name its chain. */
  readonly url: string
  /** The author secret is the account's. */
  readonly keys: NodeKeys
  /** 20 bytes. */
  readonly to: Uint8Array
  /** Below 2^64, as is the fee. */
  readonly amount: bigint
  readonly fee: bigint
  /** The account's next one where this is undefined; transfers that still wait are not counted. */
  readonly nonce: number | undefined
}

export interface SentTransfer {
  readonly hash: string
  /** 20 bytes. */
  readonly from: Uint8Array
  readonly nonce: number
}

/** Asks the node for the chain's tag and the account's next nonce, signs, and hands over. */
export async function sendTransfer(transfer: Transfer): Promise<Result<SentTransfer, SetupFault>> {
  const { url, keys, to, amount, fee } = transfer
  const publicKey = ed25519PublicKey(keys.authorSecret)
  const from = addressOf(publicKey)
  const chainTag = await chainTagOf(url)
  if (!chainTag.ok) return chainTag
  const nonce = transfer.nonce === undefined ? await nonceOf(url, from) : ok(transfer.nonce)
  if (!nonce.ok) return nonce
  const fields = { from: publicKey, to, nonce: nonce.value, amount, fee }
  const signed = signTransaction(fields, chainTag.value, (message) =>
    signEd25519(keys.authorSecret, message),
  )
  const bytes = encodeTransaction(signed, chainTag.value)
  const sent = await ask(url, 'alys_sendTransaction', [toHex(bytes)])
  return sent.ok ? ok({ hash: String(sent.value), from, nonce: nonce.value }) : sent
}

async function chainTagOf(url: string): Promise<Result<Uint8Array, SetupFault>> {
  const status = await ask(url, 'alys_getStatus', [])
  if (!status.ok) return status
  const tag = isRecord(status.value) ? status.value.chainTag : undefined
  const bytes = typeof tag === 'string' ? fromHex(tag) : undefined
  return bytes?.length === chainTagBytes ? ok(bytes) : unexpected(url, 'chainTag')
}

/** The head's, which is ahead of what is final. */
async function nonceOf(url: string, address: Uint8Array): Promise<Result<number, SetupFault>> {
  const account = await ask(url, 'alys_getAccount', [toHex(address)])
  if (!account.ok) return account
  const head = isRecord(account.value) ? account.value.head : undefined
  const nonce = isRecord(head) ? head.nonce : undefined
  const isNonce = typeof nonce === 'number' && Number.isSafeInteger(nonce) && nonce >= 0
  return isNonce ? ok(nonce) : unexpected(url, 'head.nonce')
}

async function ask(
  url: string,
  method: string,
  params: readonly unknown[],
): Promise<Result<unknown, SetupFault>> {
  const answer = await callNode(url, method, params)
  if (answer.ok) return answer
  return failed({ code: 'rpc', detail: `${method}: ${answer.fault.detail}` })
}

function unexpected(url: string, field: string): Result<never, SetupFault> {
  return failed({ code: 'rpc', detail: `${url} answers without a proper ${field}` })
}
