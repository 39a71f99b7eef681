/** The attacks as a page that is kept: what each cost both sides, where and when that was measured. */
import type { Machine } from '../../../bench/machine.ts'
import type { Outcome } from './attack.ts'

/** One attack, and what should not be (`faultsOf`). */
export interface Row {
  readonly outcome: Outcome
  readonly faults: readonly string[]
}

/** What each column is called, whether it is a figure, and what is in it. */
const columns: readonly (readonly [string, boolean, (row: Row) => string])[] = [
  ['attack', false, ({ outcome }) => outcome.name],
  ['it did', false, ({ outcome }) => outcome.deeds.did],
  ['seconds', true, ({ outcome }) => outcome.seconds.toFixed(1)],
  ['attacker, CPU ms', true, ({ outcome }) => whole(outcome.attacker.cpuMs)],
  ['sent, MB', true, ({ outcome }) => mega(outcome.attacker.bytesSent)],
  ['node, CPU ms', true, ({ outcome }) => whole(outcome.victim.cpuMs)],
  ['in, MB', true, ({ outcome }) => mega(outcome.victim.bytesReceived)],
  ['out, MB', true, ({ outcome }) => mega(outcome.victim.bytesSent)],
  ['resident, MB', true, ({ outcome }) => mega(outcome.victim.residentBytes)],
  ['blocks of slots', true, ({ outcome: { pulse } }) => `${pulse.blocks} of ${whole(pulse.slots)}`],
  ['slowest call, ms', true, ({ outcome }) => whole(outcome.pulse.callMsMax)],
  ['the attacker is', false, ({ outcome }) => outcome.fate],
  ['besides', false, ({ outcome }) => outcome.deeds.seen ?? ''],
  ['should not be', false, ({ faults }) => faults.join('; ')],
]

/** Names, and then the cells of each attack. */
export function cellsOf(rows: readonly Row[]): readonly (readonly string[])[] {
  return [
    columns.map(([name]) => name),
    ...rows.map((row) => columns.map(([, , cellOf]) => cellOf(row))),
  ]
}

/** The page, in Markdown. */
export function attacksPage(rows: readonly Row[], machine: Machine): string {
  const { cpu, cores, node, loadAverage, commit = 'unknown' } = machine
  const [head = [], ...lines] = cellsOf(rows)
  const at = `Commit ${commit}, Node.js ${node}, ${cores} cores of ${cpu}, load ${loadAverage.join(' ')}`
  return [
    '# What attacks cost',
    '',
    'One of two real nodes on loopback, both of whom are needed for every block, is attacked in one way after another.',
    'A node’s time and bytes are all that it spends meanwhile, its part in the chain included; an attacker’s are',
    'those of the program that attacks.',
    '',
    `${at}; \`npm run attacks -- --out reports/attacks.md\`.`,
    '',
    rowOf(head),
    rowOf(columns.map(([, isFigure]) => (isFigure ? '---:' : '---'))),
    ...lines.map(rowOf),
    '',
  ].join('\n')
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function whole(value: number): string {
  return String(Math.round(value))
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
