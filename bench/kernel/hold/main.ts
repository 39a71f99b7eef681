/** Runs one program of the hold model: its name, the entities, the events, the iterations. */
import { present } from '../../../src/base/assert.ts'
import { numberArgument, repeat, writeReport } from '../../program.ts'
import { actors } from './actors.ts'
import { effectFibers } from './effect.ts'
import { heapLoop } from './heap.ts'
import { Hold, type HoldProgram } from './hold.ts'
import { rxjsScheduler } from './rxjs.ts'
import { sinonClock } from './sinon.ts'
import { timelineLoop } from './timeline.ts'

const programs: Readonly<Record<string, HoldProgram>> = {
  actors,
  effect: effectFibers,
  heap: heapLoop,
  rxjs: rxjsScheduler,
  sinon: sinonClock,
  timeline: timelineLoop,
}

const name = process.argv[2] ?? ''
const program = present(programs[name], `a program named ${name}`)
const [entities = 0, events = 0, iterations = 0] = [1, 2, 3].map(numberArgument)

const report = await repeat(iterations, () => {
  const hold = new Hold(entities, events)
  const run = program(hold)
  return {
    run: async () => {
      await run()
      return events
    },
    check: () => hold.check,
  }
})
writeReport(report)
