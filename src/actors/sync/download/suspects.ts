/**
 * Who gave what did not pass a check, until it is known whose fault that was. A lie is proven by the truth:
 * when what was refused is given by another and passes, whoever gave something else lied. If it passes
 * from nobody, it is rather our own check that is broken, and nobody is blamed for it.
 */
import type { PeerId } from '../../../kernel/environment.ts'
import type { Work } from './work.ts'

interface Suspicion {
  readonly kind: Work['kind']
  readonly height: number
  readonly peer: PeerId
}

/** The oldest is dropped then: a lie that nobody can disprove for so long is not proven. */
const suspicionsMax = 256

export class Suspects {
  #open: Suspicion[] = []

  get length(): number {
    return this.#open.length
  }

  /** `peer` gave something for `height` that was refused. */
  note(kind: Work['kind'], height: number, peer: PeerId): void {
    if (this.#open.length >= suspicionsMax) this.#open.shift()
    this.#open.push({ kind, height, peer })
  }

  /** What is true from `from` up to `to` (excluded) is known now: who gave something else there. */
  resolve(kind: Work['kind'], from: number, to: number): readonly PeerId[] {
    if (this.#open.length === 0) return []
    const isMeant = (suspicion: Suspicion): boolean =>
      suspicion.kind === kind && from <= suspicion.height && suspicion.height < to
    const liars = this.#open.filter(isMeant).map(({ peer }) => peer)
    if (liars.length > 0) this.#open = this.#open.filter((suspicion) => !isMeant(suspicion))
    return [...new Set(liars)]
  }
}
