/** Faults of the set-up: a command cannot do what it was asked, and the node is not to blame. */
import type { Result } from '../../base/result.ts'
import { UsageError } from '../exit.ts'

export interface SetupFault {
  readonly code: 'config' | 'keys' | 'data' | 'port' | 'exists' | 'missing' | 'rpc' | 'io'
  /** Names the file, field or port, and is fit to be shown. May have several lines. */
  readonly detail: string
}

/** What a command needs to go on; without it, the command ends with exit code 4 and says why. */
export function valueOrEnd<Value>(outcome: Result<Value, Pick<SetupFault, 'detail'>>): Value {
  if (outcome.ok) return outcome.value
  throw new UsageError(outcome.fault.detail)
}
