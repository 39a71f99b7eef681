/** What is asked of the report of many runs, wherever they come from. */

/** Reporters, by name. What they write is in `reporter/reporter.ts`, which is loaded where something is written. */
export const reporters = ['default', 'json', 'junit', 'github', 'html'] as const

export type Reporter = (typeof reporters)[number]

export interface ReportSettings {
  readonly seedsMin: number | undefined
  /** A goal that no run reached leaves the sweep undecided. */
  readonly mustReachGoals: boolean
  readonly reporter: Reporter
  /** A folder for reports. */
  readonly out: string | undefined
}
