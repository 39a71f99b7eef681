/**
 * A worker of the pool whose signatures are cheap, and which fails on command: it dies, throws, or falls silent in the
 * midst of a piece. The commands come by shared memory, since a worker that serves hears nothing else.
 */
import { pbkdf2Sync } from 'node:crypto'
import { workerData } from 'node:worker_threads'
import { packed, type WorkerJudge } from '../../../src/platform/validation/judge.ts'
import { serve } from '../../../src/platform/validation/serve.ts'
import { judgeRun } from '../../../src/validation/reference-run.ts'
import { type FaultWords, faultKind, takeFault, waitForStart } from './faults.ts'
import { cheapSample } from './sample-run.ts'

const { faults, batchMax } = workerData as {
  readonly faults: FaultWords
  readonly batchMax: number
}

/** Half of the work is done when it happens. */
function fail(): void {
  switch (takeFault(faults)) {
    case faultKind.exit:
      process.exit(3)
      break
    case faultKind.throw:
      throw new Error('a judge that throws')
    case faultKind.sleep:
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
      break
    case faultKind.loop:
      for (let i = 0; i >= 0; i = (i + 1) % 1_000) {}
      break
    case faultKind.native:
      pbkdf2Sync('a', 'b', 200_000, 64, 'sha512')
      break
    default:
  }
}

const judge: WorkerJudge['judge'] = (rules, blocks) => {
  judgeRun(rules, blocks.slice(0, blocks.length / 2), cheapSample.verify)
  fail()
  return judgeRun(rules, blocks, cheapSample.verify)
}

waitForStart(faults)
serve({
  ...{ kind: 'native', batchMax, sliceMax: 8, memoryBytes: 0 },
  judge,
  judgePacked: packed(judge),
  verify: (checks) => {
    fail()
    return checks.map((check) =>
      cheapSample.verify(check.publicKey, check.message, check.signature),
    )
  },
})
