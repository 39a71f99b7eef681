/**
 * What is done about an actor that fails, as a table. An actor holds nothing that it cannot read
 * again from the disk or ask of its neighbours, so fresh state is always right; what differs is when.
 */
import type { Clock } from '../kernel/environment.ts'
import type { Decision, SupervisorPolicy } from '../kernel/supervisor.ts'
import { type SlotParams, untilNextSlotMs } from '../protocol/slots.ts'

export interface NodePolicies {
  readonly root: SupervisorPolicy
  readonly storage: SupervisorPolicy
  readonly chain: SupervisorPolicy
  readonly network: SupervisorPolicy
}

/** The policies of a node whose slots are these. */
export function policies(clock: Clock, slots: SlotParams): NodePolicies {
  const untilBoundaryMs = (): number => untilNextSlotMs(slots, clock.wall())
  const policy = (kind: Decision['kind'], restartsMax: number): SupervisorPolicy => ({
    decide: () => ({ kind }),
    restartsMax,
    windowMs: 120_000,
    untilBoundaryMs,
  })
  return {
    // Above the root is nobody: a group that keeps failing stops the node, and an operator looks.
    root: policy('restart-at-boundary', 8),
    storage: policy('restart', 8),
    // Never in the middle of a slot: a member that restarts there would first ask, then be late.
    chain: policy('restart-at-boundary', 8),
    network: policy('restart', 8),
  }
}
