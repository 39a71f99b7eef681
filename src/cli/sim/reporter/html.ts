/**
 * A sweep as one page that needs nothing else: no script, no font, no server. Everything that came from
 * a run is escaped. The page is well-formed XML too, so that its shape can be checked by a machine.
 */
import type { Revision } from '../../revision.ts'
import { formatCount } from '../../table.ts'
import { replayCommand } from '../job.ts'
import type { RunReport } from '../report.ts'
import { type ScenarioSummary, type SweepSummary, speedOf, verdictOf } from '../summary.ts'
import { escapeXml } from './xml.ts'

/** Where and when a sweep was made. */
export interface Provenance {
  /** The command that makes the same sweep. */
  readonly command: string
  /** Version of Node.js. */
  readonly node: string
  /** Of the sources; undefined outside of a repository. */
  readonly revision: Revision | undefined
}

/** Seeds shown as squares, and failures told in full. */
const squaresMax = 400
const failuresMax = 100

export function htmlReport(summary: SweepSummary, provenance: Provenance): string {
  const { exit } = summary
  const { command, node, revision } = provenance
  const verdict = verdictOf(summary)
  const tone = exit === 0 ? 'good' : exit === 2 ? 'unsure' : 'bad'
  const source =
    revision === undefined
      ? ''
      : `, commit ${revision.commit}${revision.isDirty ? ' and changes' : ''}`
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${escapeXml(`alys sim: ${verdict}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Simulation report</h1>
<p class="verdict ${tone}">${escapeXml(verdict)}</p>
<p class="quiet"><code>${escapeXml(command)}</code><br/>${escapeXml(`Node.js ${node}${source}`)}</p>
${scenariosSection(summary)}
${failuresSection(summary)}
${goalsSection(summary)}
</main>
</body>
</html>
`
}

function failuresSection({ failures, failuresUntold }: SweepSummary): string {
  if (failures.length === 0) return ''
  const left = Math.max(0, failures.length - failuresMax) + failuresUntold
  const more = left > 0 ? `<p>… and ${left} more.</p>` : ''
  const articles = failures.slice(0, failuresMax).map(failureArticle).join('\n')
  return `<h2>What did not hold</h2>\n${articles}\n${more}`
}

function failureArticle(report: RunReport): string {
  const { scenario, seed, outcome, failure, digest } = report
  const { property = 'unknown', detail = '', atMs = 0 } = failure ?? {}
  const when = `${(atMs / 1_000).toFixed(6)} s of virtual time, digest ${digest || 'unknown'}`
  return `<article id="${escapeXml(`${scenario}-${seed}`)}">
<h3>${escapeXml(`${scenario} seed ${seed}: ${property}`)}</h3>
<pre>${escapeXml(detail)}</pre>
<p class="quiet">${escapeXml(`${outcome} at ${when}`)}</p>
<p>Repeat it: <code>${escapeXml(replayCommand(report))}</code></p>
</article>`
}

function scenariosSection(summary: SweepSummary): string {
  const head = ['Scenario', 'Seeds', 'Held', 'Violated', 'Virtual s per wall s', 'Events', 'Goals']
  const rows = [...summary.scenarios, summary.total].map((row) =>
    scenarioRow(
      row,
      summary.goals.length,
      summary.runs.filter((report) => report.scenario === row.scenario),
    ),
  )
  return `<h2>Scenarios</h2>
<div class="wide"><table>
<thead><tr>${head.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>
${skippedParagraph(summary)}`
}

function skippedParagraph({ skipped }: SweepSummary): string {
  if (skipped.length === 0) return ''
  const items = skipped.map(
    ({ scenario, reason }) => `<li>${escapeXml(`${scenario}: ${reason}`)}</li>`,
  )
  return `<p>Not told on this network:</p>\n<ul>${items.join('')}</ul>`
}

function scenarioRow(row: ScenarioSummary, goals: number, reports: readonly RunReport[]): string {
  const figures = [row.ran, row.held, row.violated, speedOf(row), row.events].map(formatCount)
  const cells = [...figures, `${row.goals.length}/${goals}`].map((text) => `<td>${text}</td>`)
  const tone = row.violated > 0 ? ' class="bad"' : ''
  const isWhole = reports.length === row.ran
  return `<tr${tone}><th scope="row">${escapeXml(row.scenario)}${isWhole ? squares(reports) : ''}</th>${cells.join('')}</tr>`
}

/** A square a seed; those that did not hold lead to their story. */
function squares(reports: readonly RunReport[]): string {
  if (reports.length === 0 || reports.length > squaresMax) return ''
  const square = ({ scenario, seed, outcome }: RunReport): string =>
    outcome === 'held'
      ? `<i title="seed ${seed}: held"></i>`
      : `<a${outcome === 'unknown' ? ' class="unsure"' : ''} href="#${escapeXml(`${scenario}-${seed}`)}" title="seed ${seed}: ${outcome}"></a>`
  return `<span class="seeds">${reports.map(square).join('')}</span>`
}

/** How many seeds of each scenario reached each goal. */
function goalsSection(summary: SweepSummary): string {
  const { scenarios, goals } = summary
  const row = (goal: string): string => {
    const counts = scenarios.map(({ goalRuns }) => goalRuns[goal] ?? 0)
    const isMissed = summary.goalsMissed.includes(goal)
    const cells = counts.map((count) => `<td>${count === 0 ? '·' : count}</td>`).join('')
    return `<tr${isMissed ? ' class="missed"' : ''}><th scope="row">${escapeXml(goal)}${isMissed ? ' (never)' : ''}</th>${cells}</tr>`
  }
  const head = scenarios.map(({ scenario }) => `<th scope="col">${escapeXml(scenario)}</th>`)
  return `<h2>Goals</h2>
<p class="quiet">Things that should happen in some run, or the sweep was tame: how many seeds reached each.</p>
<div class="wide"><table>
<thead><tr><th scope="col">Goal</th>${head.join('')}</tr></thead>
<tbody>
${goals.map(row).join('\n')}
</tbody>
</table></div>`
}

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --line: #d8dde3; --soft: #5b6570;
  --good: #1a7f4b; --bad: #c0303a; --unsure: #8a6100; --shade: #f5f7f9 }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --paper: #14181c; --line: #343b43;
  --soft: #98a2ad; --good: #4cc38a; --bad: #ff7b82; --unsure: #e0b04c; --shade: #1d2329 } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem }
h1 { font-size: 1.6rem; margin: 0 }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem }
h3 { font-size: 1rem; margin: 0 0 .5rem }
code, pre { font: .875em/1.5 ui-monospace, monospace }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
.verdict { font-size: 1.25rem; font-weight: 600; margin: .5rem 0 }
.good { color: var(--good) } .unsure { color: var(--unsure) } .verdict.bad { color: var(--bad) }
.quiet { color: var(--soft); font-size: .875rem; margin: .5rem 0 }
article { border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 4px;
  padding: 1rem; margin: 0 0 1rem }
article p:last-child { margin-bottom: 0 }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums }
th, td { padding: .4rem .75rem; border-bottom: 1px solid var(--line); text-align: right }
th:first-child { text-align: left; font-weight: 500 }
thead th { color: var(--soft); font-weight: 500; vertical-align: bottom }
tbody tr:hover { background: var(--shade) }
tr.bad th, tr.missed th { color: var(--bad) }
tr.missed th { color: var(--unsure) }
.seeds { display: flex; flex-wrap: wrap; gap: 2px; margin-top: .3rem; max-width: 26rem }
.seeds i, .seeds a { width: 10px; height: 10px; border-radius: 2px; background: var(--good) }
.seeds a { background: var(--bad) }
.seeds a.unsure { background: var(--unsure) }
`
