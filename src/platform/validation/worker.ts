/** The program of a worker thread of the pool. */
import { openJudge } from './open-judge.ts'
import { serve } from './serve.ts'

serve(await openJudge())
