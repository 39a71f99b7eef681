/**
 * A sweep as one page that needs nothing else: no script, no font, no server. Everything that came from
 * a run is escaped. The page is well-formed XML too, so that its shape can be checked by a machine.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatDuration } from '../../../base/duration.ts'
import type { Revision } from '../../revision.ts'
import { formatCount, formatSeconds } from '../../table.ts'
import { squeezed, themeStyle } from '../../view/theme.ts'
import { type Bug, inForceText, runsOf } from '../bugs.ts'
import { keyOf, replayCommand } from '../job.ts'
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
  /** What lies beside the page of runs that did not hold, by the keys of their jobs. */
  readonly files?: ReadonlyMap<string, RunFiles>
}

/** Names of files in the folder of the report. */
export interface RunFiles {
  readonly bundle: string
  /** The run as a page; only the first failures have one. */
  readonly view?: string
}

/** Seeds shown as squares, and bugs told in full. */
const squaresMax = 400
const bugsMax = 100

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
<style>${themeStyle()}${style()}</style>
</head>
<body>
<main>
<p class="brand"><b>alys</b> simulation report</p>
<h1 class="verdict ${tone}">${escapeXml(verdict)}</h1>
<p class="quiet"><code>${escapeXml(command)}</code><br/>${escapeXml(`Node.js ${node}${source}`)}</p>
${figuresList(summary)}
${failuresSection(summary, provenance)}
${scenariosSection(summary)}
${goalsSection(summary)}
</main>
</body>
</html>
`
}

function style(): string {
  return squeezed(readFileSync(join(import.meta.dirname, 'report.css'), 'utf8'))
}

// ----- figures -----

function figuresList({ total, goals, goalsMissed, elapsedMs }: SweepSummary): string {
  const { ran, held, violated, unknown, virtualMs, events } = total
  const figure = (name: string, value: string, tone = ''): string =>
    `<div${tone === '' ? '' : ` class="${tone}"`}><dt>${name}</dt><dd>${value}</dd></div>`
  return `<dl class="figures">
${figure('Runs', formatCount(ran))}
${figure('Held', formatCount(held))}
${figure('Did not hold', formatCount(violated), violated > 0 ? 'bad' : '')}
${unknown === 0 ? '' : figure('Not known', formatCount(unknown), 'unsure')}
${figure('Virtual time', formatDuration(virtualMs))}
${figure('Took', formatDuration(elapsedMs))}
${figure('Events', formatCount(events))}
${figure('Virtual s per s', formatCount(speedOf(total)))}
${figure('Goals reached', `${goals.length - goalsMissed.length} of ${goals.length}`, goalsMissed.length > 0 ? 'unsure' : '')}
</dl>`
}

// ----- what did not hold -----

function failuresSection(summary: SweepSummary, { files }: Provenance): string {
  const { bugs, total } = summary
  if (bugs.length === 0) return ''
  const shown = bugs.slice(0, bugsMax)
  const left = total.violated + total.unknown - runsOf(shown)
  const more = left > 0 ? `<p>… and ${left} more runs.</p>` : ''
  const articles = shown.map((bug) => bugArticle(bug, files)).join('\n')
  return `<h2>What did not hold</h2>\n${articles}\n${more}`
}

function bugArticle(bug: Bug, folder: Provenance['files']): string {
  const report = bug.quickest
  const files = folder?.get(keyOf(report))
  const { scenario, seed, outcome, failure, digest } = report
  const { property = 'unknown', detail = '', atMs = 0 } = failure ?? {}
  const when = `${formatSeconds(atMs)} s of virtual time, digest ${digest || 'unknown'}`
  const tone = outcome === 'unknown' ? 'unsure' : 'bad'
  const inForce = [inForceText(bug)].filter((line) => line !== undefined)
  const link = (name: string, text: string, of = ''): string =>
    `<a${of === '' ? '' : ` class="${of}"`} href="${escapeXml(encodeURI(name))}">${text}</a>`
  const ways = [
    files?.view === undefined ? '' : link(files.view, 'Look at it', 'look'),
    `<code title="Repeats it">${escapeXml(replayCommand(report))}</code>`,
    files === undefined ? '' : link(files.bundle, 'its bundle'),
  ]
  return `<article id="${escapeXml(`${scenario}-${seed}`)}" class="${tone}">
<h3>${escapeXml(property)} <span>${escapeXml(`${scenario} seed ${seed}`)}</span></h3>
<pre>${escapeXml(detail)}</pre>
<p class="quiet">${escapeXml([`${outcome} at ${when}`, ...inForce].join('; '))}</p>
<p class="ways">${ways.join('\n')}</p>
${othersParagraph(bug, folder)}
</article>`
}

/** The other runs of a bug, with their bundles where there are some. */
function othersParagraph({ runs, others }: Bug, folder: Provenance['files']): string {
  if (runs === 1) return ''
  const named = others.map((job) => {
    const name = escapeXml(`${job.scenario} ${job.seed}`)
    const id = escapeXml(`${job.scenario}-${job.seed}`)
    const bundle = folder?.get(keyOf(job))?.bundle
    if (bundle === undefined) return `<span id="${id}">${name}</span>`
    return `<a id="${id}" href="${escapeXml(encodeURI(bundle))}">${name}</a>`
  })
  const left = runs - 1 - others.length
  const more = left > 0 ? `, and ${left} more` : ''
  return `<p class="quiet">Broken as well, ${runs} in all: ${named.join(', ')}${more}</p>`
}

// ----- by scenario -----

function scenariosSection(summary: SweepSummary): string {
  const head = ['Scenario', 'Runs', 'Held', 'Did not', 'Virtual s per s', 'Events', 'Goals']
  const paceMax = Math.max(...summary.scenarios.map(speedOf), 1)
  const rows = [...summary.scenarios, summary.total].map((row) => {
    const reports = summary.runs.filter((report) => report.scenario === row.scenario)
    return scenarioRow(row, reports, { goals: summary.goals.length, paceMax })
  })
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

interface Scale {
  readonly goals: number
  /** The greatest speed of any scenario. */
  readonly paceMax: number
}

function scenarioRow(row: ScenarioSummary, reports: readonly RunReport[], scale: Scale): string {
  const pace = speedOf(row)
  const isTotal = row.scenario === 'all'
  const bar = isTotal ? 0 : Math.round((pace / scale.paceMax) * 70)
  const paceCell = `<td class="pace"><span><i style="width: ${bar}px"></i></span>${formatCount(pace)}</td>`
  const cells = [
    `<td>${formatCount(row.ran)}</td>`,
    `<td>${formatCount(row.held)}</td>`,
    `<td${toneOf(row)}>${formatCount(row.ran - row.held)}</td>`,
    paceCell,
    `<td>${formatCount(row.events)}</td>`,
    `<td>${row.goals.length}/${scale.goals}</td>`,
  ]
  const isWhole = reports.length === row.ran
  const name = isTotal ? 'All' : escapeXml(row.scenario)
  return `<tr${isTotal ? ' class="total"' : ''}><th scope="row">${name}${isWhole ? squares(reports) : ''}</th>${cells.join('')}</tr>`
}

function toneOf({ violated, unknown }: ScenarioSummary): string {
  if (violated > 0) return ' class="bad"'
  return unknown > 0 ? ' class="unsure"' : ' class="zero"'
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

// ----- goals -----

function goalsSection(summary: SweepSummary): string {
  const { goalsMissed } = summary
  const missed =
    goalsMissed.length === 0
      ? '<p class="good">Every goal was reached.</p>'
      : `<p>Never reached:</p>
<ul class="goals unsure">${goalsMissed.map((goal) => `<li>${escapeXml(goal)}</li>`).join('')}</ul>`
  return `<h2>Goals</h2>
<p class="quiet">Things that should happen in some run, or the sweep was tame.</p>
${missed}
<details>
<summary>How many runs of each scenario reached each</summary>
<div class="wide">${goalsTable(summary)}</div>
</details>`
}

function goalsTable(summary: SweepSummary): string {
  const { scenarios, goals } = summary
  const row = (goal: string): string => {
    const counts = scenarios.map(({ goalRuns }) => goalRuns[goal] ?? 0)
    const isMissed = summary.goalsMissed.includes(goal)
    const cells = counts.map((count) =>
      count === 0 ? '<td class="zero">·</td>' : `<td>${count}</td>`,
    )
    return `<tr${isMissed ? ' class="missed"' : ''}><th scope="row">${escapeXml(goal)}</th>${cells.join('')}</tr>`
  }
  const head = scenarios.map(({ scenario }) => `<th scope="col">${escapeXml(scenario)}</th>`)
  return `<table>
<thead><tr><th scope="col">Goal</th>${head.join('')}</tr></thead>
<tbody>
${goals.map(row).join('\n')}
</tbody>
</table>`
}
