/**
 * Addresses of keys that were seen lately. Whoever sends once sends again, and to compare a key takes a tenth of the
 * time that its hash does. Each key has one place; another that has the same place takes it over.
 */
import { addressOf } from '../protocol/execution/transaction.ts'

const placesCount = 4_096
const keyBytes = 32

export class Senders {
  /** The key at each place that has an address. */
  readonly #keys = new Uint8Array(placesCount * keyBytes)
  readonly #addresses = new Array<Uint8Array | undefined>(placesCount).fill(undefined)

  /** As `addressOf`: the address of a key of 32 bytes. Not to be changed: others get the same. */
  addressOf(publicKey: Uint8Array): Uint8Array {
    const place = ((publicKey[0] ?? 0) | ((publicKey[1] ?? 0) << 8)) % placesCount
    const known = this.#addresses[place]
    if (known !== undefined && this.#isAt(place, publicKey)) return known
    const address = addressOf(publicKey)
    this.#keys.set(publicKey, place * keyBytes)
    this.#addresses[place] = address
    return address
  }

  #isAt(place: number, publicKey: Uint8Array): boolean {
    const at = place * keyBytes
    for (let i = 0; i < keyBytes; i += 1) if (this.#keys[at + i] !== publicKey[i]) return false
    return true
  }
}
