/**
 * Signatures that are wrong, or right in odd ways, drawn from a seed: what an attacker would try, and what
 * implementations have disagreed about. None says what the verdict is; two implementations are to be compared.
 */
import { createPrivateKey, sign } from 'node:crypto'
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import seedrandom from 'seedrandom'
import { present } from '../../../src/base/assert.ts'
import { concatBytes, fromHex } from '../../../src/base/bytes.ts'
import type { SignatureCheck } from '../../../src/validation/signature-batch.ts'
import { littleEndian, number, order, prime } from './numbers.ts'

const { Point } = ed25519
const derPrefix = present(fromHex('302e020100300506032b657004220420'), 'the prefix of RFC 8410')

/** All encodings of points of small order: canonical ones, with y of the prime or more, and x = 0 with a sign. */
export const smallOrderEncodings: readonly Uint8Array[] = [
  ...ED25519_TORSION_SUBGROUP.map((text) => present(fromHex(text), text)),
  ...[0n, 1n, prime - 1n, prime, prime + 1n].flatMap((y) => [encode(y, false), encode(y, true)]),
]

interface Signer {
  readonly secret: Uint8Array
  readonly publicKey: Uint8Array
  /** The secret scalar, for signatures that no library would make. */
  readonly scalar: bigint
}

/** Draws checks, each of a kind that is drawn too. */
export class Forger {
  readonly #random: () => number
  readonly #signers: readonly Signer[]

  constructor(seed: number) {
    this.#random = seedrandom(String(seed))
    this.#signers = Array.from({ length: 6 }, () => signerOf(this.#bytes(32)))
  }

  /** The names of all kinds. */
  static readonly kinds = Object.keys(kindsOf())

  /** A signature as it should be. */
  honest(): SignatureCheck {
    const signer = this.#signer()
    const message = this.#bytes(this.#below(2) === 0 ? 45 : this.#below(300))
    return { publicKey: signer.publicKey, message, signature: signed(signer, message) }
  }

  /** One of a kind, or of any. */
  forge(kind?: string): SignatureCheck {
    const name = kind ?? present(Forger.kinds[this.#below(Forger.kinds.length)], 'a kind')
    const make = present(kindsOf()[name], name)
    return make(this.honest(), this.#tools())
  }

  #tools(): Tools {
    return {
      bytes: (count) => this.#bytes(count),
      below: (bound) => this.#below(bound),
      other: () => this.honest(),
      signer: () => this.#signer(),
    }
  }

  #signer(): Signer {
    return present(this.#signers[this.#below(this.#signers.length)], 'a signer')
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound)
  }

  #bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#below(256))
  }
}

interface Tools {
  readonly bytes: (count: number) => Uint8Array
  readonly below: (bound: number) => number
  readonly other: () => SignatureCheck
  readonly signer: () => Signer
}

type Make = (check: SignatureCheck, tools: Tools) => SignatureCheck

function kindsOf(): Readonly<Record<string, Make>> {
  return {
    'S + L': (check) => withS(check, (s) => s + order),
    'S + kL': (check, { below }) => withS(check, (s) => s + BigInt(1 + below(14)) * order),
    'S - 1': (check) => withS(check, (s) => s - 1n),
    'S + 1': (check) => withS(check, (s) => s + 1n),
    'L - S': (check) => withS(check, (s) => order - s),
    'random R': (check, { bytes }) => withR(check, bytes(32)),
    'random S': (check, { below, bytes }) =>
      withS(check, () => number(bytes(32)) >> BigInt(below(8))),
    'random signature': (check, { bytes }) => ({ ...check, signature: bytes(64) }),
    'random key': (check, { bytes }) => ({ ...check, publicKey: bytes(32) }),
    'a bit of R': (check, { below }) =>
      withR(check, flipped(check.signature.slice(0, 32), below(256))),
    'a bit of S': (check, { below }) => withS(check, (s) => s ^ (1n << BigInt(below(256)))),
    'a bit of the key': (check, { below }) => ({
      ...check,
      publicKey: flipped(check.publicKey, below(256)),
    }),
    'a bit of the message': (check, { below, bytes }) => {
      const message = check.message.length === 0 ? bytes(1) : check.message
      return { ...check, message: flipped(message, below(8 * message.length)) }
    },
    'the sign of R': (check) => withR(check, flipped(check.signature.slice(0, 32), 255)),
    'the sign of the key': (check) => ({ ...check, publicKey: flipped(check.publicKey, 255) }),
    'the message of another': (check, { other }) => ({ ...check, message: other().message }),
    'the key of another': (check, { other }) => ({ ...check, publicKey: other().publicKey }),
    'the signature of another': (check, { other }) => ({ ...check, signature: other().signature }),
    'R of small order': (check, tools) => withR(check, smallOrder(tools)),
    'key of small order': (check, tools) => ({ ...check, publicKey: smallOrder(tools) }),
    'R and key of small order, S zero': (check, tools) => ({
      publicKey: smallOrder(tools),
      message: check.message,
      signature: concatBytes(smallOrder(tools), new Uint8Array(32)),
    }),
    'R and key of small order, S of one bit': (check, tools) => ({
      publicKey: smallOrder(tools),
      message: check.message,
      signature: concatBytes(smallOrder(tools), littleEndian(1n << BigInt(tools.below(253)))),
    }),
    'R with torsion, signed for': (_, tools) =>
      signedWithTorsion(tools, { ofR: true, ofKey: false }),
    'key with torsion, signed for': (_, tools) =>
      signedWithTorsion(tools, { ofR: false, ofKey: true }),
    'both with torsion, signed for': (_, tools) =>
      signedWithTorsion(tools, { ofR: true, ofKey: true }),
    'key of small order, signed for': (check, tools) => {
      const publicKey = smallOrder(tools)
      const nonce = number(tools.bytes(32)) % order
      const r = Point.BASE.multiply(nonce === 0n ? 1n : nonce).toBytes()
      const signature = concatBytes(r, littleEndian(nonce === 0n ? 1n : nonce))
      return { publicKey, message: check.message, signature }
    },
    'R with y of the prime or more': (check, { below }) =>
      withR(check, encode(prime + BigInt(below(19)), below(2) === 0)),
    'key with y of the prime or more': (check, { below }) => ({
      ...check,
      publicKey: encode(prime + BigInt(below(19)), below(2) === 0),
    }),
  }
}

/**
 * A signature of the equation with the cofactor: torsion points are added to R, to the key, or to both, before hashing.
 */
function signedWithTorsion(
  { bytes, below, signer }: Tools,
  { ofR, ofKey }: { readonly ofR: boolean; readonly ofKey: boolean },
): SignatureCheck {
  const { scalar } = signer()
  const nonce = (number(bytes(32)) % (order - 1n)) + 1n
  const torsion = (isAdded: boolean) => {
    const text = present(ED25519_TORSION_SUBGROUP[below(8)], 'a torsion point')
    return isAdded ? Point.fromHex(text) : Point.ZERO
  }
  const r = Point.BASE.multiply(nonce).add(torsion(ofR)).toBytes()
  const publicKey = Point.BASE.multiply(scalar).add(torsion(ofKey)).toBytes()
  const message = bytes(45)
  const k = number(sha512(concatBytes(r, publicKey, message)))
  const s = (nonce + k * scalar) % order
  return { publicKey, message, signature: concatBytes(r, littleEndian(s)) }
}

function signerOf(secret: Uint8Array): Signer {
  const { pointBytes, scalar } = ed25519.utils.getExtendedPublicKey(secret)
  return { secret, publicKey: pointBytes, scalar }
}

/** By native code, which is faster by ten times. */
function signed({ secret }: Signer, message: Uint8Array): Uint8Array {
  const der = Buffer.concat([derPrefix, secret])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return new Uint8Array(sign(null, message, key))
}

function smallOrder({ below }: Tools): Uint8Array {
  return present(smallOrderEncodings[below(smallOrderEncodings.length)], 'an encoding')
}

function withR(check: SignatureCheck, r: Uint8Array): SignatureCheck {
  return { ...check, signature: concatBytes(r, check.signature.slice(32)) }
}

function withS(check: SignatureCheck, change: (s: bigint) => bigint): SignatureCheck {
  const s = littleEndian(BigInt.asUintN(256, change(number(check.signature.slice(32)))))
  return { ...check, signature: concatBytes(check.signature.slice(0, 32), s) }
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
}

/** The encoding of y and the sign of x, whether or not there is such a point. */
function encode(y: bigint, isOdd: boolean): Uint8Array {
  return littleEndian(y | (isOdd ? 1n << 255n : 0n))
}
