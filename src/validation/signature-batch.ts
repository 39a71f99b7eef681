/**
 * Ed25519 signatures in batches, by the kernel. The verdicts are those of ZIP-215, as `protocol/crypto/ed25519.ts`
 * gives them one by one, in less than a hundredth of the time.
 *
 * A batch that fails as a whole is halved until parts hold, or are so small that their members are judged alone. What
 * is judged alone is certain. A batch is accepted by one equation with random factors of 128 bits, which hides a false
 * signature with a chance of 2^-128 at each look; of 1,024 signatures there are at most 64 looks, so no verdict is
 * wrong but with a chance of 2^-122. A true signature is never refused.
 *
 * Halving stops early enough to add at most a half to what it costs to judge all alone: that is what false signatures
 * can take of us, however many there are and wherever they stand.
 */
import { assert } from '../base/assert.ts'
import { factorBytes, type SignatureKernel } from './kernel-exports.ts'
import type { KernelMemory } from './kernel-memory.ts'
import { KeyNumbers } from './key-numbers.ts'

const publicKeyBytes = 32
const signatureBytes = 64

/** Parts of so many signatures are not halved any more. */
const aloneMax = 32

/** Fills all of `into` with bytes that nobody can foretell. */
export type Entropy = (into: Uint8Array) => void

/** A signature and what it is said to be of. Wrong lengths make it false. */
export interface SignatureCheck {
  readonly publicKey: Uint8Array
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/** How large the tables are. */
export interface SignatureBatchLimits {
  /** Signatures that are judged together. More are cut into several batches. At most 1,024. */
  readonly signaturesMax: number
  /** Keys that can be registered. */
  readonly keysMax: number
  /** Room for the messages of a batch. A longer message makes more room. */
  readonly messageBytesMax: number
}

export class SignatureBatch {
  readonly #kernel: SignatureKernel
  readonly #memory: KernelMemory
  readonly #entropy: Entropy
  readonly #limits: SignatureBatchLimits
  /** Numbers of the registered keys, and of those that only this batch has. */
  readonly #registered: KeyNumbers
  readonly #passing: KeyNumbers
  #messages: number
  #messageBytesMax: number
  #messageBytes = 0
  #count = 0

  /** Takes memory of the kernel for good. A kernel has one batch. */
  constructor(
    kernel: SignatureKernel,
    memory: KernelMemory,
    entropy: Entropy,
    limits: SignatureBatchLimits,
  ) {
    const { signaturesMax, keysMax, messageBytesMax } = limits
    assert(signaturesMax >= 1 && signaturesMax <= 1_024, `signatures: ${signaturesMax}`)
    this.#kernel = kernel
    this.#memory = memory
    this.#entropy = entropy
    this.#limits = limits
    this.#registered = new KeyNumbers(entropy)
    this.#passing = new KeyNumbers(entropy)
    const keys = keysMax + signaturesMax
    const at = memory.take(kernel.batchBytes(signaturesMax, keys))
    kernel.openBatch(at, signaturesMax, keys)
    this.#messages = memory.take(messageBytesMax)
    this.#messageBytesMax = messageBytesMax
  }

  /**
   * The number of a key that will sign often, a member's of the committee. 32 bytes, asserted; if they are no key, its
   * signatures are false. At most `keysMax` of them, asserted; the same key has the same number.
   */
  register(publicKey: Uint8Array): number {
    assert(publicKey.length === publicKeyBytes, 'a public key of 32 bytes')
    const known = this.#registered.get(publicKey)
    if (known !== undefined) return known
    const number = this.#registered.size
    assert(number < this.#limits.keysMax, `${this.#limits.keysMax} keys at most`)
    this.#memory.bytes.set(publicKey, this.#kernel.keyAt(number))
    this.#kernel.prepareKeys(number, number + 1, 1)
    this.#registered.set(publicKey, number)
    return number
  }

  /** Makes room for other registered keys. Numbers from before are no longer to be used. */
  forgetKeys(): void {
    this.#registered.clear()
  }

  // ----- a batch, signature by signature -----

  /** Begins a new batch, for {@link place}. */
  clear(): void {
    this.#passing.clear()
    this.#messageBytes = 0
    this.#count = 0
  }

  /**
   * Puts a signature (64 bytes, asserted) of a registered key into the batch. False if there is no room for it, which
   * never happens in an empty one.
   */
  place(key: number, signature: Uint8Array, message: Uint8Array): boolean {
    assert(signature.length === signatureBytes, 'a signature of 64 bytes')
    if (this.#count === this.#limits.signaturesMax) return false
    const pointer = this.#placeMessage(message)
    if (pointer === undefined) return false
    const kernel = this.#kernel
    this.#memory.bytes.set(signature, kernel.signatureAt(this.#count))
    const words = this.#memory.words
    const entry = kernel.entryAt(this.#count)
    words.setUint32(entry, key, true)
    words.setUint32(entry + 4, pointer, true)
    words.setUint32(entry + 8, message.length, true)
    this.#count += 1
    return true
  }

  /** How many signatures were placed. */
  get count(): number {
    return this.#count
  }

  #placeMessage(message: Uint8Array): number | undefined {
    if (this.#messageBytes + message.length > this.#messageBytesMax) {
      if (this.#messageBytes > 0) return undefined
      this.#messages = this.#memory.take(message.length)
      this.#messageBytesMax = message.length
    }
    const pointer = this.#messages + this.#messageBytes
    this.#memory.bytes.set(message, pointer)
    this.#messageBytes += message.length
    return pointer
  }

  /** Whether all of the first `count` signatures hold. They were placed, or written into the kernel's tables. */
  allHold(count: number): boolean {
    return this.#prepare(count) === count && this.#kernel.hold(0, count) !== 0
  }

  /** Which of the first `count` signatures hold. They were placed, or written into the kernel's tables. */
  verdicts(count: number): readonly boolean[] {
    this.#prepare(count)
    const verdicts = Array.from({ length: count }, (_, i) => this.#kernel.isFormed(i) !== 0)
    this.#judge(verdicts, 0, count)
    return verdicts
  }

  #prepare(count: number): number {
    assert(count >= 0 && count <= this.#limits.signaturesMax, `signatures: ${count}`)
    const kernel = this.#kernel
    const factors = kernel.factorAt(0)
    if (count > 1)
      this.#entropy(this.#memory.bytes.subarray(factors, factors + factorBytes * count))
    return kernel.prepareSignatures(count)
  }

  /** Sets to false what does not hold, from `from` to before `to`. */
  #judge(verdicts: boolean[], from: number, to: number): void {
    if (this.#kernel.hold(from, to) !== 0) return
    if (to - from === 1) verdicts[from] = false
    else if (to - from <= aloneMax) {
      for (let i = from; i < to; i += 1) if (verdicts[i]) this.#judge(verdicts, i, i + 1)
    } else {
      const middle = (from + to) >> 1
      this.#judge(verdicts, from, middle)
      this.#judge(verdicts, middle, to)
    }
  }

  // ----- any number of signatures, of any keys -----

  /** Which of the checks hold, in their order. Any number of them. */
  verify(checks: readonly SignatureCheck[]): readonly boolean[] {
    const verdicts: boolean[] = checks.map(() => false)
    let indexes: number[] = []
    this.clear()
    for (const [index, check] of checks.entries()) {
      if (check.publicKey.length !== publicKeyBytes) continue
      if (check.signature.length !== signatureBytes) continue
      if (!this.#placeCheck(check)) {
        this.#settle(verdicts, indexes)
        indexes = []
        assert(this.#placeCheck(check), 'room in an empty batch')
      }
      indexes.push(index)
    }
    this.#settle(verdicts, indexes)
    return verdicts
  }

  #placeCheck({ publicKey, signature, message }: SignatureCheck): boolean {
    return this.place(this.#numberOf(publicKey), signature, message)
  }

  /** The number of a key: that of a registered one, or the next one that is free in this batch. */
  #numberOf(publicKey: Uint8Array): number {
    const known = this.#registered.get(publicKey) ?? this.#passing.get(publicKey)
    if (known !== undefined) return known
    const number = this.#limits.keysMax + this.#passing.size
    // The last place is taken only if the batch is full, and then nothing is placed for it.
    if (this.#passing.size === this.#limits.signaturesMax) return number
    this.#memory.bytes.set(publicKey, this.#kernel.keyAt(number))
    this.#passing.set(publicKey, number)
    return number
  }

  /** Judges what was placed; `indexes` says of which verdicts that is. Begins a new batch. */
  #settle(verdicts: boolean[], indexes: readonly number[]): void {
    const from = this.#limits.keysMax
    this.#kernel.prepareKeys(from, from + this.#passing.size, 0)
    const found = this.verdicts(indexes.length)
    for (const [i, index] of indexes.entries()) verdicts[index] = found[i] === true
    this.clear()
  }
}
