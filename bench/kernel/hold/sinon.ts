import { createClock } from '@sinonjs/fake-timers'
import type { Hold } from './hold.ts'

/** The fake timers of Sinon, Jest and Vitest. */
export function sinonClock(hold: Hold): () => void {
  const clock = createClock(0)
  const act = (entity: number): void => {
    hold.hit(entity, clock.now)
    clock.setTimeout(act, hold.delayMs(entity), entity)
  }
  for (let entity = 0; entity < hold.entities; entity += 1) {
    clock.setTimeout(act, hold.delayMs(entity), entity)
  }
  return () => {
    while (!hold.isDone) clock.next()
  }
}
