import type { Figure, SuiteReport } from './report.ts'

export interface SuiteOptions {
  /** Less work and one round: whether it runs, rather than how fast. */
  readonly isQuick: boolean
  /** Of the chain that `sync` is measured on, where that is to be another length than usual. */
  readonly blocks?: number
  /** Told what is about to be measured. */
  readonly onProgress: (what: string) => void
}

/** Figures that belong together: measured in one run, against the same baseline. */
export interface Suite {
  readonly name: string
  /** What is measured. One line. */
  readonly title: string
  readonly measure: (options: SuiteOptions) => readonly Figure[]
  /** Its report as a picture, in SVG. */
  readonly plot?: (report: SuiteReport) => string
  /** What is to be read beside its table, in Markdown. */
  readonly page?: (report: SuiteReport) => string
}
