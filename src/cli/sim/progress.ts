/**
 * Says how far a sweep has come, on the standard error stream: at a terminal in one line that is
 * written over and over, elsewhere in a line every few seconds.
 */
import type { WriteStream } from 'node:tty'
import { formatDuration } from '../../base/duration.ts'
import type { RunReport } from './report.ts'

export interface ProgressState {
  readonly ran: number
  /** Undefined if there is no end but the time. */
  readonly asked: number | undefined
  readonly violated: number
  readonly unknown: number
  readonly elapsedMs: number
  readonly last: Pick<RunReport, 'scenario' | 'seed'> | undefined
}

/** One line, without its end. */
export function progressLine(state: ProgressState): string {
  const { ran, asked, violated, unknown, elapsedMs, last } = state
  const leftMs = asked === undefined || ran === 0 ? undefined : (elapsedMs / ran) * (asked - ran)
  return [
    asked === undefined ? `${ran} runs` : `${ran}/${asked} runs`,
    `${ran - violated - unknown} held`,
    `${violated} violated`,
    ...(unknown === 0 ? [] : [`${unknown} unknown`]),
    formatDuration(elapsedMs),
    ...(leftMs === undefined || leftMs === 0 ? [] : [`about ${formatDuration(leftMs)} left`]),
    ...(last === undefined ? [] : [`last: ${last.scenario} seed ${last.seed}`]),
  ].join(' · ')
}

export interface Progress {
  readonly report: (report: RunReport) => void
  /** Takes the line away, and says nothing more. */
  readonly end: () => void
}

const terminalEveryMs = 100
const otherwiseEveryMs = 3_000

/** Begins to say how far it is. `asked` runs are expected. */
export function startProgress(asked: number | undefined, stream: WriteStream): Progress {
  const begunMs = performance.now()
  const state = { ran: 0, violated: 0, unknown: 0, last: undefined as RunReport | undefined }
  const line = (): string =>
    progressLine({ ...state, asked, elapsedMs: performance.now() - begunMs })
  const write = stream.isTTY
    ? () => stream.write(`\r\u001b[K${line().slice(0, (stream.columns || 80) - 1)}`)
    : () => stream.write(`${line()}\n`)
  const timer = setInterval(write, stream.isTTY ? terminalEveryMs : otherwiseEveryMs)
  timer.unref()
  return {
    report: (report) => {
      state.ran += 1
      if (report.outcome === 'unknown') state.unknown += 1
      else if (report.outcome !== 'held') state.violated += 1
      state.last = report
    },
    end: () => {
      clearInterval(timer)
      if (stream.isTTY) stream.write('\r\u001b[K')
    },
  }
}
