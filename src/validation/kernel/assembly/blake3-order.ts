/**
 * Orders tasks by their numbers of blocks, so that those hashed side by side end together, or nearly so. A counting
 * sort: there are 16 classes at most, and in most batches only a few are used.
 */
import { shapeLength, taskBytes, taskShapeAt } from './blake3-lanes'
import { blockBytes, chunkBytes } from './blake3-state'

const classes: usize = (chunkBytes / blockBytes) as usize

/** For each class, how many bytes its tasks take; while they are sorted, where the next of them goes. */
const tally: usize = memory.data(4 * classes, 16)

/** Counts a task of this length, at most a chunk's. */
export function tallyTask(length: u32): void {
  const counted = tally + 4 * classOf(length)
  store<u32>(counted, load<u32>(counted) + taskBytes)
}

/**
 * Copies the `count` tasks from `tasks` on, all of which were counted, to `sorted`: shortest first, equals as they
 * came. Returns where they are sorted, which is where they were if they are all equals. Counting begins anew.
 */
export function orderTasks(count: u32, tasks: usize, sorted: usize): usize {
  const end = tasks + taskBytes * count
  const isEven = load<u32>(tally + 4 * classOfTask(tasks)) === taskBytes * count
  if (!isEven) sortTasks(tasks, end, sorted)
  memory.fill(tally, 0, 4 * classes)
  return isEven ? tasks : sorted
}

function sortTasks(tasks: usize, end: usize, sorted: usize): void {
  let from = sorted
  for (let each: usize = 0; each < classes; each += 1) {
    const bytes = load<u32>(tally + 4 * each)
    store<u32>(tally + 4 * each, from)
    from += bytes
  }
  for (let task = tasks; task < end; task += taskBytes) {
    const next = tally + 4 * classOfTask(task)
    const to: usize = load<u32>(next)
    v128.store(to, v128.load(task))
    store<u32>(next, to + taskBytes)
  }
}

function classOfTask(task: usize): usize {
  return classOf(load<u32>(task, taskShapeAt) & shapeLength)
}

/** The number of the last block. */
function classOf(length: u32): usize {
  return (max<u32>(length, 1) - 1) / blockBytes
}
