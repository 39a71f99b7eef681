/**
 * Tries the sources of one commit: has them replay the bundle, and run fresh seeds of its scenario. They are asked on
 * their own command line, which stays the same while everything behind it changes. Sources that do not read this
 * bundle yet are tried by seeds alone; those that do not know the scenario, or do not even start, cannot be tried.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { exitCode } from '../exit.ts'
import type { RunRecord } from '../sim/report.ts'
import type { Evidence } from './posterior.ts'

export interface TrialOptions {
  /** With the files of the commit. */
  readonly folder: string
  /** The path of the bundle; undefined if its plan is not to be tried. */
  readonly bundle: string | undefined
  readonly scenario: string
  /** What has to be broken. */
  readonly property: string
  readonly firstSeed: number
  readonly seeds: number
  /** Flags that say how seeds are run. */
  readonly flags: readonly string[]
  readonly jobs: number
  /** End with the first run that does not hold: that tells enough. */
  readonly isBail: boolean
  readonly signal: AbortSignal
}

/** What came of it; `broken`: why it cannot be tried. */
export type Trial = { readonly evidence: Evidence } | { readonly broken: string }

export async function tryCommit(options: TrialOptions): Promise<Trial> {
  const { scenario, property, firstSeed, seeds, flags, jobs, isBail } = options
  const plan = await tryPlan(options)
  if (seeds === 0) {
    return plan === undefined
      ? { broken: 'it does not replay this bundle, and no seeds are to be run' }
      : { evidence: { runs: 0, failures: 0, plan } }
  }
  const sweep = ['sim', scenario, '--seed', `${firstSeed}`, '--seeds', `${seeds}`]
  const bail = isBail ? ['--bail'] : []
  const how = ['--jobs', `${jobs}`, '--reporter', 'json', ...bail, ...flags]
  const { code, records, complaint } = await runAlys([...sweep, ...how], options)
  const told = records.filter((record) => isTelling(record, property))
  if (code === exitCode.usage || (told.length === 0 && !options.signal.aborted)) {
    return { broken: records[0]?.detail ?? complaint }
  }
  const failures = told.filter((record) => isBroken(record, property)).length
  return { evidence: { runs: told.length, failures, plan } }
}

async function tryPlan(options: TrialOptions): Promise<boolean | undefined> {
  if (options.bundle === undefined) return undefined
  const { code, records } = await runAlys(['replay', options.bundle, '--json'], options)
  const [record] = records
  const { property } = options
  if (code === exitCode.usage || record === undefined || !isTelling(record, property)) {
    return undefined
  }
  return isBroken(record, property)
}

/** Whether a run says anything about a property: one that crashed by something else may not have come so far. */
function isTelling(
  { outcome, digest, property: broken }: Partial<RunRecord>,
  property: string,
): boolean {
  // One that left nothing did not even begin: the sources do not load.
  return outcome !== 'crashed' || (broken === property && digest !== '')
}

function isBroken(record: Partial<RunRecord>, property: string): boolean {
  return record.property === property && record.outcome !== 'held'
}

interface Ended {
  /** -1 if it was ended. */
  readonly code: number
  readonly records: readonly Partial<RunRecord>[]
  /** The last that it said besides. */
  readonly complaint: string
}

const complaintCharsMax = 600

function runAlys(
  args: readonly string[],
  { folder, signal }: Pick<TrialOptions, 'folder' | 'signal'>,
): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>()
  if (signal.aborted) return Promise.resolve({ code: -1, records: [], complaint: 'interrupted' })
  const program = join(folder, 'src/cli/alys.mjs')
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const abort = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', abort, { once: true })
  let out = ''
  let complaint = ''
  child.stdout.on('data', (bytes) => {
    out += String(bytes)
  })
  child.stderr.on('data', (bytes) => {
    complaint = (complaint + String(bytes)).slice(-complaintCharsMax)
  })
  child.on('close', (code) => {
    signal.removeEventListener('abort', abort)
    resolve({ code: code ?? -1, records: recordsIn(out), complaint: complaint.trim() })
  })
  return promise
}

/** The lines that are records of runs. */
function recordsIn(text: string): readonly Partial<RunRecord>[] {
  return text.split('\n').flatMap((line): readonly Partial<RunRecord>[] => {
    if (!line.startsWith('{')) return []
    try {
      const record = JSON.parse(line) as Partial<RunRecord>
      return record.outcome === undefined ? [] : [record]
    } catch {
      return []
    }
  })
}
