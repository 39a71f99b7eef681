/**
 * Simpler times: all that happens earlier, since a wait at the beginning is seldom needed; an end that comes sooner; and
 * every time in one unit.
 */
import type { Fault } from '../../../../sim/cluster/fault/catalogue.ts'
import type { Search } from '../../../../sim/fewest.ts'
import type { Millis } from '../../../base/units.ts'
import { type Candidate, type Case, changed, firstOf } from '../case.ts'

/** Units to which times are rounded, the roundest first. */
const unitsMs: readonly Millis[] = [1_000, 100, 10, 1]

export function* simplerTimes(current: Case): Search<Candidate, Case> {
  return yield* endingSooner(yield* inUnits(yield* earlier(current)))
}

/** What a time is in whole units, towards zero. */
function inUnit(ms: Millis, unitMs: Millis): Millis {
  return Math.trunc(ms / unitMs) * unitMs
}

/** What a time may be instead that is rounder, the roundest first. */
export function rounderTimes(ms: Millis): readonly Millis[] {
  const rounder = unitsMs.map((unitMs) => inUnit(ms, unitMs)).filter((each) => each !== ms)
  return rounder.filter((each, index) => each !== 0 && rounder.indexOf(each) === index)
}

function* earlier(current: Case): Search<Candidate, Case> {
  const { story, plan, transfers } = current.recipe
  const [first, ...rest] = story === 'own' ? [] : story
  if (first?.kind !== 'run') return current
  const dueMs = [...plan, ...transfers].map(({ atMs }) => atMs)
  const beginMs = Math.min(first.ms, ...dueMs)
  const shiftsMs = [beginMs - 1_000, 0.75 * beginMs, 0.5 * beginMs, 0.25 * beginMs]
    .map((ms) => inUnit(ms, 1_000))
    .filter((ms, index, all) => ms >= 1_000 && all.indexOf(ms) === index)
  const candidates = shiftsMs.map((ms) => {
    const sooner = <Due extends { readonly atMs: Millis }>(due: Due): Due => {
      return { ...due, atMs: due.atMs - ms }
    }
    return changed(current, `all that happens ${ms / 1_000} s earlier`, {
      plan: plan.map(sooner),
      transfers: transfers.map(sooner),
      story: [{ ...first, ms: first.ms - ms }, ...rest],
    })
  })
  return yield* firstOf(current, candidates)
}

/** The last wait, cut off in whole seconds for as long as what is broken comes before. */
function* endingSooner(current: Case): Search<Candidate, Case> {
  let now = current
  for (let before: Case | undefined; before !== now; ) {
    before = now
    const { story } = now.recipe
    const last = story === 'own' ? undefined : story.at(-1)
    if (story === 'own' || last?.kind !== 'run') return now
    const endsMs = [0.5, 0.75, 0.9].map((part) => inUnit(part * last.ms, 1_000))
    const shorterMs = [...endsMs, inUnit(last.ms - 1, 1_000)]
    const candidates = shorterMs
      .filter((ms, index) => ms >= 1_000 && shorterMs.indexOf(ms) === index)
      .map((ms) => {
        const steps = [...story.slice(0, -1), { ...last, ms }]
        return changed(before as Case, `no more than ${ms / 1_000} s in the end`, { story: steps })
      })
    now = yield* firstOf(now, candidates)
  }
  return now
}

/** What no fine timing is needed for is round after one try. */
function* inUnits(current: Case): Search<Candidate, Case> {
  const { plan, transfers } = current.recipe
  const before = JSON.stringify([plan, transfers])
  const candidates = unitsMs.map((unitMs) =>
    changed(current, `times in units of ${unitMs} ms`, {
      plan: plan.map((fault) => faultInUnit(fault, unitMs)),
      transfers: transfers.map((each) => ({ ...each, atMs: inUnit(each.atMs, unitMs) })),
    }),
  )
  const others = candidates.filter(
    ({ recipe }) => JSON.stringify([recipe.plan, recipe.transfers]) !== before,
  )
  return yield* firstOf(current, others)
}

function faultInUnit(fault: Fault, unitMs: Millis): Fault {
  const entries = Object.entries(fault).map(([name, value]) => {
    // A span of nothing would be another fault.
    const isRounded = name.endsWith('Ms') && (name === 'atMs' || Math.abs(value) >= unitMs)
    return [name, isRounded ? inUnit(value, unitMs) : value]
  })
  return Object.fromEntries(entries) as Fault
}
