/**
 * Where peers are, as peers tell one another: addresses in the network's own notation, each with the peer that is
 * said to be there. Hearsay: whether anybody is there is seen when it is dialled.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'

/** Addresses in one answer. */
export const addressesMax = 250
/** Characters of one address, all of them printable ASCII. */
export const addressCharactersMax = 200

/** Asks for addresses of other peers. */
export interface AddressesRequest {
  /** 1 to {@link addressesMax}. */
  readonly countMax: number
  /** Of whom: of anybody, or of federation peers alone, which one of them may ask another. */
  readonly of: 'anybody' | 'federation'
}

/** The count (u16), and whether of the federation alone (a flag). Asserts the bounds that a decoder checks. */
export function encodeAddressesRequest({ countMax, of }: AddressesRequest): Uint8Array {
  assert(countMax >= 1 && countMax <= addressesMax, `${countMax} addresses in an answer`)
  return new Writer(3)
    .u16(countMax)
    .flag(of === 'federation')
    .finish()
}

/** A request within the bounds. */
export function decodeAddressesRequest(bytes: Uint8Array): Result<AddressesRequest, CodecFault> {
  return decodeWith(bytes, 'addressesRequest', (reader) => {
    const countMax = reader.u16('addressesRequest.countMax')
    if (countMax < 1 || countMax > addressesMax) {
      const detail = `is ${countMax}, 1 to ${addressesMax} are allowed`
      reader.fail('out-of-range', 'addressesRequest.countMax', detail)
    }
    const isOfFederation = reader.flag('addressesRequest.ofFederation')
    return { countMax, of: isOfFederation ? 'federation' : 'anybody' }
  })
}

/** The addresses; none is an answer too. Asserts the bounds that a decoder checks. */
export function encodeAddresses(addresses: readonly string[]): Uint8Array {
  assert(addresses.length <= addressesMax, `${addresses.length} addresses in an answer`)
  const writer = new Writer(2 + 80 * addresses.length)
  return writer
    .list(addresses, (to, address) => {
      assert(address.length <= addressCharactersMax, `${address.length} characters in an address`)
      to.ascii(address)
    })
    .finish()
}

/** Well-formed texts within the bounds. Whether they are addresses, and more than asked for, is not checked. */
export function decodeAddresses(bytes: Uint8Array): Result<readonly string[], CodecFault> {
  return decodeWith(bytes, 'addresses', (reader) =>
    reader.list('addresses', addressesMax, () => reader.ascii('address', addressCharactersMax)),
  )
}
