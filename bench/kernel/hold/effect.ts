import { Effect } from 'effect'
import { TestClock } from 'effect/testing'
import type { Hold } from './hold.ts'

/** Time is moved on in steps of so much. */
const stepMs = 1_000

/** Fibers of Effect under its test clock, which keeps its sleepers in a sorted array. */
export function effectFibers(hold: Hold): () => Promise<void> {
  const entity = (index: number, clock: TestClock.TestClock) =>
    Effect.gen(function* () {
      for (;;) {
        yield* Effect.sleep(hold.delayMs(index))
        if (hold.isDone) return
        hold.hit(index, clock.currentTimeMillisUnsafe())
      }
    })
  const program = Effect.gen(function* () {
    const clock = yield* TestClock.testClockWith((testClock) => Effect.succeed(testClock))
    for (let index = 0; index < hold.entities; index += 1) {
      yield* Effect.forkChild(entity(index, clock))
    }
    yield* Effect.yieldNow
    while (!hold.isDone) yield* TestClock.adjust(stepMs)
  })
  return () => Effect.runPromise(Effect.scoped(Effect.provide(program, TestClock.layer())))
}
