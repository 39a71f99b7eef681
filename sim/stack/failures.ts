/**
 * Errors that nobody catches: rejected promises, and what callbacks throw. In production they end the process, so
 * while a simulation runs they end the run. Whoever else listens for them in this process (a test runner) is
 * set aside for so long.
 */

type Listener = (...values: unknown[]) => void

const event = 'unhandledRejection'

/** Collects what nobody caught. */
export class Failures {
  #first: { readonly error: unknown } | undefined
  #others: readonly Listener[] = []
  /** Whether errors come here that nobody caught, and not to somebody who asked for them before. */
  #isCapturing = false

  /** Begins to listen. */
  watch(): void {
    this.#first = undefined
    this.#others = process.listeners(event) as Listener[]
    process.removeAllListeners(event)
    process.on(event, this.take)
    this.#isCapturing = !process.hasUncaughtExceptionCaptureCallback()
    if (this.#isCapturing) process.setUncaughtExceptionCaptureCallback(this.take)
  }

  release(): void {
    if (this.#isCapturing) process.setUncaughtExceptionCaptureCallback(null)
    process.off(event, this.take)
    for (const listener of this.#others) process.on(event, listener)
    this.#others = []
  }

  /** Throws the first error that was not caught, once. */
  throwFirst(): void {
    const first = this.#first
    if (first === undefined) return
    this.#first = undefined
    throw first.error
  }

  /** Nobody has caught this. */
  readonly take = (error: unknown): void => {
    this.#first ??= { error }
  }
}
