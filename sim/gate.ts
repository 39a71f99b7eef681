/** A gate that is shut once and opened once: whatever comes to it meanwhile goes on then, in the order of coming. */
export class Gate {
  #waiting: (() => void)[] = []
  #isOpen = false

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Calls `goOn` when the gate is opened: at once if it is. One that never is holds it for ever. */
  queue(goOn: () => void): void {
    if (this.#isOpen) goOn()
    else this.#waiting.push(goOn)
  }

  open(): void {
    const waiting = this.#waiting
    this.#isOpen = true
    this.#waiting = []
    for (const goOn of waiting) goOn()
  }
}
