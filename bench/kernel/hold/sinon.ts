import { createClock } from '@sinonjs/fake-timers'
import type { Hold } from './hold.ts'

/** The fake timers of Sinon, Jest and Vitest. */
export function sinonClock(hold: Hold): () => void {
  const clock = createClock(0)
  for (let entity = 0; entity < hold.entities; entity += 1) {
    const act = (): void => {
      hold.hit(entity, clock.now)
      clock.setTimeout(act, hold.delayMs(entity))
    }
    clock.setTimeout(act, hold.delayMs(entity))
  }
  return () => {
    while (!hold.isDone) clock.next()
  }
}
