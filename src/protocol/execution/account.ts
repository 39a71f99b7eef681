/** An account: what an address holds, and what it did. Does not know where it lives. */
import { Writer } from '../../base/codec.ts'

export interface Account {
  /** In the smallest unit. Below 2^64. */
  readonly balance: bigint
  /** Transactions of this account that were executed. Below 2^53. */
  readonly nonce: number
}

/** The account at an address that was never used. */
export const emptyAccount: Account = { balance: 0n, nonce: 0 }

/** Whether an account holds nothing and did nothing: no trie has it. */
export function isEmptyAccount({ balance, nonce }: Account): boolean {
  return balance === 0n && nonce === 0
}

export function isSameAccount(a: Account, b: Account): boolean {
  return a.balance === b.balance && a.nonce === b.nonce
}

/** Balance, then nonce: 16 bytes, little-endian. */
export function encodeAccount(account: Account): Uint8Array {
  return new Writer(16).u64(account.balance).u53(account.nonce).finish()
}
