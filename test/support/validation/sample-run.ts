/** Runs of signed blocks for the pool: real ones, and ones whose signatures anybody can make, and ways to spoil them. */
import { present } from '../../../src/base/assert.ts'
import type { RecordRun } from '../../../src/kernel/environment.ts'
import { blstSigner, nativeCrypto } from '../../../src/platform/crypto.ts'
import { encodeBlock } from '../../../src/protocol/block/block.ts'
import { type Body, bodyRoot } from '../../../src/protocol/block/body.ts'
import { type Header, headerHash } from '../../../src/protocol/block/header.ts'
import { encodeRules, type RunRules } from '../../../src/protocol/block/run.ts'
import { headerSigningBytes } from '../../../src/protocol/consensus/signing.ts'
import { blsSecretFrom } from '../../../src/protocol/crypto/bls.ts'
import { zeroHash } from '../../../src/protocol/hash.ts'
import type { VerifySignature } from '../../../src/validation/reference-run.ts'

/** How the blocks of a run are signed, and how that is verified. */
export interface SampleScheme {
  readonly authorKeys: readonly Uint8Array[]
  readonly sign: (author: number, message: Uint8Array) => Uint8Array
  readonly verify: VerifySignature
}

/** Three authors with OpenSSL's Ed25519. */
export function realSample(): SampleScheme {
  const signers = [1, 2, 3].map((seed) =>
    blstSigner(new Uint8Array(32).fill(seed), blsSecretFrom(new Uint8Array(32).fill(9))),
  )
  return {
    authorKeys: signers.map(({ authorKey }) => authorKey),
    sign: (author, message) => present(signers[author], 'an author').signAuthor(message),
    verify: nativeCrypto().verifyEd25519,
  }
}

/** Three authors whose signatures cost nothing: the message's last 32 bytes, and the key's. */
export const cheapSample: SampleScheme = {
  authorKeys: [1, 2, 3].map((fill) => new Uint8Array(32).fill(fill)),
  sign: (author, message) => cheapSignature(new Uint8Array(32).fill(author + 1), message),
  verify: (key, message, signature) =>
    Buffer.compare(cheapSignature(key, message), signature) === 0,
}

/** A signature of {@link cheapSample}, by the author with this key. */
export function cheapSignature(key: Uint8Array, message: Uint8Array): Uint8Array {
  const signature = new Uint8Array(64)
  signature.set(message.subarray(-32))
  signature.set(key, 32)
  return signature
}

export interface SampleRun extends RecordRun {
  readonly parsed: RunRules
}

/** The body of the block at this place in the run. */
export type SampleBody = (place: number) => Body

/** A payload of no meaning, and one to four transactions. */
const smallBody: SampleBody = (place) =>
  Array.from({ length: 1 + (place % 4) }, (_, i) => ({
    kind: i === 0 ? 'payload' : 'transaction',
    bytes: new Uint8Array(10 + 30 * i).fill(place),
  }))

/** Blocks that follow one another, all of them right. */
export function sampleRun(
  scheme: SampleScheme,
  count: number,
  bodyAt: SampleBody = smallBody,
): SampleRun {
  const chainTag = Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1)
  const { authorKeys } = scheme
  const parent = { hash: new Uint8Array(32).fill(0xee), height: 100, slot: 200 }
  const parsed: RunRules = { chainTag, epoch: 3, authorKeys, parent }
  let parentHash = 'ee'.repeat(32)
  const records = Array.from({ length: count }, (_, place) => {
    const slot = parent.slot + 1 + place + Math.floor(place / 7)
    const body = bodyAt(place)
    const header: Header = {
      ...{ version: 1, author: slot % authorKeys.length, itemCount: body.length },
      ...{ height: parent.height + 1 + place, slot, chainTag, parentHash },
      ...{ bodyRoot: bodyRoot(body), stateRoot: zeroHash },
    }
    parentHash = headerHash(header)
    const message = headerSigningBytes(chainTag, parsed.epoch, parentHash)
    const signature = scheme.sign(header.author, message)
    return encodeBlock({ signed: { header, hash: parentHash, signature }, body })
  })
  return { rules: encodeRules(parsed), records, parsed }
}

/** A whole number below `bound` for each call, the same ones for the same seed. */
export function drawsFrom(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

/** The same records, about a third of them damaged, missing, twice there, or of no sense at all. */
export function spoiled(
  records: readonly Uint8Array[],
  draw: (bound: number) => number,
): readonly Uint8Array[] {
  return records.flatMap((record) => {
    const bytes = record.slice()
    switch (draw(20)) {
      case 0:
        return [bytes.subarray(0, draw(bytes.length))]
      case 1:
        return []
      case 2:
        return [bytes, record]
      case 3:
        return [new Uint8Array(draw(3) * 70).fill(draw(256))]
      case 4: // Height, slot and tag, where each bit has a fault of its own.
        bytes[8 + draw(24)] = draw(256)
        return [bytes]
      case 5:
        bytes.fill(0, 8, 24)
        return [bytes]
      case 6:
      case 7:
        bytes[draw(bytes.length)] = draw(256)
        return [bytes]
      default:
        return [record]
    }
  })
}
