/**
 * Has seeds run in a copy of the project, by a process of its own, and collects what became of each. A
 * seed that does not end is given up, and the next one goes on in a new process.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Millis } from '../../base/units.ts'
import type { Order, Said, SeedFinding } from './order.ts'

/** What seeds of one scenario came to. */
export interface Trial {
  readonly scenario: string
  /** In the order in which they ran; fewer than were asked for if the hunt was cut short. */
  readonly seeds: readonly SeedFinding[]
  /** Why nothing could be run at all. */
  readonly broken?: string
}

export interface HuntOptions {
  readonly folder: string
  readonly signal: AbortSignal
  /** Whether this is enough. */
  readonly isEnough: (finding: SeedFinding) => boolean
}

/** A seed takes a second or so; what takes this long goes round in circles. */
const seedMsMax: Millis = 120_000
/** After so many seeds that do not end, the rest is not tried. */
const timeOutsMax = 2
const complaintCharsMax = 1_500

export async function hunt(order: Order, options: HuntOptions): Promise<Trial> {
  const { scenario } = order
  const seeds: SeedFinding[] = []
  let timeOuts = 0
  const end = order.from + order.count
  for (let from = order.from; from < end; ) {
    const leg = await run({ ...order, from, count: end - from }, options, seeds)
    if (leg.kind === 'broken') return { scenario, seeds, broken: leg.detail }
    if (leg.kind === 'over') break
    const lost = from + leg.ran
    seeds.push({ seed: lost, cpuMs: leg.kind === 'timed-out' ? seedMsMax : 0, ...leg.finding })
    if (leg.kind === 'timed-out') timeOuts += 1
    if (timeOuts >= timeOutsMax || options.isEnough(seeds[seeds.length - 1] as SeedFinding)) break
    from = lost + 1
  }
  return { scenario, seeds }
}

/** How one process ended. */
type Leg =
  | { readonly kind: 'over' }
  | { readonly kind: 'broken'; readonly detail: string }
  | { readonly kind: 'timed-out'; readonly ran: number; readonly finding: { kind: 'timed-out' } }
  | {
      readonly kind: 'died'
      readonly ran: number
      readonly finding: { kind: 'crashed'; detail: string }
    }

/** One process, until it ends, or is ended. Adds to `seeds` what it says. */
function run(order: Order, options: HuntOptions, seeds: SeedFinding[]): Promise<Leg> {
  const { promise, resolve } = Promise.withResolvers<Leg>()
  if (options.signal.aborted) return Promise.resolve({ kind: 'over' })
  const driver = join(options.folder, 'src/cli/mutants/driver.ts')
  const child = spawn(process.execPath, [driver, JSON.stringify(order)], {
    cwd: options.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaint = ''
  let isReady = false
  let ran = 0
  let ended: Leg | undefined
  const endAs = (leg: Leg): void => {
    ended ??= leg
    child.kill('SIGKILL')
  }
  const abort = (): void => endAs({ kind: 'over' })
  options.signal.addEventListener('abort', abort, { once: true })
  const late = (): void => endAs({ kind: 'timed-out', ran, finding: { kind: 'timed-out' } })
  let watchdog = setTimeout(late, seedMsMax)
  child.stderr.on('data', (bytes) => {
    complaint = (complaint + String(bytes)).slice(-complaintCharsMax)
  })
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    if (ended !== undefined) return
    clearTimeout(watchdog)
    watchdog = setTimeout(late, seedMsMax)
    const said = JSON.parse(line) as Said
    if (said.kind === 'ready') {
      isReady = true
      return
    }
    ran += 1
    seeds.push(said)
    if (options.isEnough(said)) endAs({ kind: 'over' })
  })
  child.on('close', (code) => {
    clearTimeout(watchdog)
    options.signal.removeEventListener('abort', abort)
    if (ended !== undefined) resolve(ended)
    else if (!isReady) resolve({ kind: 'broken', detail: complaint.trim() })
    else if (code === 0) resolve({ kind: 'over' })
    else resolve({ kind: 'died', ran, finding: { kind: 'crashed', detail: complaint.trim() } })
  })
  return promise
}
