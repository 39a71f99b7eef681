/**
 * The ledger once more, in the plainest form: balances and nonces in a map, changed by one transaction after the other,
 * remembered at every height. It shares the formats with the ledger of a node and none of its rules, so that the two
 * can be compared. Signatures are not looked at: a quorum signed the blocks.
 */
import { toHex } from '../../src/base/bytes.ts'
import type { Body } from '../../src/protocol/block/body.ts'
import type { Chain } from '../../src/protocol/chain.ts'
import { decodePayload, type ExecutionPayload } from '../../src/protocol/execution/payload.ts'
import { addressOf, decodeTransaction } from '../../src/protocol/execution/transaction.ts'

/** What an address holds. */
export interface Holding {
  readonly balance: bigint
  readonly nonce: number
}

const nothing: Holding = { balance: 0n, nonce: 0 }

export class PlainLedger {
  readonly #chain: Chain
  /** What each address held, from which height on, ascending. */
  readonly #holdings = new Map<string, { readonly height: number; readonly holding: Holding }[]>()
  /** Hashes of payloads, by number. */
  readonly #payloads: string[]

  constructor(chain: Chain) {
    this.#chain = chain
    this.#payloads = [chain.genesisPayload.blockHash]
    for (const { address, balance } of chain.spec.allocations) {
      this.#set(toHex(address), 0, { balance, nonce: 0 })
    }
  }

  /** The height that was executed last. */
  get height(): number {
    return this.#payloads.length - 1
  }

  /** The hash of the payload at a height that was executed. */
  payloadAt(height: number): string | undefined {
    return this.#payloads[height]
  }

  /** Executes the next block. What is said is why it cannot be; then nothing has changed that is asked for later. */
  execute(body: Body): string | undefined {
    const [first, ...others] = body
    const payload = first === undefined ? undefined : decodePayload(first.bytes)
    if (payload === undefined || !payload.ok) return 'has no payload that can be read'
    const { parentHash, number, blockHash } = payload.value
    const height = this.height + 1
    if (number !== height) return `has a payload of number ${number} at height ${height}`
    if (parentHash !== this.#payloads[height - 1]) return 'has a payload on another parent'
    for (const { bytes } of others) {
      const fault = this.#transact(bytes, height, payload.value)
      if (fault !== undefined) return fault
    }
    this.#payloads.push(blockHash)
    return undefined
  }

  /** All who hold anything, or ever sent anything, after the block at this height, by address. */
  holdingsAt(height: number): ReadonlyMap<string, Holding> {
    const found = new Map<string, Holding>()
    for (const address of this.#holdings.keys()) {
      const { balance, nonce } = this.#holdingAt(address, height)
      if (balance !== 0n || nonce !== 0) found.set(address, { balance, nonce })
    }
    return found
  }

  #transact(
    bytes: Uint8Array,
    height: number,
    { feeRecipient }: ExecutionPayload,
  ): string | undefined {
    const read = decodeTransaction(bytes, this.#chain.tag)
    if (!read.ok) return 'has a transaction that cannot be read'
    const { from, to, nonce, amount, fee } = read.value
    const sender = toHex(addressOf(from))
    const { balance, nonce: expected } = this.#holdingAt(sender, height)
    if (nonce !== expected) return `has a transaction of nonce ${nonce}, not ${expected}`
    if (balance < amount + fee) return `has a transaction of ${amount + fee} out of ${balance}`
    this.#set(sender, height, { balance: balance - amount - fee, nonce: nonce + 1 })
    this.#credit(toHex(to), height, amount)
    this.#credit(toHex(feeRecipient), height, fee)
    return undefined
  }

  #credit(address: string, height: number, amount: bigint): void {
    const { balance, nonce } = this.#holdingAt(address, height)
    this.#set(address, height, { balance: balance + amount, nonce })
  }

  #holdingAt(address: string, height: number): Holding {
    const places = this.#holdings.get(address) ?? []
    return places.findLast((place) => place.height <= height)?.holding ?? nothing
  }

  #set(address: string, height: number, holding: Holding): void {
    const places = this.#holdings.get(address)
    if (places === undefined) this.#holdings.set(address, [{ height, holding }])
    else if (places.at(-1)?.height === height) places[places.length - 1] = { height, holding }
    else places.push({ height, holding })
  }
}
