/** The pool of the node with all of its workers at once, for programs that measure it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { RecordVerdict, VerifierPriority } from '../../src/kernel/environment.ts'
import { openCallingThreadJudge } from '../../src/platform/validation/open-judge.ts'
import { openVerifier, type PlatformVerifier } from '../../src/platform/verifier.ts'
import { encodeRules } from '../../src/protocol/block/run.ts'
import type { Chain } from './chain.ts'

/** A pool whose workers are warm, and whose calling thread has the judge that it has in a node. */
export async function openPool(workers: number): Promise<PlatformVerifier> {
  const judge = await openCallingThreadJudge((error) => {
    throw error
  })
  const pool = openVerifier({ workers, judge, isEager: true })
  while (pool.report().workersReady < workers) await sleep(1)
  return pool
}

/** A way to ask a pool about a run, again and again. */
export function asksPool(
  pool: PlatformVerifier,
  { rules, blocks }: Chain,
  priority: VerifierPriority = 'bulk',
): () => Promise<readonly RecordVerdict[]> {
  const run = { rules: encodeRules(rules), records: blocks }
  return () => new Promise((resolve) => pool.validate(run, priority, resolve))
}
