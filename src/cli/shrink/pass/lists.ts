/** Faults and transfers: as few as can be. Less of either is never harder on the nodes. */
import { fewest } from '../../../../sim/fewest.ts'
import { type Case, changed, type Pass, within } from '../case.ts'

export const fewerFaults: Pass = (current: Case) => {
  const { plan } = current.recipe
  return within(fewest(plan), current, (left) =>
    changed(current, `${left.length} of ${plan.length} faults`, { plan: left }),
  )
}

export const fewerTransfers: Pass = (current: Case) => {
  const { transfers } = current.recipe
  return within(fewest(transfers), current, (left) =>
    changed(current, `${left.length} of ${transfers.length} transfers`, { transfers: left }),
  )
}
