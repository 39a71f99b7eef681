import { type SchedulerAction, VirtualTimeScheduler } from 'rxjs'
import type { Hold } from './hold.ts'

/** The scheduler for virtual time of RxJS. It sorts all actions again at each event. */
export function rxjsScheduler(hold: Hold): () => void {
  const scheduler = new VirtualTimeScheduler()
  function act(this: SchedulerAction<number>, entity = 0): void {
    hold.hit(entity, scheduler.now())
    // It stops when it has nothing left to do.
    if (hold.isDone) scheduler.actions.length = 0
    else this.schedule(entity, hold.delayMs(entity))
  }
  for (let entity = 0; entity < hold.entities; entity += 1) {
    scheduler.schedule(act, hold.delayMs(entity), entity)
  }
  return () => scheduler.flush()
}
