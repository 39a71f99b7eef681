/** Runs as the viewer holds them, made of records. */
import { encodeTrace, openTrace } from '../../../sim/trace/file.ts'
import type { Trace } from '../../../sim/trace/record.ts'
import { type Run, runOf } from '../../../src/viewer/model/run.ts'
import { type Scene, sceneOf } from '../../../src/viewer/model/scene.ts'
import { type MadeRun, madeRun } from './made-run.ts'

/** Through the text of its file, as a page gets it. */
export function viewedRun(trace: Trace): Run {
  const parts = openTrace(encodeTrace(trace))
  if (!parts.ok) throw new Error(parts.fault)
  const run = runOf(parts.value)
  if (!run.ok) throw new Error(run.fault)
  return run.value
}

export function madeScene(options: MadeRun): Scene {
  return sceneOf(viewedRun(madeRun(options)))
}
