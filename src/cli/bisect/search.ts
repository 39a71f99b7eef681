/**
 * A search for the first bad commit where a look may be mistaken: which commit to look at next, and when to stop. The
 * commit that is as likely good as bad is looked at, again and again if need be, until one stands out (probabilistic
 * bisection: Horstein 1963; Waeber, Frazier & Henderson, SIAM J. Control Optim. 51, 2013).
 *
 * Does not know what a commit is or how one is run.
 */
import { type Evidence, goodness, noEvidence, posteriorOf } from './posterior.ts'

/** The first bad one is among these numbers, with this probability. More than one, if those between cannot be run. */
export interface Finding {
  readonly commits: readonly number[]
  readonly probability: number
}

/** Looking again where so little is in doubt tells nothing. */
const doubtMin = 1e-12

export class Search {
  /** By number of the commit: 0 is good, the last one bad. */
  readonly evidence: Evidence[]
  readonly #cannotRun = new Set<number>()

  /** `commits`: how many there are, both ends included. */
  constructor(commits: number) {
    this.evidence = Array.from({ length: commits }, () => noEvidence)
  }

  /** What was seen at a commit; it adds to what was seen there before. */
  note(commit: number, seen: Evidence): void {
    const { runs, failures, plan } = this.evidence[commit] ?? noEvidence
    this.evidence[commit] = {
      runs: runs + seen.runs,
      failures: failures + seen.failures,
      plan: plan ?? seen.plan,
    }
  }

  /** A commit cannot be run. */
  skip(commit: number): void {
    this.#cannotRun.add(commit)
  }

  /** For each commit from number 1 on, how likely it is that it was the first bad one. */
  posterior(): readonly number[] {
    return posteriorOf(this.evidence)
  }

  /** What is likeliest. */
  best(): Finding {
    const posterior = this.posterior()
    const groups = this.#groups().map((commits) => ({
      commits,
      probability: commits.reduce((sum, commit) => sum + (posterior[commit - 1] ?? 0), 0),
    }))
    return groups.reduce((best, each) => (each.probability > best.probability ? each : best))
  }

  /** The commit to look at next, of those that are `worth` it; undefined if none would tell more. */
  next(worth: (evidence: Evidence) => boolean = () => true): number | undefined {
    const posterior = this.posterior()
    let best: { readonly commit: number; readonly doubt: number } | undefined
    for (let commit = 1; commit < this.evidence.length - 1; commit += 1) {
      if (this.#cannotRun.has(commit) || !worth(this.evidence[commit] ?? noEvidence)) continue
      const good = goodness(posterior, commit)
      const doubt = Math.min(good, 1 - good)
      if (doubt > Math.max(doubtMin, best?.doubt ?? 0)) best = { commit, doubt }
    }
    return best?.commit
  }

  /** Commits that cannot be told apart, as all but the last of them cannot be run. */
  #groups(): readonly (readonly number[])[] {
    const groups: number[][] = [[]]
    for (let commit = 1; commit < this.evidence.length; commit += 1) {
      groups.at(-1)?.push(commit)
      if (!this.#cannotRun.has(commit)) groups.push([])
    }
    return groups.filter((group) => group.length > 0)
  }
}
