/**
 * A judge with another one behind it. What the first throws over is judged by the second, and so is everything from
 * then on: a kernel that trapped once is in an unknown state.
 */
import type { WorkerJudge } from './judge.ts'

/** Judges by `first` until that throws, then by `second`, who must not throw. `onFailure` is told once. */
export function guardedJudge(
  first: WorkerJudge,
  second: WorkerJudge,
  onFailure: (error: unknown) => void,
): WorkerJudge {
  let current = first
  const attempt = <Answer>(ask: (judge: WorkerJudge) => Answer): Answer => {
    if (current === second) return ask(second)
    try {
      return ask(first)
    } catch (error) {
      current = second
      onFailure(error)
      return ask(second)
    }
  }
  return {
    get kind() {
      return current.kind
    },
    get batchMax() {
      return current.batchMax
    },
    get sliceMax() {
      return current.sliceMax
    },
    memoryBytes: first.memoryBytes + second.memoryBytes,
    judge: (rules, blocks) => attempt((judge) => judge.judge(rules, blocks)),
    judgePacked: (rules, run, verdicts) =>
      attempt((judge) => judge.judgePacked(rules, run, verdicts)),
    verify: (checks) => attempt((judge) => judge.verify(checks)),
  }
}
