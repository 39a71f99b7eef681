/** What must hold of a node that is attacked, whatever the attack. */
import type { Attack, Fate, Outcome } from './attack.ts'

/** Of the slots that passed, so many must have a block: both members are needed for each. */
const blocksPerSlotMin = 0.4
/** Slots at the beginning and at the end do not count in full. */
const slotsSlack = 2
const callMsMax = 2_000
const residentBytesMax = 400e6

/** From what is worst for the attacker to what is best. */
const fates: readonly Fate[] = ['banned', 'sent away', 'borne']

/** What should not be, in words; nothing if all is well. */
export function faultsOf(outcome: Outcome, { fate: expected }: Attack): readonly string[] {
  const { pulse, victim, fate } = outcome
  const blocksMin = Math.floor(blocksPerSlotMin * (pulse.slots - slotsSlack))
  return [
    ...(pulse.blocks >= blocksMin ? [] : [`only ${pulse.blocks} blocks`]),
    ...(pulse.callMsMax <= callMsMax ? [] : [`a call took ${Math.round(pulse.callMsMax)} ms`]),
    ...(victim.residentBytes <= residentBytesMax ? [] : ['too much memory']),
    ...(fates.indexOf(fate) <= fates.indexOf(expected) ? [] : [`${fate}, not ${expected}`]),
  ]
}
