/** What a test says of a sweep that did not come out as it should: all that somebody needs to repeat it. */
import type { WorldFault } from '../../sim/fault-plan.ts'
import type { Run } from '../../sim/story.ts'
import type { Sweep } from '../../sim/sweep.ts'

/** Where a test is, and how its runner is started. */
export interface Place {
  /** What runs tests, such as `npx vitest run`. */
  readonly command: string
  /** The file, from where the command is typed. */
  readonly file: string
  /** Of the suites around it and of itself, as the runner matches it. */
  readonly name: string
}

/** The command that tells this test's story with one seed. */
function repeatCommand({ command, file, name }: Place, seed: number): string {
  return `ALYS_SEED=${seed} ${command} ${quoted(file)} -t ${quoted(`^${escaped(name)}$`)}`
}

/**
 * A run that did not hold. `shrunk` is the same with the fewest faults that break the same property, as far as they
 * were found.
 */
export function failureText(run: Run, shrunk: Run, place: Place): string {
  const { seed, outcome, digest, virtualMs, violation } = run
  const { property = 'unknown', detail = '', atMs = virtualMs } = violation ?? {}
  return [
    `${outcome} with seed ${seed}: ${property}`,
    ...detail.split('\n').map((line) => `  ${line}`),
    `  virtual time ${secondsOf(atMs)} s, digest ${digest}`,
    ...faultLines(run.faults, shrunk.faults),
    `  repeat: ${repeatCommand(place, seed)}`,
  ].join('\n')
}

/** Nothing was broken, and nobody tried to. */
export function untriedText({ runs, unmet }: Sweep): string {
  const names = unmet.map((name) => `  ${name}`)
  return [`${told(runs)} put these to the test; more seeds may, or other faults:`, ...names].join(
    '\n',
  )
}

/** A bug that is known was not found. */
export function unfoundText(runs: number): string {
  return `expected a seed that breaks a property, and ${told(runs)} did`
}

function told(runs: number): string {
  return runs === 1 ? 'the one seed that was told did not' : `none of ${runs} seeds`
}

function faultLines(all: readonly WorldFault[], taken: readonly WorldFault[]): readonly string[] {
  if (all.length === 0) return []
  if (taken.length === 0) return [`  of ${all.length} faults it takes none`]
  return [`  of ${all.length} faults it takes ${taken.length}:`, ...taken.map(faultLine)]
}

function faultLine({ atMs, forMs, kind, ...facts }: WorldFault): string {
  const lasts = `${secondsOf(atMs)} s, for ${secondsOf(forMs)} s`
  const rest = Object.entries(facts).map(([name, fact]) => ` ${name}=${JSON.stringify(fact)}`)
  return `    ${kind} at ${lasts}${rest.join('')}`
}

function secondsOf(ms: number): string {
  return (ms / 1_000).toFixed(6)
}

/** As a regular expression that matches the text and nothing else. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** As one word of a shell. */
function quoted(text: string): string {
  return /^[\w./@:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
