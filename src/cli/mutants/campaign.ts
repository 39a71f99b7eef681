/** Plants the bugs one after another, several at a time, and has each arm hunt for them. */
import type { Mutant } from '../../../test/mutants/mutant.ts'
import { projectRoot } from '../project-root.ts'
import { compileFaults } from './compile.ts'
import { type Count, countOf, type Verdict, verdictOn } from './finding.ts'
import { hunt, recipeFor, type Trial } from './hunt.ts'
import type { Order, Recipe, SeedFinding } from './order.ts'
import { plant, withCopy } from './plant.ts'
import { runTests, type TestOutcome, testsOf } from './units.ts'

/** Who hunts: the simulator; the tests of the parts; the swarm with all kinds of fault in every world. */
export const arms = ['simulation', 'units', 'uniform'] as const
export type Arm = (typeof arms)[number]

export interface CampaignOptions {
  readonly seeds: number
  /** A hunt ends with so many kills: what is found in every seed is known long before the last one. */
  readonly killsMax: number
  /** One kill is enough. Then a rare bug is looked for at its pinned seed first. */
  readonly isFirst: boolean
  readonly jobs: number
  readonly arms: readonly Arm[]
  readonly signal: AbortSignal
  /** A bug is done. */
  readonly onResult: (result: MutantResult) => void
  /** The unchanged code was run by a scenario. */
  readonly onClean: (clean: CleanResult) => void
}

export interface MutantResult {
  readonly mutant: Mutant
  readonly simulation?: {
    readonly trial: Trial
    readonly count: Count
    readonly law: TestOutcome | undefined
    readonly verdict: Verdict
    /** Of the first kill by the swarm. */
    readonly recipe: Recipe | undefined
  }
  readonly units?: TestOutcome
  /** Of bugs that the swarm hunts for. */
  readonly uniform?: Count
}

/** What seeds of the unchanged code came to: whatever fires there is a false alarm. */
export interface CleanResult {
  readonly scenario: string
  readonly mix: Order['mix']
  readonly seeds: number
  readonly alarms: readonly Exclude<SeedFinding, { kind: 'held' }>[]
}

export interface CampaignResult {
  readonly results: readonly MutantResult[]
  readonly clean: readonly CleanResult[]
}

type CleanOrder = Pick<CleanResult, 'scenario' | 'mix' | 'seeds'>

const swarm = 'swarm'
/** Runs that a recipe may cost. */
const recipeRunsMax = 80
/** Seeds by which it is seen, where one kill is enough, that an explained survivor does survive. */
const survivorSeedsMax = 5

/** Runs until all is done, or the signal fires; then the result holds what was done by then. */
export async function campaign(
  mutants: readonly Mutant[],
  options: CampaignOptions,
): Promise<CampaignResult> {
  const { signal, jobs } = options
  const faults = await compileFaults(mutants, signal)
  const results = await inTurn(mutants, jobs, async (mutant) => {
    if (signal.aborted) return undefined
    const result = await huntOne(mutant, faults.get(mutant.name), options)
    if (signal.aborted) return undefined
    options.onResult(result)
    return result
  })
  const clean = await inTurn(cleanOrders(results.filter(isThere), options), jobs, async (order) => {
    const result = await huntNothing(order, options)
    if (signal.aborted) return undefined
    options.onClean(result)
    return result
  })
  return { results: results.filter(isThere), clean: clean.filter(isThere) }
}

function hunterOf({ scenario = swarm }: Mutant): string {
  return scenario
}

/**
 * What the unchanged code is run by: all that hunted, with as many seeds as the longest hunt took. Where one kill is
 * enough, by nothing.
 */
export function cleanOrders(
  results: readonly MutantResult[],
  { isFirst }: Pick<CampaignOptions, 'isFirst'>,
): readonly CleanOrder[] {
  if (isFirst) return []
  const seeds = new Map<string, CleanOrder>()
  const add = (scenario: string, mix: Order['mix'], count: number): void => {
    const key = `${scenario} ${mix}`
    const most = Math.max(count, seeds.get(key)?.seeds ?? 0)
    if (most > 0) seeds.set(key, { scenario, mix, seeds: most })
  }
  for (const { simulation, uniform } of results) {
    if (simulation !== undefined) {
      add(simulation.trial.scenario, undefined, simulation.trial.seeds.length)
    }
    if (uniform !== undefined) add(swarm, 'uniform', uniform.seeds)
  }
  return [...seeds.values()]
}

function huntOne(
  mutant: Mutant,
  fault: string | undefined,
  options: CampaignOptions,
): Promise<MutantResult> {
  return withCopy(async (folder) => {
    plant(folder, mutant)
    const has = (arm: Arm): boolean => options.arms.includes(arm)
    const simulation = has('simulation')
      ? await simulate(mutant, folder, fault, options)
      : undefined
    const units = has('units') ? await testParts(mutant, folder, fault, options) : undefined
    const isMixed = has('uniform') && hunterOf(mutant) === swarm && fault === undefined
    const uniform = isMixed ? await mixEvenly(mutant, folder, options) : undefined
    return {
      mutant,
      ...(simulation === undefined ? {} : { simulation }),
      ...(units === undefined ? {} : { units }),
      ...(uniform === undefined ? {} : { uniform }),
    }
  })
}

async function simulate(
  mutant: Mutant,
  folder: string,
  fault: string | undefined,
  options: CampaignOptions,
): Promise<NonNullable<MutantResult['simulation']>> {
  const trial =
    fault === undefined
      ? await huntSeeds(mutant, folder, options)
      : { scenario: hunterOf(mutant), seeds: [], broken: fault }
  const isRun = mutant.law !== undefined && trial.broken === undefined
  const law = isRun ? await runTests(folder, [mutant.law.file], options.signal) : undefined
  const count = countOf(trial, mutant.expected, killsMaxOf(options))
  const { first } = count
  const isWanted = !options.isFirst && first !== undefined && trial.scenario === swarm
  const shrink = { property: first?.property ?? '', runsMax: recipeRunsMax }
  const recipe = isWanted
    ? await recipeFor({ scenario: swarm, from: first.seed, shrink }, { ...options, folder })
    : undefined
  return { trial, count, law, verdict: verdictOn(mutant, trial, count, law), recipe }
}

async function mixEvenly(mutant: Mutant, folder: string, options: CampaignOptions): Promise<Count> {
  const { seeds, signal } = options
  const order = { scenario: swarm, from: 1, count: seeds, mix: 'uniform' } as const
  const killsMax = killsMaxOf(options)
  const trial = await hunt(order, { folder, signal, isEnough: afterKills(mutant, killsMax) })
  return countOf(trial, mutant.expected, killsMax)
}

function killsMaxOf({ isFirst, killsMax }: CampaignOptions): number {
  return isFirst ? 1 : killsMax
}

/** Whether enough seeds have killed. It counts, and so serves one hunt. */
export function afterKills(
  { expected }: Pick<Mutant, 'expected'>,
  killsMax: number,
): (finding: SeedFinding) => boolean {
  let kills = 0
  return (finding) => {
    if (finding.kind === 'violated' && expected.includes(finding.property)) kills += 1
    return kills >= killsMax
  }
}

async function huntSeeds(mutant: Mutant, folder: string, options: CampaignOptions): Promise<Trial> {
  const { seeds, isFirst, signal } = options
  const isEnough = afterKills(mutant, killsMaxOf(options))
  const watch = { folder, signal, isEnough }
  const scenario = hunterOf(mutant)
  const { pinnedSeed } = mutant
  if (isFirst && pinnedSeed !== undefined) {
    const trial = await hunt({ scenario, from: pinnedSeed, count: 1 }, watch)
    if (countOf(trial, mutant.expected).kills > 0) return trial
  }
  const isSurvivor = mutant.survives !== undefined && isFirst
  const count = isSurvivor ? Math.min(seeds, survivorSeedsMax) : seeds
  return hunt({ scenario, from: 1, count }, watch)
}

async function testParts(
  mutant: Mutant,
  folder: string,
  fault: string | undefined,
  { signal }: CampaignOptions,
): Promise<TestOutcome> {
  if (fault !== undefined) return { kind: 'broken', files: 0, detail: fault }
  return runTests(folder, testsOf(mutant.edits.map(({ file }) => file)), signal)
}

async function huntNothing(
  { scenario, mix, seeds }: CleanOrder,
  { signal }: CampaignOptions,
): Promise<CleanResult> {
  const order = { scenario, from: 1, count: seeds, ...(mix === undefined ? {} : { mix }) }
  const trial = await hunt(order, { folder: projectRoot, signal, isEnough: () => false })
  const alarms = trial.seeds.filter((finding) => finding.kind !== 'held')
  return { scenario, mix, seeds: trial.seeds.length, alarms }
}

/** Does what is to be done for each item, so many at a time. The results are in the order of the items. */
async function inTurn<Item, Value>(
  items: readonly Item[],
  jobs: number,
  act: (item: Item) => Promise<Value>,
): Promise<readonly Value[]> {
  const queue = items.entries()
  const values: Value[] = []
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) values[index] = await act(item)
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return values
}

function isThere<Value>(value: Value | undefined): value is Value {
  return value !== undefined
}
