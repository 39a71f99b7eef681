/**
 * Which judge a thread gets: the fastest that knows the known answers on this machine. The last of them is the
 * reference itself, so there always is one.
 */
import { assert, present } from '../../base/assert.ts'
import { type JudgeKind, nativeJudge, type WorkerJudge } from './judge.ts'
import { openKernelJudge } from './kernel-judge.ts'
import { passesKnownAnswers } from './known-answer.ts'

/** Opens a judge; undefined or a rejection if this machine cannot have it. */
export type OpenJudge = () => WorkerJudge | undefined | Promise<WorkerJudge | undefined>

/** Fastest first. */
const candidates: readonly OpenJudge[] = [
  () => openKernelJudge('fma'),
  () => openKernelJudge('exact'),
  nativeJudge,
]

/**
 * The compiler of V8 optimises a kernel while it runs: the first batches take up to ten times as long. TypeScript
 * gets fast enough by what it answers to be chosen.
 */
const warmUpMs: Readonly<Record<JudgeKind, number>> = {
  'kernel-fma': 400,
  'kernel-exact': 400,
  native: 0,
}

/** The first that can be opened and passes, warm. Asserts that there is one. */
export async function openJudge(among: readonly OpenJudge[] = candidates): Promise<WorkerJudge> {
  for (const open of among) {
    const judge = await opened(open)
    if (judge === undefined || !passesKnownAnswers(judge)) continue
    const end = performance.now() + warmUpMs[judge.kind]
    while (performance.now() < end) assert(passesKnownAnswers(judge), 'the same answers once more')
    return judge
  }
  return present<WorkerJudge>(undefined, 'a judge that knows the known answers')
}

async function opened(open: OpenJudge): Promise<WorkerJudge | undefined> {
  try {
    return await open()
  } catch {
    return undefined
  }
}
