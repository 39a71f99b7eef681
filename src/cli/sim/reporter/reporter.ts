/** The reporters of a sweep, by their names. */
import { styleText } from 'node:util'
import type { Reporter } from '../report-settings.ts'
import type { SweepSummary } from '../summary.ts'
import { githubReport } from './github.ts'
import { htmlReport, type Provenance } from './html.ts'
import { junitReport } from './junit.ts'
import { type Paint, textReport } from './text.ts'

/** What a reporter writes at the end; the one for lines of JSON has written by then. */
export function writtenBy(
  reporter: Reporter,
  summary: SweepSummary,
  provenance: Provenance,
): string {
  switch (reporter) {
    case 'default':
      return textReport(summary, paint)
    case 'json':
      return ''
    case 'junit':
      return junitReport(summary)
    case 'github':
      return githubReport(summary) + textReport(summary, (_style, text) => text)
    case 'html':
      return htmlReport(summary, provenance)
    default:
      return reporter satisfies never
  }
}

/** Colours where the terminal takes them and the user has not declined them. */
const paint: Paint = (style, text) => styleText(style, text, { stream: process.stdout })
