/**
 * A slice as lines: one for a stretch of turns of one machine, one for a timer that comes again and again, and one for what
 * is said many times over. What is folded is counted.
 */
import type { TraceRecord } from '../../../sim/trace/record.ts'
import type { Slice } from '../../../sim/trace/slice.ts'
import { formatCount, formatTable } from '../table.ts'
import { duration, secondsText, tailOf, whatText } from './record-text.ts'

/** One line of a slice. */
export interface SliceLine {
  /** The first and the last of the records that it stands for. */
  readonly first: TraceRecord
  readonly last: TraceRecord
  readonly what: string
  /** Whether these are causes, one of another. */
  readonly isCause: boolean
  /** How many others are folded into it. */
  readonly more: number
}

/** The lines of a slice, in order of time; of the causes the first and the last, so many at most. */
export function linesOf({ line, known }: Slice, causesMax: number): readonly SliceLine[] {
  return [...causeLines(line, causesMax), ...foldAlike(known)].toSorted(
    (a, b) => a.first.id - b.first.id,
  )
}

/** The lines of causes alone, of one record that is the last of them. */
export function causeLines(line: readonly TraceRecord[], causesMax: number): readonly SliceLine[] {
  return shortened(foldRounds(stepsOf(line)), causesMax)
}

/** Where it all began, and the end. */
function shortened(steps: readonly SliceLine[], stepsMax: number): readonly SliceLine[] {
  if (steps.length <= stepsMax) return steps
  const root = steps[0] as SliceLine
  const between = steps.slice(1, steps.length - stepsMax + 1)
  const last = (between.at(-1) as SliceLine).last
  const more = between.reduce((sum, step) => sum + 1 + step.more, 0)
  return [{ ...root, last, more }, ...steps.slice(steps.length - stepsMax + 1)]
}

/** In columns, as a person reads it. */
export function sliceTable(lines: readonly SliceLine[]): readonly string[] {
  const rows = lines.map(({ first, last, what, isCause, more }) => {
    const ids = first === last ? `#${first.id}` : `#${first.id}…${last.id}`
    const cause = first.cause === undefined ? '' : ` ← #${first.cause}`
    const others = more === 0 ? '' : ` (… ${formatCount(more)} more, to ${secondsText(last.atUs)})`
    const text = cut(what, textMax - others.length) + others
    return [isCause ? '>' : ' ', secondsText(first.atUs), first.node, text, `${ids}${cause}`]
  })
  const head = ['', 'time', 'node', 'what', 'record ← cause']
  return formatTable([head, ...rows], ['start', 'end', 'start', 'start', 'start']).split('\n')
}

const textMax = 100

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

// ----- the line of causes -----

/** Turns of one machine in a row are one step, and so is a timer with the turns that it leads to. */
function stepsOf(line: readonly TraceRecord[]): readonly SliceLine[] {
  const steps: SliceLine[] = []
  let at = 0
  while (at < line.length) {
    const first = line[at] as TraceRecord
    const begin = first.kind === 'timer' ? at + 1 : at
    let end = begin
    while (line[end]?.kind === 'turn' && line[end]?.node === first.node) end += 1
    const turns = line.slice(begin, end)
    const next = Math.max(end, at + 1)
    const last = line[next - 1] as TraceRecord
    steps.push({ first, last, what: stepText(first, turns), isCause: true, more: 0 })
    at = next
  }
  return steps
}

function stepText(first: TraceRecord, turns: readonly TraceRecord[]): string {
  const [turn] = turns
  if (turn === undefined) return whatText(first)
  const all = turnsText(turns)
  return first === turn ? all : `${whatText(first)}: ${all}`
}

/** Which actors take what, one after another. */
function turnsText(turns: readonly TraceRecord[]): string {
  const [sole] = turns
  if (turns.length === 1 && sole !== undefined) return whatText(sole)
  const taken = turns.map((turn) =>
    turn.kind === 'turn' ? `${tailOf(turn.actor)} ${turn.message}` : '',
  )
  return taken.join(' › ')
}

/** Rounds of one timer in a row from which on they are folded. */
const roundsMin = 3

/** A timer that leads to the same turn again and again is shown at its first time and its last. */
function foldRounds(steps: readonly SliceLine[]): readonly SliceLine[] {
  const folded: SliceLine[] = []
  let at = 0
  while (at < steps.length) {
    const first = steps[at] as SliceLine
    const key = roundKey(first)
    let end = at + 1
    while (
      key !== undefined &&
      steps[end] !== undefined &&
      roundKey(steps[end] as SliceLine) === key
    ) {
      end += 1
    }
    const count = end - at
    if (count < roundsMin) folded.push(...steps.slice(at, end))
    else folded.push(...roundsLines(steps.slice(at, end)))
    at = end
  }
  return folded
}

function roundsLines(rounds: readonly SliceLine[]): readonly SliceLine[] {
  const first = rounds[0] as SliceLine
  const end = rounds.at(-1) as SliceLine
  const before = rounds.at(-2) as SliceLine
  const everyUs = (end.first.atUs - first.first.atUs) / (rounds.length - 1)
  const what = `${first.what}; again each ${duration(Math.round(everyUs))}`
  return [{ ...first, last: before.last, what, more: rounds.length - 2 }, end]
}

/** Equal for rounds of one timer; undefined for what is no round. */
function roundKey({ first, what }: SliceLine): string | undefined {
  if (first.kind !== 'timer') return undefined
  const [, turns = ''] = what.split(' before: ')
  return `${first.node} ${turns.split(' › ')[0]}`
}

// ----- what was known besides -----

/** Records that are alike: of the same kind, at the same machine, and with the same fate. */
const alikeShown = 2

/** Of what is alike the first few are shown, and the others counted. */
function foldAlike(known: readonly TraceRecord[]): readonly SliceLine[] {
  const groups = new Map<string, TraceRecord[]>()
  for (const record of known) {
    const key = alikeKey(record)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [record])
    else group.push(record)
  }
  return [...groups.values()].flatMap((group) => {
    const lines = group.map((record): SliceLine => {
      return { first: record, last: record, what: whatText(record), isCause: false, more: 0 }
    })
    if (group.length <= alikeShown + 1) return lines
    const shown = lines.slice(0, alikeShown)
    const end = shown.at(-1) as SliceLine
    const last = group.at(-1) as TraceRecord
    return [...shown.slice(0, -1), { ...end, last, more: group.length - alikeShown }]
  })
}

function alikeKey(record: TraceRecord): string {
  const { kind, node } = record
  switch (record.kind) {
    case 'event':
      return `${kind} ${node} ${record.event}`
    case 'arrival':
      return `${kind} ${node} ${record.what}`
    case 'loss':
      return `${kind} ${record.to} ${record.what} ${record.by} ${record.fault}`
    case 'machine':
      return `${kind} ${node} ${record.change}`
    default:
      return `${record.id}`
  }
}
