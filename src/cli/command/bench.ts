/** `alys bench`: measures how fast things are, and whether they became slower. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Fall } from '../../../bench/compare.ts'
import { type Machine, thisMachine } from '../../../bench/machine.ts'
import {
  type Figure,
  meetsFloor,
  ratioKeptMin,
  resultOf,
  type SuiteReport,
} from '../../../bench/report.ts'
import type { Suite } from '../../../bench/suite.ts'
import { wholeNumber } from '../argument.ts'
import { exitCode, UsageError } from '../exit.ts'
import { formatTable } from '../table.ts'

interface Flags {
  readonly json: boolean
  readonly out: string
  readonly compare?: string
  readonly quick: boolean
  readonly blocks?: number
}

export function register(program: Command): void {
  program
    .command('bench')
    .summary('Measure how fast things are.')
    .description(
      'Measure how fast things are, beside a yardstick that is measured in the same run.\n\n' +
        'Figures are medians, by the clock of the measured thread on its processor. The report of each\n' +
        'suite is written to a file, which a later run can be compared with.',
    )
    .argument(
      '[suite...]',
      'kernel, sim, peers, gossip, validation, sync; all of them, or that of --compare, without any',
    )
    .option('--json', 'write the reports to standard output, one line a suite', false)
    .option('--out <folder>', 'where the reports are written', 'reports/bench')
    .option(
      '--compare <file>',
      `fail if a ratio is less than ${ratioKeptMin} of that in this report`,
    )
    .option(
      '--blocks <count>',
      'length of the chain that is synced; 100,000 unless it is quick',
      wholeNumber(500, 1_000_000),
    )
    .option('--quick', 'less work and one round: whether it runs, rather than how fast', false)
    .action(act)
}

async function act(names: readonly string[], flags: Flags): Promise<void> {
  const before = flags.compare === undefined ? undefined : await requireReport(flags.compare)
  // Loaded only now: the suites bring half of the product with them.
  const { suites } = await import('../../../bench/suites.ts')
  const chosen = chooseSuites(suites, names, before?.suite)
  for (const suite of chosen) {
    const machine = thisMachine()
    const onProgress = (what: string): void => {
      process.stderr.write(`${suite.name}: ${what}\n`)
    }
    const figures = suite.measure({
      ...{ isQuick: flags.quick, onProgress },
      ...(flags.blocks !== undefined && { blocks: flags.blocks }),
    })
    const report = { suite: suite.name, machine, results: figures.map(resultOf) }
    save(suite, report, flags.out)
    process.stdout.write(
      flags.json ? `${JSON.stringify(report)}\n` : describe(suite, machine, figures),
    )
    if (before?.suite === suite.name) await judge(before, report)
  }
}

async function requireReport(file: string): Promise<SuiteReport> {
  const { readReport } = await import('../../../bench/compare.ts')
  const read = readReport(file)
  if (read.ok) return read.value
  throw new UsageError(read.fault)
}

/** The suites of these names; if there are none, the one that is compared with, or all. */
function chooseSuites(
  suites: readonly Suite[],
  names: readonly string[],
  compared: string | undefined,
): readonly Suite[] {
  const isCompared = compared === undefined ? [] : [compared]
  const wanted = names.length > 0 ? names : isCompared
  const known = suites.map(({ name }) => name)
  const unknown = [...names, ...isCompared].find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new UsageError(`there is no suite "${unknown}". There are: ${known.join(', ')}`)
  }
  if (compared !== undefined && !wanted.includes(compared)) {
    throw new UsageError(`the report is of the suite ${compared}, which is not to be run`)
  }
  return wanted.length === 0 ? suites : suites.filter(({ name }) => wanted.includes(name))
}

function save({ name, plot, page }: Suite, report: SuiteReport, folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(report, undefined, 2)}\n`)
  if (plot !== undefined) writeFileSync(join(folder, `${name}.svg`), plot(report))
  if (page !== undefined) writeFileSync(join(folder, `${name}.md`), page(report))
}

function describe(suite: Suite, machine: Machine, figures: readonly Figure[]): string {
  const { cpu, cores, memory, node, loadAverage, commit } = machine
  const where = `${cpu}, ${cores} cores, ${memory} GiB, Node.js ${node}`
  const when = `load ${loadAverage.join(' ')}${commit === undefined ? '' : `, commit ${commit}`}`
  const head = ['', 'value', 'unit', 'ratio', 'floor', 'bound by']
  const rows = figures.map((figure) => [
    figure.name,
    formatValue(figure.value),
    figure.unit,
    figure.ratio === undefined ? '' : formatValue(figure.ratio),
    formatFloor(figure),
    figure.boundBy,
  ])
  const table = formatTable([head, ...rows], ['start', 'end', 'start', 'end', 'start', 'start'])
  return `${suite.name}: ${suite.title}\n${where}\n${when}\n\n${table}\n\n`
}

function formatFloor(figure: Figure): string {
  const { floor, isLessBetter = false } = figure
  if (floor === undefined) return ''
  const bound = `${isLessBetter ? '≤' : '≥'} ${Number(floor.toPrecision(3))}`
  return meetsFloor(figure) ? bound : `${bound} missed`
}

/** Three digits, in full. */
function formatValue(value: number): string {
  const rounded = Number(value.toPrecision(3))
  return rounded >= 1_000 ? String(Math.round(rounded)) : String(rounded)
}

/** Says what fell, and makes the command fail if anything did. */
async function judge(before: SuiteReport, now: SuiteReport): Promise<void> {
  const { fallsOf } = await import('../../../bench/compare.ts')
  const falls = fallsOf(before.results, now.results)
  for (const fall of falls) process.stderr.write(`${describeFall(fall)}\n`)
  if (falls.length > 0) process.exitCode = exitCode.violated
}

function describeFall({ name, ratioBefore, ratioNow }: Fall): string {
  if (ratioNow === undefined) return `fell: ${name} is no longer measured`
  const kept = Math.round((100 * ratioNow) / ratioBefore)
  const ratios = `${formatValue(ratioNow)}, and was ${formatValue(ratioBefore)}`
  return `fell: ${name} has a ratio of ${ratios}: ${kept} % of it are left`
}
