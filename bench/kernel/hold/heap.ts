/**
 * The yardstick: a binary heap and a bare loop, in plain JavaScript, without a line of the product. It stands for the
 * speed of the machine at the moment, and every suite measures it.
 */
import type { Hold } from './hold.ts'

interface Wake {
  readonly dueMs: number
  /** Breaks ties: first asked, first woken. */
  readonly number: number
  readonly entity: number
}

export function heapLoop(hold: Hold): () => void {
  const heap: Wake[] = []
  let number = 0
  const add = (dueMs: number, entity: number): void => {
    push(heap, { dueMs, number, entity })
    number += 1
  }
  for (let entity = 0; entity < hold.entities; entity += 1) add(hold.delayMs(entity), entity)
  return () => {
    while (!hold.isDone) {
      const wake = pop(heap)
      if (wake === undefined) return
      hold.hit(wake.entity, wake.dueMs)
      add(wake.dueMs + hold.delayMs(wake.entity), wake.entity)
    }
  }
}

function isBefore(a: Wake, b: Wake): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.number < b.number)
}

function push(heap: Wake[], wake: Wake): void {
  let at = heap.length
  heap.push(wake)
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !isBefore(wake, above)) break
    heap[at] = above
    at = parent
  }
  heap[at] = wake
}

function pop(heap: Wake[]): Wake | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (last !== undefined && heap.length > 0) sink(heap, last)
  return first
}

/** Puts `wake` in the place of the first and lets it sink. */
function sink(heap: Wake[], wake: Wake): void {
  let at = 0
  for (;;) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    if (left === undefined) break
    const isRight = right !== undefined && isBefore(right, left)
    const child = isRight ? right : left
    if (!isBefore(child, wake)) break
    heap[at] = child
    at = 2 * at + (isRight ? 2 : 1)
  }
  heap[at] = wake
}
