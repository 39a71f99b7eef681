/**
 * Has seeds run in a copy of the project, by a process of its own, and collects what became of each. A
 * seed that does not end is given up, and the next one goes on in a new process.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Millis } from '../../base/units.ts'
import type { Order, Recipe, Said, SeedFinding } from './order.ts'

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
/** Recipes are looked for by many runs, of which nothing is said in between. */
const recipeMsMax: Millis = 600_000
const complaintCharsMax = 1_500

export async function hunt(order: Order, options: HuntOptions): Promise<Trial> {
  const { scenario } = order
  const seeds: SeedFinding[] = []
  let timeOuts = 0
  const end = order.from + order.count
  for (let from = order.from; from < end; ) {
    let ran = 0
    let last: SeedFinding | undefined
    const take = (finding: SeedFinding): boolean => {
      ran += 1
      last = finding
      seeds.push(finding)
      return options.isEnough(finding)
    }
    const leg = await run({ ...order, from, count: end - from }, options, (said) => {
      return said.kind !== 'recipe' && take(said)
    })
    if (leg.kind === 'broken') return { scenario, seeds, broken: leg.detail }
    if (leg.kind === 'over') break
    // The seed that did not end, or ended the process.
    const lost = { seed: from + ran, ...leg }
    from = lost.seed + 1
    if (leg.kind === 'timed-out') timeOuts += 1
    take(leg.kind === 'timed-out' ? { ...lost, cpuMs: seedMsMax } : { ...lost, cpuMs: 0 })
    if (timeOuts >= timeOutsMax || (last !== undefined && options.isEnough(last))) break
  }
  return { scenario, seeds }
}

/** The shortest recipe by which a seed of the swarm shows the bug. Undefined if none was found in time. */
export async function recipeFor(
  order: Required<Pick<Order, 'scenario' | 'from' | 'shrink'>>,
  options: Pick<HuntOptions, 'folder' | 'signal'>,
): Promise<Recipe | undefined> {
  let recipe: Recipe | undefined
  const patient = { ...options, silenceMsMax: recipeMsMax }
  await run({ ...order, count: 1 }, patient, (said) => {
    if (said.kind === 'recipe') recipe = said.recipe
    return false
  })
  return recipe
}

/** How one process ended. `over`: it did what it was told, or was told to stop. */
type Leg =
  | { readonly kind: 'over' }
  | { readonly kind: 'broken'; readonly detail: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'crashed'; readonly detail: string }

interface RunOptions {
  readonly folder: string
  readonly signal: AbortSignal
  readonly silenceMsMax?: Millis
}

/** One process, until it ends, or has said enough, or says nothing for too long. */
function run(
  order: Order,
  { folder, signal, silenceMsMax = seedMsMax }: RunOptions,
  isEnough: (said: Exclude<Said, { kind: 'ready' }>) => boolean,
): Promise<Leg> {
  if (signal.aborted) return Promise.resolve({ kind: 'over' })
  const { promise, resolve } = Promise.withResolvers<Leg>()
  const driver = join(folder, 'src/cli/mutants/driver.ts')
  const child = spawn(process.execPath, [driver, JSON.stringify(order)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaint = ''
  let isReady = false
  let ended: Leg | undefined
  const endAs = (leg: Leg): void => {
    ended ??= leg
    child.kill('SIGKILL')
  }
  const abort = (): void => endAs({ kind: 'over' })
  const late = (): void => endAs({ kind: 'timed-out' })
  let watchdog = setTimeout(late, silenceMsMax)
  signal.addEventListener('abort', abort, { once: true })
  child.stderr.on('data', (bytes) => {
    complaint = (complaint + String(bytes)).slice(-complaintCharsMax)
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (ended !== undefined) return
    clearTimeout(watchdog)
    watchdog = setTimeout(late, silenceMsMax)
    const said = JSON.parse(line) as Said
    if (said.kind === 'ready') isReady = true
    else if (isEnough(said)) endAs({ kind: 'over' })
  })
  child.on('close', (code) => {
    clearTimeout(watchdog)
    signal.removeEventListener('abort', abort)
    const detail = complaint.trim()
    if (ended !== undefined) resolve(ended)
    else if (!isReady) resolve({ kind: 'broken', detail })
    else resolve(code === 0 ? { kind: 'over' } : { kind: 'crashed', detail })
  })
  return promise
}
