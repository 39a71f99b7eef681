/**
 * The verifier of a real node: a pool of worker threads, which with none is the calling thread alone. What is in it
 * is in `validation/`; this is the door.
 */
import type { Verifier } from '../kernel/environment.ts'
import { type PoolSettings, ValidationPool } from './validation/pool.ts'
import type { ValidationReport } from './validation/tally.ts'

/** A verifier that can be looked at, and has to be closed. */
export interface PlatformVerifier extends Verifier {
  /** Counts since the start, and the state at this moment. */
  report(): ValidationReport
  /** Ends its threads. What is not answered by then never is. */
  close(): Promise<void>
}

/** A verifier that works at once; its workers join when they are warm. */
export function openVerifier(settings: PoolSettings = {}): PlatformVerifier {
  return new ValidationPool(settings)
}
