/** Commands to workers to fail, by shared memory: which fault, how many more times, and whether to start. */

/** A kind of fault, a count, and whether workers that start are held. */
export type FaultWords = Int32Array<SharedArrayBuffer>

export const faultKind = {
  /** The thread ends. */
  exit: 1,
  /** The judge throws, which ends the thread. */
  throw: 2,
  /** The thread sleeps for ever. */
  sleep: 3,
  /** The thread is busy for ever. */
  loop: 4,
  /** The thread is in foreign code for some tenths of a second, where nothing can end it. */
  native: 5,
} as const

/** No faults, yet. */
export function newFaults(): FaultWords {
  return new Int32Array(new SharedArrayBuffer(12))
}

/** The next `count` pieces that are begun, by whichever worker, end so. */
export function commandFaults(
  words: FaultWords,
  kind: keyof typeof faultKind,
  count: number,
): void {
  Atomics.store(words, 0, faultKind[kind])
  Atomics.store(words, 1, count)
}

/** Faults that have not happened yet. */
export function faultsLeft(words: FaultWords): number {
  return Math.max(0, Atomics.load(words, 1))
}

/** The fault that is to happen now, used up; 0 for none. */
export function takeFault(words: FaultWords): number {
  if (Atomics.load(words, 1) <= 0) return 0
  return Atomics.sub(words, 1, 1) > 0 ? Atomics.load(words, 0) : 0
}

/** Whether workers that start from now on wait before they are ready. Those that wait go on when they may. */
export function holdStart(words: FaultWords, isHeld: boolean): void {
  Atomics.store(words, 2, isHeld ? 1 : 0)
  Atomics.notify(words, 2)
}

/** Waits while workers are held. */
export function waitForStart(words: FaultWords): void {
  Atomics.wait(words, 2, 1)
}
