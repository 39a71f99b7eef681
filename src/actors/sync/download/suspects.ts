/**
 * Who gave what did not pass a check, until it is known whose fault that was. A lie is proven by the truth:
 * when something else passes in its place, whoever gave what was refused lied. If nothing passes from anybody,
 * or if in the end the very same bytes pass, our own check was broken, and nobody is blamed for it.
 *
 * So a lie costs us one answer, and the liar its connection a moment later; a fault of ours costs nobody anything.
 */
import { checksumOf } from '../../../base/checksum.ts'
import type { PeerId } from '../../../kernel/environment.ts'
import type { SignedHeader } from '../../../protocol/block/header.ts'
import type { CertifiedHeader } from '../../../protocol/wire/certified-header.ts'

/** What was refused. A signature is that of a header's author, which the header's hash does not cover. */
export type Refused = 'certified' | 'headers' | 'signature' | 'body'

interface Suspicion {
  readonly of: Refused
  readonly height: number
  readonly peer: PeerId
  readonly print: string
}

/** The oldest is dropped then: a lie that nobody can disprove for so long is not proven. */
const suspicionsMax = 256

export class Suspects {
  #open: Suspicion[] = []

  /** Peers whose answers for `height` did not pass. */
  at(height: number): number {
    return new Set(this.#open.filter((one) => one.height === height).map(({ peer }) => peer)).size
  }

  /** A peer gave something for a height that was refused; `print` tells whether another thing is the same. */
  note(suspicion: Suspicion): void {
    if (this.#open.length >= suspicionsMax) this.#open.shift()
    this.#open.push(suspicion)
  }

  /** Drops what was refused of one kind, and says who gave it. */
  forget(of: Refused): readonly PeerId[] {
    const dropped = this.#open.filter((one) => one.of === of)
    this.#open = this.#open.filter((one) => one.of !== of)
    return [...new Set(dropped.map(({ peer }) => peer))]
  }

  /**
   * What is true from `from` up to `to` (excluded) is known now: `printAt` tells what passed there, or undefined if nothing
   * did. Whoever gave something else lied.
   */
  resolve(
    of: Refused,
    { from, to }: { readonly from: number; readonly to: number },
    printAt: (height: number) => string | undefined,
  ): readonly PeerId[] {
    if (this.#open.length === 0) return []
    const liars = new Set<PeerId>()
    this.#open = this.#open.filter((suspicion) => {
      if (suspicion.of !== of || suspicion.height < from || suspicion.height >= to) return true
      const truth = printAt(suspicion.height)
      if (truth === undefined) return true
      if (truth !== suspicion.print) liars.add(suspicion.peer)
      return false
    })
    return [...liars]
  }
}

export function printOfBytes(bytes: Uint8Array): string {
  return checksumOf('', bytes).join()
}

/** Of headers in their order, without their signatures. */
export function printOfHeaders(headers: readonly SignedHeader[]): string {
  return checksumOf(headers.map(({ hash }) => hash).join(), nothing).join()
}

export function printOfCertified({ signed, certificate }: CertifiedHeader): string {
  return `${signed.hash} ${certificate.signers.join()} ${printOfBytes(certificate.signature)}`
}

const nothing = new Uint8Array(0)
