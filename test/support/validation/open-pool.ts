/** Pools for tests: real threads, cheap signatures, faults on command. */
import { setTimeout as sleep } from 'node:timers/promises'
import type {
  Check,
  RecordRun,
  RecordVerdict,
  Verifier,
  VerifierPriority,
} from '../../../src/kernel/environment.ts'
import { packed, type WorkerJudge } from '../../../src/platform/validation/judge.ts'
import { type PoolSettings, ValidationPool } from '../../../src/platform/validation/pool.ts'
import type { ValidationEvent } from '../../../src/platform/validation/tally.ts'
import { judgeRun } from '../../../src/validation/reference-run.ts'
import { type FaultWords, newFaults } from './faults.ts'
import { cheapSample, cheapSignature } from './sample-run.ts'

const settleMsMax = 15_000

/** A pool, what it told, and the switch for its faults. */
export interface OpenPool {
  readonly pool: ValidationPool
  readonly faults: FaultWords
  readonly events: readonly ValidationEvent[]
}

/** A pool of faulty workers with cheap signatures. Not ready yet. */
export function openPool(settings: PoolSettings & { readonly batchMax?: number } = {}): OpenPool {
  const { batchMax = 64, ...others } = settings
  const faults = newFaults()
  const events: ValidationEvent[] = []
  const pool = new ValidationPool({
    ...{ workers: 1, isEager: true },
    tell: (event) => events.push(event),
    program: new URL('./faulty-worker.ts', import.meta.url),
    extra: { faults, batchMax },
    replacement: { pauseMs: 5, pauseMsMax: 50, deathsMax: 1_000, windowMs: 60_000 },
    judge: cheapJudge(batchMax),
    ...others,
  })
  return { pool, faults, events }
}

/** As {@link openPool}, with all workers ready. */
export async function readyPool(
  settings: PoolSettings & { readonly batchMax?: number } = {},
): Promise<OpenPool> {
  const opened = openPool(settings)
  await settle(() => opened.pool.report().workersReady === (settings.workers ?? 1))
  return opened
}

/** What the workers do, for the calling thread. */
export function cheapJudge(batchMax = 64): WorkerJudge {
  const judge: WorkerJudge['judge'] = (rules, blocks) => judgeRun(rules, blocks, cheapSample.verify)
  return {
    ...{ kind: 'native', batchMax, sliceMax: 8, memoryBytes: 0 },
    ...{ judge, judgePacked: packed(judge) },
    verify: (checks) =>
      checks.map((check) => cheapSample.verify(check.publicKey, check.message, check.signature)),
  }
}

/** Lets the world run until `isDone` holds; rejects if that takes longer than many seconds. */
export async function settle(isDone: () => boolean): Promise<void> {
  const end = performance.now() + settleMsMax
  while (!isDone()) {
    if (performance.now() > end) throw new Error(`not settled within ${settleMsMax} ms`)
    await sleep(1)
  }
}

/** The verdicts over checks. */
export function verify(
  verifier: Verifier,
  checks: readonly Check[],
  priority: VerifierPriority = 'bulk',
): Promise<readonly boolean[]> {
  return new Promise((resolve) => verifier.verify(checks, priority, resolve))
}

/** The verdicts over a run. */
export function validate(
  verifier: Verifier,
  run: RecordRun,
  priority: VerifierPriority = 'bulk',
): Promise<readonly RecordVerdict[]> {
  return new Promise((resolve) => verifier.validate(run, priority, resolve))
}

/** Checks of which those at the places given are wrong. */
export function cheapChecks(count: number, wrong: readonly number[] = []): readonly Check[] {
  const publicKey = new Uint8Array(32).fill(1)
  return Array.from({ length: count }, (_, i) => {
    const message = new Uint8Array(40).fill(1 + (i % 250))
    const signature = cheapSignature(publicKey, wrong.includes(i) ? new Uint8Array(40) : message)
    return { kind: 'ed25519', publicKey, message, signature }
  })
}
