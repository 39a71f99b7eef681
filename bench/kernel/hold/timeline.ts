import { Timeline, type TimelineEvent } from '../../../sim/timeline.ts'
import type { Hold } from './hold.ts'

/** The simulator's queue alone: no actor, no clock, no digest. */
export function timelineLoop(hold: Hold): () => void {
  const timeline = new Timeline()
  for (let index = 0; index < hold.entities; index += 1) {
    const entity: TimelineEvent = {
      fire: () => {
        hold.hit(index, timeline.nowUs / 1_000)
        timeline.at(timeline.nowUs + 1_000 * hold.delayMs(index), entity)
      },
    }
    timeline.at(1_000 * hold.delayMs(index), entity)
  }
  return () => {
    while (!hold.isDone) timeline.step(Number.MAX_SAFE_INTEGER)
  }
}
