/**
 * Which commit was the first bad one, as probabilities, from what was run at some of them. Commits are numbered along the
 * history: 0 is known to be good, the last one to be bad, and from the first bad one on all are. Before anything was run,
 * each is as likely as any other.
 *
 * At a bad commit a run fails with some rate that nobody knows; any is as likely as any other at first, and what is seen
 * at all commits that would be bad tells it (so the rate is integrated out, rather than estimated). At a good one runs
 * fail hardly ever: not never, as there may be another bug that breaks the same property.
 */
import { assert } from '../../base/assert.ts'

/** What was run at one commit. */
export interface Evidence {
  /** Runs of fresh seeds, and how many of them broke the property. */
  readonly runs: number
  readonly failures: number
  /** Whether the run of the bundle, repeated, broke it; undefined if it was not tried, or could not be. */
  readonly plan: boolean | undefined
}

export const noEvidence: Evidence = { runs: 0, failures: 0, plan: undefined }

/** How often a good commit fails all the same: by another bug that breaks the same property. */
const falseAlarms = { seed: 1e-4, plan: 1e-3 }

/**
 * What the rates at bad commits may be, as the two parameters of a beta law: of seeds anything; of the plan, which mostly
 * still shows the bug when something else was changed (`reports/edit-stability.md`: nine times of ten), rather high.
 */
const rates = { seed: [1, 1], plan: [4, 1] } as const

/** For each commit from the second on, how likely it is that it was the first bad one. Together they are 1. */
export function posteriorOf(evidence: readonly Evidence[]): readonly number[] {
  assert(evidence.length >= 2, 'a good commit and a bad one')
  const logs = Array.from({ length: evidence.length - 1 }, (_, index) => {
    const [good, bad] = [evidence.slice(0, index + 1), evidence.slice(index + 1)].map(sumOf)
    assert(good !== undefined && bad !== undefined, 'both sides')
    return logGood(good) + logBad(bad)
  })
  const most = Math.max(...logs)
  const weights = logs.map((log) => Math.exp(log - most))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

/** How likely it is that the commit of this number is good, by such probabilities. */
export function goodness(posterior: readonly number[], commit: number): number {
  return posterior.slice(commit).reduce((sum, each) => sum + each, 0)
}

interface Sums {
  readonly failures: number
  readonly passes: number
  readonly planFailures: number
  readonly planPasses: number
}

function sumOf(evidence: readonly Evidence[]): Sums {
  const sums = { failures: 0, passes: 0, planFailures: 0, planPasses: 0 }
  for (const { runs, failures, plan } of evidence) {
    sums.failures += failures
    sums.passes += runs - failures
    if (plan === true) sums.planFailures += 1
    if (plan === false) sums.planPasses += 1
  }
  return sums
}

function logGood({ failures, passes, planFailures, planPasses }: Sums): number {
  return (
    failures * Math.log(falseAlarms.seed) +
    passes * Math.log1p(-falseAlarms.seed) +
    planFailures * Math.log(falseAlarms.plan) +
    planPasses * Math.log1p(-falseAlarms.plan)
  )
}

/** The beta-binomial law, but for what does not depend on the commit. */
function logBad({ failures, passes, planFailures, planPasses }: Sums): number {
  const [a, b] = rates.seed
  const [c, d] = rates.plan
  return (
    logBeta(a + failures, b + passes) + logBeta(c + planFailures, d + planPasses) - logBeta(c, d)
  )
}

/** The logarithm of the beta function of two whole numbers from 1 on. */
function logBeta(a: number, b: number): number {
  return logFactorial(a - 1) + logFactorial(b - 1) - logFactorial(a + b - 1)
}

const logFactorials = [0]

function logFactorial(n: number): number {
  for (let next = logFactorials.length; next <= n; next += 1) {
    logFactorials.push((logFactorials[next - 1] ?? 0) + Math.log(next))
  }
  return logFactorials[n] ?? 0
}
