/**
 * The first look at results: which runs there are, where each is first, which were reported with two results, what was
 * asked for and what is missing. Nothing of a run is kept but a mark.
 */
import type { Millis } from '../../base/units.ts'
import { UsageError } from '../exit.ts'
import type { Revision } from '../revision.ts'
import { type Manner, mannerFlags } from '../sim/job.ts'
import type { RunReport } from '../sim/report.ts'
import type { SweepEnd } from '../sim/summary.ts'
import { Coverage } from './coverage.ts'
import { linesOf } from './lines.ts'
import { markOf } from './mark.ts'
import { parseRunLine, type RunLine } from './run-line.ts'
import { SeedTable } from './seed-table.ts'

export interface RunIndex {
  readonly files: readonly string[]
  readonly coverage: Coverage
  /** Of all results; undefined if there are several, or none is known. */
  readonly revision: Revision | undefined
  /** Whether this is where the run is told; elsewhere it is a copy. */
  isFirst(run: Told, place: Place): boolean
  /** The places of a run's results, if they differ. */
  conflictOf(run: Told): readonly [Place, Place] | undefined
  /** Copies of runs that were left out. */
  readonly copies: number
  /** Files that end before their sweep did. */
  readonly cutOff: readonly string[]
  readonly end: SweepEnd
  /** Of the sweep that took longest. */
  readonly elapsedMs: Millis
}

/** A run, and of which sources. */
export type Told = Extract<RunLine, { kind: 'run' }>

export interface Place {
  /** Which of the files. */
  readonly file: number
  readonly line: number
}

/** Differing results that are told apart. There is no use in more. */
const conflictsMax = 1_000
/** Lines of a file that a place can name. */
const linesMax = 2 ** 32

/** Reads all files. What is not understood, or may not be mixed, is a usage error. */
export async function indexRuns(files: readonly string[], isMixed: boolean): Promise<RunIndex> {
  const index = new Index(files, isMixed)
  for (const [file, name] of files.entries()) await index.read(file, name)
  return index
}

/** Whether a log with a plan has begun, and has come to its end. There may be several in a file, or none. */
type Log = 'none' | 'open' | 'ended'

class Index implements RunIndex {
  readonly files: readonly string[]
  readonly coverage = new Coverage()
  readonly #isMixed: boolean
  readonly #tables = new Map<string, SeedTable>()
  readonly #conflicts = new Map<string, readonly [Place, Place]>()
  readonly #revisions = new Map<string, { readonly revision: Revision | undefined; name: string }>()
  readonly #ends: SweepEnd[] = []
  readonly cutOff: string[] = []
  copies = 0
  elapsedMs = 0

  constructor(files: readonly string[], isMixed: boolean) {
    this.files = files
    this.#isMixed = isMixed
  }

  async read(file: number, name: string): Promise<void> {
    let log: Log = 'none'
    for await (const { line, at } of understood(name)) {
      log = this.#take(line, { file, line: at }, log)
    }
    if (log === 'open') this.cutOff.push(name)
  }

  /** Takes a line in, and answers how its log stands. */
  #take(line: RunLine | undefined, place: Place, log: Log): Log {
    const name = this.files[place.file] ?? ''
    if (line === undefined) {
      this.cutOff.push(name)
      return 'ended'
    }
    if (line.kind === 'end') {
      this.#ends.push(line.end.end)
      this.elapsedMs = Math.max(this.elapsedMs, line.end.elapsedMs)
      return 'ended'
    }
    this.#allow(line.revision, name)
    if (line.kind === 'plan') {
      if (log === 'open') this.cutOff.push(name)
      this.coverage.addPlan(line.plan, line.revision)
      return 'open'
    }
    if (log === 'none') this.coverage.addLoose(line.report, line.revision)
    this.#note(line, place)
    return log
  }

  get revision(): Revision | undefined {
    const [only, ...others] = [...this.#revisions.values()]
    return others.length === 0 ? only?.revision : undefined
  }

  get end(): SweepEnd {
    if (this.cutOff.length > 0 || this.coverage.missing.length > 0) return 'gaps'
    const worst: readonly SweepEnd[] = ['gaps', 'interrupted', 'time', 'bail']
    return worst.find((end) => this.#ends.includes(end)) ?? 'done'
  }

  isFirst({ report, revision }: Told, place: Place): boolean {
    return this.#tables.get(tableOf(report, revision))?.placeOf(report.seed) === numbered(place)
  }

  conflictOf(run: Told): readonly [Place, Place] | undefined {
    return this.#conflicts.get(keyOfRun(run))
  }

  #note(run: Told, place: Place): void {
    const { report, revision } = run
    const key = tableOf(report, revision)
    const table = this.#tables.get(key) ?? new SeedTable()
    this.#tables.set(key, table)
    const mark = markOf(report)
    const known = table.add(report.seed, mark, numbered(place))
    if (known === undefined) return
    this.copies += 1
    if (known.mark === mark || this.#conflicts.size >= conflictsMax) return
    this.#conflicts.set(keyOfRun(run), [placeAt(known.place), place])
  }

  #allow(revision: Revision | undefined, name: string): void {
    const key = revisionText(revision)
    if (this.#revisions.has(key)) return
    const [first] = this.#revisions.values()
    if (first !== undefined && !this.#isMixed) {
      const was = `${revisionText(first.revision)} in ${first.name}`
      throw new UsageError(
        `${name}: it is of ${key}, and not of ${was}: expected results of the same sources, or --mixed`,
      )
    }
    this.#revisions.set(key, { revision, name })
  }
}

/** A line that was understood; none if it is the last one, and was cut off. */
interface Understood {
  readonly line: RunLine | undefined
  readonly at: number
}

/** The lines of a file. What is not understood is a usage error that names the line. */
export async function* understood(name: string): AsyncGenerator<Understood, undefined> {
  try {
    for await (const { text, number: at, isWhole } of linesOf(name)) {
      if (text.trim() === '') continue
      const line = parseRunLine(text)
      if (line.ok) yield { line: line.value, at }
      else if (isWhole || at === 1 || isJson(text))
        throw new UsageError(`${name}:${at}: ${line.fault}`)
      else yield { line: undefined, at }
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** What was cut off is none. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Runs of one scenario, manner and sources have a table of their seeds. */
function tableOf(
  { scenario, ...manner }: Manner & Pick<RunReport, 'scenario'>,
  revision: Revision | undefined,
): string {
  return JSON.stringify([scenario, mannerFlags(manner), revision])
}

function keyOfRun({ report, revision }: Told): string {
  return `${report.seed} ${tableOf(report, revision)}`
}

function numbered({ file, line }: Place): number {
  return file * linesMax + line
}

function placeAt(number: number): Place {
  return { file: Math.floor(number / linesMax), line: number % linesMax }
}

function revisionText(revision: Revision | undefined): string {
  if (revision === undefined) return 'no commit that is known'
  return `commit ${revision.commit}${revision.isDirty ? ' and changes' : ''}`
}
