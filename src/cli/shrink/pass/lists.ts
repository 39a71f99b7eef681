/**
 * Faults and transfers: as few as can be. Less of either is never harder on the nodes. None at all is tried first, then
 * whole kinds of fault, since of most kinds there are several and none is needed.
 */
import type { Recipe } from '../../../../sim/cluster/recipe.ts'
import { fewest, type Search } from '../../../../sim/fewest.ts'
import { byChances, type Candidate, type Case, changed, firstOf, within } from '../case.ts'

export function* fewerFaults(current: Case): Search<Candidate, Case> {
  const { plan } = current.recipe
  if (plan.length === 0) return current
  const leaving = (left: Recipe['plan']): Candidate =>
    changed(current, `${left.length} of ${plan.length} faults`, { plan: left })
  const none = yield* firstOf(current, byChances(leaving([])))
  if (none !== current) return none
  const kinds = [...new Set(plan.map(({ kind }) => kind))]
  const ofKinds = yield* within(fewest(kinds), current, (left) =>
    leaving(plan.filter(({ kind }) => left.includes(kind))),
  )
  return yield* within(fewest(ofKinds.recipe.plan), ofKinds, leaving)
}

export function* fewerTransfers(current: Case): Search<Candidate, Case> {
  const { transfers } = current.recipe
  if (transfers.length === 0) return current
  const leaving = (left: Recipe['transfers']): Candidate =>
    changed(current, `${left.length} of ${transfers.length} transfers`, { transfers: left })
  const none = yield* firstOf(current, byChances(leaving([])))
  return none === current ? yield* within(fewest(transfers), current, leaving) : none
}
