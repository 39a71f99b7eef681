/** Finds the commit that first broke what a bundle broke, and says how sure that is and what it took. */
import { type ExitCode, exitCode, UsageError } from '../exit.ts'
import { clopperPearson } from '../interval.ts'
import type { Commit, History } from './history.ts'
import { type Evidence, goodness } from './posterior.ts'
import { Search } from './search.ts'
import { type Trial, type TrialOptions, tryCommit } from './trial.ts'

export interface BisectOptions extends Omit<TrialOptions, 'folder' | 'isBail'> {
  readonly history: History
  readonly commits: readonly Commit[]
  /** How sure is sure enough. */
  readonly confidence: number
  /** Seeds after which it is given up. */
  readonly runsMax: number
  readonly print: (line: string) => void
}

export async function bisect(options: BisectOptions): Promise<ExitCode> {
  return await new Bisection(options).run()
}

const hashDigits = 12

class Bisection {
  readonly #options: BisectOptions
  readonly #search: Search
  readonly #last: number
  #nextSeed: number
  #runs = 0
  #trials = 0

  constructor(options: BisectOptions) {
    this.#options = options
    this.#search = new Search(options.commits.length)
    this.#last = options.commits.length - 1
    this.#nextSeed = options.firstSeed
  }

  async run(): Promise<ExitCode> {
    const { print, property, scenario, commits, seeds, signal } = this.#options
    print(
      `${commits.length - 2} commits between the good one and the bad one; ${property} in ${scenario}:`,
    )
    if (!(await this.#lookAtEnds())) return exitCode.undecided
    while (!signal.aborted && !this.#isOver()) {
      // A plan comes to the same each time.
      const commit = this.#search.next(({ plan }) => seeds > 0 || plan === undefined)
      if (commit === undefined) break
      await this.#lookAt(commit)
    }
    return this.#conclude()
  }

  /** Whether the bad end fails at all. A usage error if the good one does. */
  async #lookAtEnds(): Promise<boolean> {
    const { print, property, seeds } = this.#options
    const bad = await this.#try(this.#last)
    if ('broken' in bad) throw new UsageError(`--bad cannot be run: ${bad.broken}`)
    const { failures, runs, plan } = bad.evidence
    const { low, high } = clopperPearson(failures, runs)
    const rate = runs === 0 ? '' : `; a seed fails with ${share(low)} to ${share(high)}`
    print(this.#line('bad', this.#last, `${seen(bad.evidence)}${rate}`))
    if (failures === 0 && plan !== true) {
      print(`The bad commit does not break ${property}: say another, or more than ${seeds} seeds.`)
      return false
    }
    const good = await this.#try(0)
    if ('broken' in good) throw new UsageError(`--good cannot be run: ${good.broken}`)
    if (good.evidence.failures > 0 || good.evidence.plan === true) {
      throw new UsageError(
        `--good breaks ${property} as well (${seen(good.evidence)}): say an older one`,
      )
    }
    print(this.#line('good', 0, seen(good.evidence)))
    return true
  }

  async #lookAt(commit: number): Promise<void> {
    const { print } = this.#options
    const trial = await this.#try(commit)
    if ('broken' in trial) {
      this.#search.skip(commit)
      print(this.#line('skip', commit, `it cannot be run: ${reasonIn(trial.broken)}`))
      return
    }
    const good = goodness(this.#search.posterior(), commit)
    const says =
      good >= 0.5 ? `good with ${probability(good)}` : `bad with ${probability(1 - good)}`
    print(this.#line('', commit, `${seen(trial.evidence)}: ${says}`))
  }

  /** Runs a commit, and notes what was seen. Its plan is tried once, as it comes to the same each time. */
  async #try(commit: number): Promise<Trial> {
    const { history, commits, bundle, seeds, signal, ...rest } = this.#options
    const isEnd = commit === this.#last
    const isAgain = this.#search.evidence[commit]?.plan !== undefined
    const firstSeed = this.#nextSeed
    this.#nextSeed += seeds
    const trial = await history.withTree(commits[commit] as Commit, (folder) =>
      tryCommit({
        ...rest,
        ...{ folder, seeds, firstSeed, signal },
        bundle: isAgain ? undefined : bundle,
        // Of the bad end the rate is wanted, of others only whether there is any.
        isBail: !isEnd,
      }),
    )
    this.#trials += 1
    if ('broken' in trial) return trial
    const { evidence } = trial
    this.#runs += evidence.runs + (evidence.plan === undefined ? 0 : 1)
    this.#search.note(commit, evidence)
    return trial
  }

  #isOver(): boolean {
    const { confidence, runsMax } = this.#options
    return this.#search.best().probability >= confidence || this.#runs >= runsMax
  }

  #conclude(): ExitCode {
    const { confidence, print, commits } = this.#options
    const { commits: found, probability: sure } = this.#search.best()
    const cost = `${this.#runs} runs in ${this.#trials} trials`
    const isFound = sure >= confidence && found.length === 1
    const isOneOf = sure >= confidence && found.length > 1
    if (isFound) print(`The first bad commit, with ${probability(sure)}, after ${cost}:`)
    else if (isOneOf)
      print(`The first bad commit, with ${probability(sure)}, is one of these, after ${cost}:`)
    else print(`Undecided after ${cost}; what is likeliest:`)
    const posterior = this.#search.posterior()
    const shown = isFound || isOneOf ? found : likeliest(posterior)
    for (const commit of shown) {
      const { hash, subject } = commits[commit] as Commit
      print(`  ${probability(posterior[commit - 1] ?? 0)}  ${hash} ${subject}`)
    }
    return isFound ? exitCode.held : exitCode.undecided
  }

  #line(word: string, commit: number, text: string): string {
    const { hash = '' } = this.#options.commits[commit] ?? {}
    return `${word.padEnd(4)}  ${hash.slice(0, hashDigits)}  ${text}`
  }
}

const shownMax = 10

/** Numbers of the commits that are most likely the first bad one, in the order of the history. */
function likeliest(posterior: readonly number[]): readonly number[] {
  return posterior
    .map((each, index) => ({ commit: index + 1, each }))
    .toSorted((a, b) => b.each - a.each)
    .slice(0, shownMax)
    .map(({ commit }) => commit)
    .toSorted((a, b) => a - b)
}

function seen({ runs, failures, plan }: Evidence): string {
  const byPlan = plan === undefined ? [] : [plan ? 'the bundle breaks it' : 'the bundle does not']
  const bySeeds = runs === 0 ? [] : [`${failures} of ${runs} seeds do`]
  const both = [...byPlan, ...bySeeds]
  return both.length === 0 ? 'nothing was run' : both.join(', ')
}

/** The line of a complaint that says what is wrong. */
function reasonIn(complaint: string): string {
  const [error] = /^.*Error: .*$/m.exec(complaint) ?? []
  return error ?? complaint.split('\n').at(-1) ?? ''
}

function share(value: number): string {
  return value.toFixed(2)
}

/** Never 1: four digits, or how far from 1 it is. */
function probability(value: number): string {
  return value > 0.99995 ? '> 0.9999' : value.toFixed(4)
}
