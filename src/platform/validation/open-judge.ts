/**
 * Which judge a thread gets: the fastest that knows the known answers on this machine. The last of them is the
 * reference itself, so there always is one.
 */
import { assert, present } from '../../base/assert.ts'
import { guardedJudge } from './guarded-judge.ts'
import { type JudgeKind, nativeJudge, type WorkerJudge } from './judge.ts'
import { openKernelJudge } from './kernel-judge.ts'
import { passesKnownAnswers } from './known-answer.ts'
import { openSingleHash } from './single-hash.ts'

/** Opens a judge; undefined or a rejection if this machine cannot have it. */
export type OpenJudge = () => WorkerJudge | undefined | Promise<WorkerJudge | undefined>

const openNativeJudge: OpenJudge = async () => nativeJudge(await openSingleHash())

/** Fastest first. */
const candidates: readonly OpenJudge[] = [
  () => openKernelJudge('fma'),
  () => openKernelJudge('exact'),
  openNativeJudge,
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

/** The judge of a worker: the first that can be opened and passes, warm. Asserts that there is one. */
export async function openJudge(among: readonly OpenJudge[] = candidates): Promise<WorkerJudge> {
  const judge = await firstGood(among)
  const end = performance.now() + warmUpMs[judge.kind]
  while (performance.now() < end) assert(passesKnownAnswers(judge), 'the same answers once more')
  return judge
}

/**
 * The judge of the calling thread, which has other things to do than to get warm. If a kernel should ever trap there,
 * the reference takes over, and `onFailure` is told.
 */
export async function openCallingThreadJudge(
  onFailure: (error: unknown) => void,
  among: readonly OpenJudge[] = candidates,
): Promise<WorkerJudge> {
  const judge = await firstGood(among)
  if (judge.kind === 'native') return judge
  return guardedJudge(judge, await firstGood([openNativeJudge]), onFailure)
}

async function firstGood(among: readonly OpenJudge[]): Promise<WorkerJudge> {
  for (const open of among) {
    const judge = await opened(open)
    if (judge !== undefined && passesKnownAnswers(judge)) return judge
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
